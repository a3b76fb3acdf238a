import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { agglomerate, type Linkage } from '../../../src/models/agglomerative.ts';

function sample(n: number, p: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n * p }, () => normal(random));
}

/** The definition: all pairs of clusters looked at, the nearest joined, n − 1 times. */
function slowHeights(x: Float64Array, p: number, linkage: Linkage): number[] {
  const n = x.length / p;
  let clusters = Array.from({ length: n }, (_, row) => [row]);
  const rowDistance = (a: number, b: number) =>
    Math.hypot(...Array.from({ length: p }, (_, j) => x[a * p + j]! - x[b * p + j]!));
  const centre = (rows: number[]) =>
    Array.from({ length: p }, (_, j) => rows.reduce((sum, row) => sum + x[row * p + j]!, 0) / rows.length);
  const apart = (left: number[], right: number[]): number => {
    if (linkage === 'ward') {
      const [a, b] = [centre(left), centre(right)];
      const squared = a.reduce((sum, value, j) => sum + (value - b[j]!) ** 2, 0);
      return Math.sqrt((2 * left.length * right.length * squared) / (left.length + right.length));
    }
    const all = left.flatMap((a) => right.map((b) => rowDistance(a, b)));
    if (linkage === 'complete') return Math.max(...all);
    if (linkage === 'single') return Math.min(...all);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  const heights: number[] = [];
  while (clusters.length > 1) {
    let [least, a, b] = [Number.POSITIVE_INFINITY, 0, 0];
    clusters.forEach((left, i) => {
      clusters.slice(0, i).forEach((right, k) => {
        const distance = apart(left, right);
        if (distance < least) [least, a, b] = [distance, i, k];
      });
    });
    heights.push(least);
    const joined = [...clusters[a]!, ...clusters[b]!];
    clusters = [...clusters.filter((_, i) => i !== a && i !== b), joined];
  }
  return heights;
}

describe('agglomerate', () => {
  it.each(['ward', 'complete', 'average', 'single'] as const)('joins the nearest clusters first, %s', (linkage) => {
    const x = sample(30, 3, 1);
    const { heights } = agglomerate(x, 3, linkage);
    slowHeights(x, 3, linkage).forEach((height, i) => {
      expect(heights[i]).toBeCloseTo(height, 9);
    });
  });

  it('names the clusters that it joins: rows below n, then the pair that made them', () => {
    const tree = agglomerate(Float64Array.of(0, 1, 10, 12, 30), 1, 'single');
    expect(tree.merges).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
      [4, 7],
    ]);
    expect(tree.heights).toEqual([1, 2, 9, 18]);
  });

  it('has nothing to join in one row or none', () => {
    expect(agglomerate(Float64Array.of(1, 2), 2, 'ward')).toEqual({ rows: 1, merges: [], heights: [] });
    expect(agglomerate(new Float64Array(0), 2, 'ward').merges).toEqual([]);
  });

  it('refuses more rows than pairs of them fit, and values that are missing', () => {
    expect(() => agglomerate(new Float64Array(5001), 1, 'ward')).toThrow(/5001 rows are too many/);
    expect(() => agglomerate(Float64Array.of(1, Number.NaN), 1, 'ward')).toThrow(/Row 1, column 0 is NaN/);
  });
});
