import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import type { SparseRows } from '../../../src/math/sparse-rows.ts';
import { neighboursBySize } from '../../../src/models/neighbours-by-size.ts';
import { type SetSimilarity, shrunkCosine } from '../../../src/models/set-similarity.ts';

/** Rows of ones as sparse rows. */
function sparse(sets: readonly (readonly number[])[], width: number): SparseRows {
  const offsets = Int32Array.from([0, ...sets.map((_, row) => sets.slice(0, row + 1).flat().length)]);
  const columns = Int32Array.from(sets.flat());
  return { width, offsets, columns, values: new Float64Array(columns.length).fill(1) };
}

/** Every other row that shares a column, sorted by similarity and position; the first k, ascending. */
function bruteForce(sets: readonly (readonly number[])[], row: number, similarity: SetSimilarity, k: number) {
  const own = sets[row]!;
  const found = sets.flatMap((set, other) => {
    const common = set.filter((column) => own.includes(column)).length;
    if (other === row || common === 0) return [];
    return [{ other, similarity: similarity(common, own.length, set.length) }];
  });
  found.sort((a, b) => b.similarity - a.similarity || a.other - b.other);
  return found.slice(0, k).sort((a, b) => a.other - b.other);
}

describe('neighbours by size', () => {
  it('are those of a brute force, bit for bit, ties of one size and of several included, on 300 random inputs', () => {
    const random = seededRandom(17);
    let tiesOfSizes = 0;
    for (let round = 0; round < 300; round++) {
      const width = 1 + Math.floor(random() * 12);
      const share = random();
      const sets = Array.from({ length: 1 + Math.floor(random() * 60) }, () =>
        Array.from({ length: width }, (_, column) => column).filter((column) => random() < share / (1 + column / 4)),
      );
      const k = [1, 3, 10, Number.POSITIVE_INFINITY][round % 4]!;
      const similarity = shrunkCosine(random() < 0.5 ? 0 : 3);
      const find = neighboursBySize(sparse(sets, width), similarity, k);
      for (const row of sets.keys()) {
        const wanted = bruteForce(sets, row, similarity, k);
        const { rows, similarities } = find(row);
        expect([...rows]).toEqual(wanted.map(({ other }) => other));
        expect([...similarities]).toEqual(wanted.map((one) => one.similarity));
        const last = Math.min(...similarities);
        const tied = bruteForce(sets, row, similarity, sets.length).filter((one) => one.similarity === last);
        if (tied.length > 1 && new Set(tied.map(({ other }) => sets[other]!.length)).size > 1) tiesOfSizes++;
      }
    }
    expect(tiesOfSizes).toBeGreaterThan(50);
  });

  it('keep the lower positions of rows that are equally similar though they are of other sizes', () => {
    // 2 shared of 4 and 4, and 1 shared of 4 and 1, are both half.
    const sets = [[0, 1, 2, 3], [0, 1, 4, 5], [2], [0, 2, 4, 5], [3]];
    const { rows, similarities } = neighboursBySize(sparse(sets, 6), shrunkCosine(0), 3)(0);
    expect([...rows]).toEqual([1, 2, 3]);
    expect([...similarities]).toEqual([0.5, 0.5, 0.5]);
  });
});
