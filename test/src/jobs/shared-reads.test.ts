import { tableFromArrays } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { withSharedReads } from '../../../src/jobs/shared-reads.ts';
import { createErasureGate } from '../../../src/store/erasure-gate.ts';
import type { PortalStore } from '../../../src/store/portal-store.ts';

/** A portal that counts what it is asked. */
function counting(rows: number): { portal: PortalStore; asked: string[]; freed: () => number } {
  const asked: string[] = [];
  let freed = 0;
  const portal = {
    erasures: createErasureGate(),
    freeMemory: async () => {
      freed += 1;
    },
    arrow: async (sql: string) => {
      asked.push(sql);
      return tableFromArrays({ idx: new Int32Array(rows) });
    },
    query: async (sql: string) => {
      asked.push(sql);
      return Array.from({ length: rows }, (_, i) => ({ id: String(i) }));
    },
  };
  // Nothing else of it is asked here.
  return { portal: portal as unknown as PortalStore, asked, freed: () => freed };
}

describe('shared reads', () => {
  it('ask once what is asked again with the same parameters', async () => {
    const { portal, asked } = counting(3);
    const shared = withSharedReads(portal);
    const first = await shared.arrow('SELECT idx FROM customers', { zone: 'UTC' });
    expect(await shared.arrow('SELECT idx FROM customers', { zone: 'UTC' })).toBe(first);
    await shared.arrow('SELECT idx FROM customers', { zone: 'Europe/Berlin' });
    expect(await shared.query('SELECT id FROM deals')).toEqual(await shared.query('SELECT id FROM deals'));
    expect(asked).toEqual(['SELECT idx FROM customers', 'SELECT idx FROM customers', 'SELECT id FROM deals']);
  });

  it('hand out rows that one reader may change without another seeing it', async () => {
    const shared = withSharedReads(counting(2).portal);
    const rows = await shared.query<{ id: string }>('SELECT id FROM deals');
    rows[0]!.id = 'changed';
    expect(await shared.query('SELECT id FROM deals')).toEqual([{ id: '0' }, { id: '1' }]);
  });

  it('ask again once somebody was forgotten, also what was on its way meanwhile', async () => {
    const { portal, asked } = counting(1);
    const shared = withSharedReads(portal);
    await shared.arrow('SELECT idx FROM customers');
    const onItsWay = shared.query('SELECT id FROM deals');
    await portal.erasures.erasing(async () => undefined);
    await onItsWay;
    await shared.arrow('SELECT idx FROM customers');
    await shared.query('SELECT id FROM deals');
    await shared.query('SELECT id FROM deals');
    expect(asked).toEqual([
      'SELECT idx FROM customers',
      'SELECT id FROM deals',
      'SELECT idx FROM customers',
      'SELECT id FROM deals',
    ]);
  });

  it('keep nothing large until the end of the run', async () => {
    const { portal, asked, freed } = counting(200_001);
    const shared = withSharedReads(portal);
    for (let time = 0; time < 2; time++) {
      await shared.arrow('SELECT idx FROM customers');
      await shared.query('SELECT id FROM deals');
    }
    expect(asked).toHaveLength(4);
    // Nor what the engine needed for it, until the next large one is read.
    expect(freed()).toBe(2);
    const small = counting(200_000);
    await withSharedReads(small.portal).arrow('SELECT idx FROM customers');
    expect(small.freed()).toBe(0);
  });
});
