import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { transposed } from '../../../src/math/sparse-rows.ts';
import { neighbourFinder } from '../../../src/models/neighbour-finder.ts';
import { neighboursBySize } from '../../../src/models/neighbours-by-size.ts';
import { purchaseRows } from '../../../src/models/purchase-rows.ts';
import { shrunkCosine } from '../../../src/models/set-similarity.ts';
import { interactionsOf } from './made-up-purchases.ts';

it.each([
  ['many rows of few sizes', 900, 6],
  ['few rows of many sizes', 40, 60],
])('finds the same in the same order whether it counts by size or not: %s', (_, count, width) => {
  const random = seededRandom(count);
  const days = Array.from({ length: count }, () => {
    const share = 0.3 + 0.7 * random();
    return Array.from({ length: width }, () => (random() < share ? 1 : 0));
  });
  const { byCustomer } = purchaseRows(interactionsOf(days));
  const similarity = shrunkCosine(3);
  const find = neighbourFinder(byCustomer, transposed(byCustomer), similarity, 7);
  const bySize = neighboursBySize(byCustomer, similarity, 7);
  const { offsets } = byCustomer;
  // All of these share a column with more than a quarter of the rows.
  const filled = [...days.keys()].filter((row) => offsets[row + 1]! > offsets[row]!);
  for (const row of filled) expect(find(row)).toEqual(bySize(row));
});
