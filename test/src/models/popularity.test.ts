import { describe, expect, it } from 'vitest';
import { popularityRecommender, segmentPopularityRecommender } from '../../../src/models/popularity.ts';
import { interactionsOf, scoresOf } from './made-up-purchases.ts';

const train = interactionsOf([
  [5, 1, 0],
  [1, 0, 0],
  [0, 0, 0],
  [0, 1, 0],
  [1, 0, 1],
]);

describe('popularity', () => {
  it('scores by the share of buying customers who bought it, on however many days', () => {
    expect([...scoresOf(popularityRecommender(train), 2, 3)]).toEqual([3 / 4, 2 / 4, 1 / 4]);
  });

  it('says how many of the buying customers bought it', () => {
    expect(popularityRecommender(train).evidence(2, 1)).toEqual({ have: 2, of: 4, owned: null });
  });
});

describe('popularity in a segment', () => {
  const method = segmentPopularityRecommender(train, Int32Array.from([0, 0, 0, 1, -1]));

  it('draws a small segment’s shares towards the whole portfolio’s, which count as 20 customers', () => {
    const scores = scoresOf(method, 0, 3);
    expect(scores[0]).toBeCloseTo((2 + 20 * (3 / 4)) / 22, 12);
    expect(scores[1]).toBeCloseTo((1 + 20 * (2 / 4)) / 22, 12);
    expect(scores[2]).toBeCloseTo((0 + 20 * (1 / 4)) / 22, 12);
  });

  it('gives a customer of no segment the portfolio’s shares', () => {
    expect([...scoresOf(method, 4, 3)]).toEqual([3 / 4, 2 / 4, 1 / 4]);
    expect(method.evidence(4, 0)).toEqual({ have: 3, of: 4, owned: null });
  });

  it('orders by what the segment buys once it is large', () => {
    const rows = Array.from({ length: 400 }, (_, c) => (c < 100 ? [0, 1] : [1, 0]));
    const inSegments = segmentPopularityRecommender(
      interactionsOf(rows),
      Int32Array.from(rows, (_, c) => (c < 100 ? 0 : 1)),
    );
    const [first, second] = scoresOf(inSegments, 0, 2);
    expect(second).toBeGreaterThan(first!);
  });

  it('counts only the segment’s customers who bought anything', () => {
    expect(method.evidence(2, 0)).toEqual({ have: 2, of: 2, owned: null });
  });

  it('refuses segments that are not one per customer', () => {
    expect(() => segmentPopularityRecommender(train, Int32Array.from([0, 1]))).toThrow(
      '5 customers need a segment each (-1 for none), not 2',
    );
  });
});
