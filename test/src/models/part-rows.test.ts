import { expect, it } from 'vitest';
import { packBins } from '../../../src/models/packed-bins.ts';
import { addToSides, partition } from '../../../src/models/part-rows.ts';

const column = [3, Number.NaN, 1, 2, 3, 1, Number.NaN, 2];
const bins = packBins(Float64Array.from(column), 1, Int32Array.from(column.keys()), 255);

it.each([
  { missingLeft: false, left: [5, 3, 2], right: [6, 4, 1] },
  { missingLeft: true, left: [6, 5, 3, 2, 1], right: [4] },
])('parts the rows of a node and leaves those before and behind ($missingLeft)', ({ missingLeft, left, right }) => {
  const order = Int32Array.from([7, 6, 5, 4, 3, 2, 1, 0]);
  const split = { feature: 0, bin: 1, missingLeft };
  const scores = new Float64Array(8).fill(0.5);
  addToSides(bins, split, order, 1, 7, [1, -1], scores);
  expect(Array.from(scores)).toEqual(
    column.map((_, row) => 0.5 + (left.includes(row) ? 1 : 0) - (right.includes(row) ? 1 : 0)),
  );
  expect(partition(bins, split, order, 1, 7, new Int32Array(8))).toBe(1 + left.length);
  expect(Array.from(order)).toEqual([7, ...left, ...right, 0]);
});
