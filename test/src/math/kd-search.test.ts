import { describe, expect, it } from 'vitest';
import { haveWithin, kthDistances, takeWithin } from '../../../src/math/kd-search.ts';
import { buildKdTree } from '../../../src/math/kd-tree.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';

const N = 400;
const P = 3;

/** Rows on a coarse grid: many at one place, many as far apart as others. */
function gridRows(seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: N * P }, () => Math.round(4 * normal(random)) / 2);
}

function distances(x: Float64Array, row: number): number[] {
  return Array.from({ length: N }, (_, other) => {
    let sum = 0;
    for (let j = 0; j < P; j++) sum += (x[row * P + j]! - x[other * P + j]!) ** 2;
    return Math.sqrt(sum);
  });
}

describe('searches of a k-d tree', () => {
  it('find what looking at every row finds, with ties and repeated rows', () => {
    const x = gridRows(5);
    const tree = buildKdTree(x, P);
    const ninth = kthDistances(tree, 9);
    const many = haveWithin(tree, 1.5, 20);
    tree.order.forEach((row, place) => {
      const all = distances(x, row);
      expect(ninth[place]).toBe(all.toSorted((a, b) => a - b)[8]);
      expect(many[place]).toBe(all.filter((far) => far <= 1.5).length >= 20 ? 1 : 0);
    });
    expect([...kthDistances(buildKdTree(Float64Array.of(1, 2), 1), 3)]).toEqual([Infinity, Infinity]);
  });

  it('find a row that they take once, whoever asks for it', () => {
    const x = gridRows(6);
    const tree = buildKdTree(x, P);
    const take = takeWithin(tree, 1.5);
    const found = new Int32Array(N);
    const left = new Set(tree.order);
    for (let place = 0; place < N; place += 7) {
      const near = distances(x, tree.order[place]!);
      const expected = [...left].filter((row) => near[row]! <= 1.5).sort((a, b) => a - b);
      const taken = Array.from(found.subarray(0, take(place, found)), (at) => tree.order[at]!);
      expect(taken.toSorted((a, b) => a - b)).toEqual(expected);
      for (const row of taken) left.delete(row);
    }
    expect(left.size).toBeLessThan(N / 2);
  });
});
