import { describe, expect, it } from 'vitest';
import { parseShard, shardOf } from '../../src/shard.ts';

const tenants = Array.from({ length: 3_000 }, (_, i) => `tenant-${i}`);

describe('shards', () => {
  it('are read as a pod’s number of so many, and anything else is refused with what to write', () => {
    expect(parseShard('2/8')).toEqual({ index: 2, count: 8 });
    expect(parseShard('0/1')).toEqual({ index: 0, count: 1 });
    for (const text of ['', '8/8', '1', '-1/3', '1/0', '1.5/3', '1 / 3', '1/3/4', '0/99999'])
      expect(() => parseShard(text), text).toThrow(
        expect.objectContaining({ code: 'config', message: expect.stringContaining('0/3') }),
      );
  });

  it('own every tenant once and about equally many', () => {
    const owners = tenants.map((tenant) => shardOf(tenant, 8));
    for (let index = 0; index < 8; index++) {
      const share = owners.filter((owner) => owner === index).length / tenants.length;
      // Three standard deviations of a binomial share are 0.018.
      expect(share).toBeGreaterThan(1 / 8 - 0.02);
      expect(share).toBeLessThan(1 / 8 + 0.02);
    }
  });

  it('give to a new process alone when there is one more', () => {
    const moved = tenants.filter((tenant) => shardOf(tenant, 8) !== shardOf(tenant, 9));
    expect(moved.every((tenant) => shardOf(tenant, 9) === 8)).toBe(true);
    expect(moved.length / tenants.length).toBeLessThan(1 / 9 + 0.02);
  });
});
