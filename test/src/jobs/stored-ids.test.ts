import { expect, it } from 'vitest';
import { compareIds } from '../../../src/jobs/reconcile-compare.ts';
import { readStoredIds } from '../../../src/jobs/stored-ids.ts';
import type { CrmChanges } from '../../../src/ports/crm.ts';
import { deal } from '../store/records.ts';
import { withStore } from '../store/with-store.ts';

const kith = withStore();
/** Numbers of every length, in an order that is not that of texts; and what looks like one and is none, or not exactly. */
const NUMBERS = ['1', '9', '10', '123', '99', '999999999999999', '52700000001'];
const NAMES = ['0', '007', '1.5', '1e3', ' 1', '1000000000000000', '9007199254740993', 'abc', '-3', '公司'];

it('finds every live record by its id, whatever that looks like, and names it again', async () => {
  const { crm, ...portal } = await kith.portal('ids');
  const all = [...NUMBERS, ...NAMES];
  const changedAt = (i: number): number => 1_700_000_000_000 + i;
  await crm.upsert(
    'deals',
    [...all, 'gone', '77'].map((id, i) => deal(id, { updatedAt: changedAt(i) })),
    { origin: 'list' },
  );
  await crm.remove('deals', ['gone', '77'], 'archived');
  const stored = await readStoredIds({ crm, ...portal }, 'deals');
  expect(stored.size).toBe(all.length);
  for (const [i, id] of all.entries()) {
    const position = stored.positionOf(id);
    expect(position, id).toBeGreaterThanOrEqual(0);
    expect(stored.idOf(position)).toBe(id);
    expect(stored.updatedAt[position], id).toBe(changedAt(i));
  }
  for (const id of ['gone', '77', '2', '9999999999999999', '1e0', '', '01']) expect(stored.positionOf(id), id).toBe(-1);
});

it('has nothing of a type without records', async () => {
  const stored = await readStoredIds(await kith.portal('none'), 'tickets');
  expect([stored.size, stored.positionOf('1'), stored.positionOf('a')]).toEqual([0, -1, -1]);
});

it('compares tens of thousands of ids with the CRM’s by plain sets', async () => {
  const portal = await kith.portal('many');
  const ids = Array.from({ length: 30_000 }, (_, i) => String(7 * i + 1));
  await portal.crm.upsert(
    'deals',
    ids.map((id) => deal(id, { updatedAt: 1000 })),
    { origin: 'list' },
  );
  // Every eleventh is missing in the CRM, every thirteenth is newer there, and some that it has are not in the store.
  const listed = [...ids.filter((_, i) => i % 11 !== 0), '2', '30', 'x1'];
  const isNewer = (id: string): boolean => Number(id) % 13 === 0;
  const changes = {
    async *ids() {
      for (let at = 0; at < listed.length; at += 100)
        yield listed.slice(at, at + 100).map((id) => ({ id, updatedAt: isNewer(id) ? 2000 : 1000 }));
    },
  } as unknown as CrmChanges;
  const found = await compareIds(changes, portal, 'deals', 5000, () => undefined);
  expect(found).toMatchObject({ inCrm: listed.length, inStore: ids.length, absent: ['2', '30', 'x1'] });
  expect(found.surplus).toEqual(ids.filter((_, i) => i % 11 === 0));
  expect(new Set(found.outdated)).toEqual(new Set(ids.filter((id, i) => i % 11 !== 0 && isNewer(id))));
});
