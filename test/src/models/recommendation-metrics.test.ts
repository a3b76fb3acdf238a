import { describe, expect, it } from 'vitest';
import { largestOf } from '../../../src/math/largest-of.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { hitRateAt, ndcgAt, topOf } from '../../../src/models/recommendation-metrics.ts';

describe('the best scores', () => {
  it('are those of a full sort, ties by lower position, on 1,000 random inputs', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 1_000; round++) {
      const n = Math.floor(random() * 30);
      const scores = Float64Array.from({ length: n }, () => Math.floor(random() * 6) - 2);
      const excluded = Array.from({ length: n }, (_, i) => i).filter(() => random() < 0.3);
      const k = Math.floor(random() * 12);
      const sorted = Array.from({ length: n }, (_, i) => i)
        .filter((i) => !excluded.includes(i))
        .sort((a, b) => scores[b]! - scores[a]! || a - b);
      expect([...topOf(scores, k, excluded.reverse())]).toEqual(sorted.slice(0, k));
    }
  });

  it('are all of them when fewer are left than asked for, infinitely many included', () => {
    expect([...topOf(Float64Array.from([1, 3, 2]), 10, [1])]).toEqual([2, 0]);
    expect([...largestOf(Float64Array.from([1, 3, 2]), Number.POSITIVE_INFINITY, Int32Array.from([2, 0]))]).toEqual([
      2, 0,
    ]);
  });

  it('do not depend on the order of the candidates', () => {
    const values = Float64Array.from([2, 1, 2, 2]);
    expect([...largestOf(values, 2, Int32Array.from([3, 2, 1, 0]))]).toEqual([0, 2]);
  });
});

describe('the hit rate of one customer', () => {
  it('is 1 when one of the first k was bought', () => {
    expect(hitRateAt(3, [4, 9, 2, 7], [2, 5])).toBe(1);
    expect(hitRateAt(2, [4, 9, 2, 7], [2, 5])).toBe(0);
  });

  it('is 0 when nothing was suggested or bought', () => {
    expect(hitRateAt(3, [], [2])).toBe(0);
    expect(hitRateAt(3, [2], [])).toBe(0);
  });
});

describe('NDCG of one customer', () => {
  it('discounts each hit by its place and divides by the most that was possible', () => {
    // Hits at places 1 and 3 of 3; three were bought, so at most 1 + 1/log2(3) + 1/2.
    expect(ndcgAt(3, [5, 1, 6], [5, 6, 8])).toBeCloseTo((1 + 0.5) / (1 + 1 / Math.log2(3) + 0.5), 12);
  });

  it('is 1 when everything bought stands first, however few that were', () => {
    expect(ndcgAt(3, [5, 1, 6], [5])).toBe(1);
  });

  it('counts nothing below place k', () => {
    expect(ndcgAt(2, [5, 1, 6], [6])).toBe(0);
  });

  it('is not known when nothing was bought', () => {
    expect(ndcgAt(3, [5], [])).toBeNaN();
  });
});
