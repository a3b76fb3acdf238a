import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { shareOfMemory } from '../../../src/store/connect.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { storeError } from '../../../src/store/store-error.ts';
import { TEST_KEY } from './with-store.ts';

const MB = 1024 * 1024;
const GB = 1024 * MB;

describe('the memory of the embedded engine', () => {
  let dataDir: string;
  let store: Store;
  let portal: PortalStore;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kith-memory-'));
    const { engineMemoryBytes } = loadConfig({ KITH_ENGINE_MEMORY_MB: '256' });
    store = await openStore({ dataDir, keys: [TEST_KEY], engineMemoryBytes });
    portal = await store.portal('p');
  });
  afterAll(async () => {
    await store?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('ends a statement that needs more with what it needed, what it may take and what to do, and goes on', async () => {
    const all =
      'SELECT length(groupArray(k)) AS n FROM (SELECT number AS k FROM numbers(60000000) UNION ALL SELECT count() FROM {db:Identifier}.deals)';
    const error = await portal.query(all).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'store-memory',
      message: expect.stringMatching(
        /^The engine needed \d+\.\d\d MiB of memory for deals and may take 256\.00 MiB; give it more with KITH_ENGINE_MEMORY_MB /,
      ),
      text: { zh: expect.stringMatching(/需要 .*上限为 256\.00 MiB；请调高 KITH_ENGINE_MEMORY_MB/) },
    });
    expect(await portal.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('holds for all statements that run at once', async () => {
    const some = 'SELECT sleep(1) AS s, length(groupArray(number)) AS n FROM numbers(12000000)';
    const ended = await Promise.allSettled([some, some, some, some].map((sql) => portal.query(sql)));
    const failed = ended.filter((one) => one.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: 'store-memory' });
    expect(await portal.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('remembers nothing of what was asked', async () => {
    for (let i = 0; i < 50; i++)
      await portal.query('SELECT 1 FROM {db:Identifier}.migrations WHERE name = {name:String}', { name: `${i}` });
    const cells = await portal.query(`SELECT value FROM system.metrics WHERE metric = 'QueryConditionCacheEntries'`);
    expect(cells).toEqual([{ value: '0' }]);
  });

  it('is no limit for sorting and grouping, which go on in files', async () => {
    const [settings] = await portal.query<{ spill: string }>(
      `SELECT getSetting('max_bytes_before_external_group_by') AS spill`,
    );
    expect(Number(settings?.spill)).toBe(64 * MB);
    const grouped =
      'SELECT count() AS n FROM (SELECT number AS k, any(toString(number)) AS v FROM numbers(8000000) GROUP BY k)';
    expect(await portal.query(grouped)).toEqual([{ n: '8000000' }]);
    const sorted =
      'SELECT max(v) AS n FROM (SELECT toString(number) AS v FROM numbers(8000000) ORDER BY cityHash64(number) LIMIT 6000000)';
    expect(await portal.query(sorted)).toEqual([{ n: '999999' }]);
  });
});

it('is half of what the machine has, or the container may take, unless it is set', () => {
  expect(shareOfMemory(24 * GB, 0)).toBe(12 * GB);
  expect(shareOfMemory(24 * GB, 4 * GB)).toBe(2 * GB);
  expect(shareOfMemory(24 * GB, 2 ** 64)).toBe(12 * GB);
  expect(loadConfig({}).engineMemoryBytes).toBeNull();
  expect(() => loadConfig({ KITH_ENGINE_MEMORY_MB: '10' })).toThrow(/KITH_ENGINE_MEMORY_MB: '10'/);
});

it('of a server is said too, though it words it otherwise', () => {
  const cause = Object.assign(new Error('Memory limit (total) exceeded: would use 20.1 GiB, maximum: 18.00 GiB.'), {
    code: '241',
    type: 'MEMORY_LIMIT_EXCEEDED',
  });
  expect(storeError(cause, 'write', ['scores'], true).message).toMatch(
    /needed 20\.1 GiB of memory for scores and may take 18\.00 GiB; .*max_memory_usage on that server/,
  );
});
