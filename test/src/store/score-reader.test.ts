import { expect, it } from 'vitest';
import type { Database } from '../../../src/store/database.ts';
import type { ScoreQuery } from '../../../src/store/portal-store.ts';
import { withReadMemory } from '../../../src/store/read-memory.ts';
import { createResultStore } from '../../../src/store/result-store.ts';

/** Says of each query whether the store asked the database for scores again. */
function asked() {
  let reads = 0;
  const counting = {
    name: 'kith_1',
    query: async (sql: string) => {
      if (sql.includes('customer_id, value, label')) reads++;
      return [];
    },
    command: async () => undefined,
  } as unknown as Database;
  const { database, memory } = withReadMemory(counting);
  const store = createResultStore(database, { next: () => 1 }, Date.now, async () => () => false, memory);
  return {
    database,
    async of(query: ScoreQuery): Promise<number> {
      const before = reads;
      await store.scores('run', 'value', query);
      await store.scores('run', 'value', query);
      return reads - before;
    },
  };
}

it('The beginning of a list that everybody is shown is asked for once, until something is written', async () => {
  const { database, of } = asked();
  const best: ScoreQuery = { order: 'value-desc', label: 'Gold', limit: 10 };
  expect(await of(best)).toBe(1);
  expect(await of(best)).toBe(0);
  expect(await of({ ...best, label: 'Silver' })).toBe(1);
  await database.command('ALTER TABLE scores DELETE WHERE 1');
  expect(await of(best)).toBe(1);
});

it.each<[string, ScoreQuery]>([
  ['owners', { limit: 10, ownerIds: ['1'] }],
  ['purchases', { limit: 10, order: 'product-desc', product: { id: '1', share: 0.5, weight: 2 } }],
  ['customers that were named', { limit: 10, customerIds: ['1'] }],
  ['everybody', {}],
  ['thousands', { limit: 50_000 }],
])('A list of %s is asked for each time', async (_name, query) => {
  expect(await asked().of(query)).toBe(2);
});
