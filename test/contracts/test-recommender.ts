import { expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.ts';
import { contentRecommender } from '../../src/models/content-recommender.ts';
import { factorsRecommender, fitImplicitFactors } from '../../src/models/implicit-factors.ts';
import { itemItemRecommender, userUserRecommender } from '../../src/models/neighbour-recommender.ts';
import { popularityRecommender, segmentPopularityRecommender } from '../../src/models/popularity.ts';
import type { Interactions, Recommender, RecommenderName } from '../../src/models/recommender.ts';
import { interactionsOf, madeUpPurchases, scoresOf } from '../src/models/made-up-purchases.ts';

/** Every recommender of the product, with settings for small inputs. */
export const FITTERS: Readonly<Record<RecommenderName, (train: Interactions) => Recommender>> = {
  popularity: popularityRecommender,
  'segment-popularity': (train) =>
    segmentPopularityRecommender(
      train,
      Int32Array.from({ length: train.customers }, (_, c) => (c % 3) - 1),
    ),
  content: (train) =>
    contentRecommender(train, {
      tokens: Array.from({ length: train.products }, (_, i) => (i % 5 === 4 ? [] : [`kind${i % 3}`, `no${i}`])),
      category: Array.from({ length: train.products }, (_, i) => ['', 'a', 'b'][i % 3]!),
      price: Float64Array.from({ length: train.products }, (_, i) => [10, Number.NaN, 0, 1_000_000, 11][i % 5]!),
    }),
  'item-item': (train) => itemItemRecommender(train, { neighbours: 3, shrinkage: 2 }),
  'user-user': (train) => userUserRecommender(train, { neighbours: 3 }),
  factors: (train) =>
    factorsRecommender(
      train,
      fitImplicitFactors(train, { factors: 3, regularisation: 0.1, alpha: 2, iterations: 3 }, seededRandom(3)),
    ),
};

const INPUTS: Readonly<Record<string, Interactions>> = {
  'no customers': interactionsOf([], 3),
  'no products': interactionsOf([[], []], 0),
  'no purchases': interactionsOf([
    [0, 0],
    [0, 0],
  ]),
  'one customer': interactionsOf([[1, 0, 2, 0]]),
  'one product': interactionsOf([[1], [0], [3]]),
  'one customer who bought the only product': interactionsOf([[1]]),
  'customers who all bought the same': interactionsOf(Array.from({ length: 6 }, () => [1, 1, 0, 1])),
  'a customer without purchases': interactionsOf([
    [0, 0, 0, 0],
    [1, 0, 1, 1],
    [0, 1, 1, 0],
  ]),
  'products nobody bought': interactionsOf([
    [1, 0, 0, 0],
    [2, 0, 0, 1],
  ]),
};

/** What every recommender must do, whatever it was fitted on. */
export function testRecommender(name: RecommenderName): void {
  const make = FITTERS[name];
  const random = seededRandom(7);
  const inputs = { ...INPUTS, 'many customers': interactionsOf(madeUpPurchases(random, 60, 30)) };

  it.each(Object.entries(inputs))('scores every product with a finite number for %s', (_, train) => {
    const method = make(train);
    expect(method.name).toBe(name);
    for (let c = 0; c < train.customers; c++) {
      const scores = scoresOf(method, c, train.products);
      expect(scores.every(Number.isFinite)).toBe(true);
    }
  });

  it.each(Object.entries(inputs))('rests on counts that can be, and on what the customer owns, for %s', (_, train) => {
    const method = make(train);
    for (let c = 0; c < train.customers; c++) {
      const owned = [...train.items.subarray(train.offsets[c]!, train.offsets[c + 1]!)];
      for (let i = 0; i < train.products; i++) {
        const evidence = method.evidence(c, i);
        expect(evidence.have).toBeGreaterThanOrEqual(0);
        expect(evidence.have).toBeLessThanOrEqual(evidence.of);
        expect(evidence.of).toBeLessThanOrEqual(train.customers);
        if (evidence.owned !== null) expect(owned).toContain(evidence.owned);
      }
    }
  });

  it('gives the same bytes again, in whatever order customers are asked about', () => {
    const train = inputs['many customers'];
    const [first, second] = [make(train), make(train)];
    const customers = Array.from({ length: train.customers }, (_, c) => c);
    const told = customers.map((c) => [scoresOf(first, c, train.products), first.evidence(c, 0)]);
    const again = customers
      .reverse()
      .map((c) => [second.evidence(c, 0), scoresOf(second, c, train.products)].reverse());
    expect(again.reverse()).toEqual(told);
  });
}
