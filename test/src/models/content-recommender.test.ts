import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { contentRecommender, type ProductContent } from '../../../src/models/content-recommender.ts';
import { interactionsOf, madeUpPurchases, scoresOf } from './made-up-purchases.ts';

const content = (products: readonly { words?: string; category?: string; price?: number }[]): ProductContent => ({
  tokens: products.map(({ words }) => (words === undefined ? [] : words.split(' '))),
  category: products.map(({ category }) => category ?? ''),
  price: Float64Array.from(products, ({ price }) => price ?? Number.NaN),
});

/** The vector of a product over all words, categories and doublings from 2⁻² to 2²⁰, as it is defined. */
function denseVector({ tokens, category, price }: ProductContent, product: number): number[] {
  const words = [...new Set(tokens.flat())];
  const categories = [...new Set(category)].filter((name) => name !== '');
  const unit = (part: number[]) => {
    const length = Math.hypot(...part);
    return part.map((value) => (length > 0 ? value / length : 0));
  };
  const name = words.map((word) => {
    const holding = tokens.filter((others) => others.includes(word)).length;
    return tokens[product]!.filter((other) => other === word).length * Math.log(tokens.length / holding);
  });
  const place = Math.log2(price[product]!);
  const grid = Array.from({ length: 23 }, (_, point) => {
    const distance = Math.abs(point - 2 - place);
    return distance < 1 ? 1 - distance : 0;
  });
  return unit([
    ...unit(name),
    ...unit(categories.map((one) => (one === category[product] ? 1 : 0))).map((value) => value * Math.sqrt(0.5)),
    ...unit(grid).map((value) => value * Math.sqrt(0.25)),
  ]);
}

describe('content', () => {
  it('scores by the cosine with the sum of what is owned, as a dense calculation does on 200 random inputs', () => {
    const random = seededRandom(31);
    const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!;
    for (let round = 0; round < 200; round++) {
      const days = madeUpPurchases(random);
      const train = interactionsOf(days);
      const known = content(
        Array.from({ length: train.products }, () => ({
          ...(random() < 0.8 ? { words: `${pick(['red', 'blue', 'big'])} ${pick(['box', 'bag', 'red'])}` } : {}),
          category: pick(['', 'home', 'office']),
          price: random() < 0.2 ? Number.NaN : 0.5 + 100 * random(),
        })),
      );
      const method = contentRecommender(train, known);
      const vectors = Array.from({ length: train.products }, (_, i) => denseVector(known, i));
      for (const [c, row] of days.entries()) {
        const profile = vectors[0]!.map((_, f) => vectors.reduce((sum, v, i) => sum + (row[i]! > 0 ? v[f]! : 0), 0));
        const length = Math.hypot(...profile);
        const scores = scoresOf(method, c, train.products);
        for (const [i, vector] of vectors.entries()) {
          const along = vector.reduce((sum, value, f) => sum + value * profile[f]!, 0);
          expect(scores[i]).toBeCloseTo(length > 0 ? along / length : 0, 10);
        }
      }
    }
  });

  const shop = content([
    { words: 'red office chair', category: 'chairs', price: 90 },
    { words: 'blue office chair', category: 'chairs', price: 100 },
    { words: 'oak table', category: 'tables', price: 400 },
    { words: 'pencil', category: 'paper', price: 1 },
    { words: 'pencil sharpener', category: 'paper', price: 3 },
  ]);

  it('puts what shares words, category and price range first', () => {
    const scores = scoresOf(contentRecommender(interactionsOf([[1, 0, 0, 0, 0]]), shop), 0, 5);
    expect(scores[0]).toBeCloseTo(1, 12);
    expect(scores[1]).toBeGreaterThan(0.5);
    expect(scores[1]).toBeGreaterThan(Math.max(scores[2]!, scores[3]!, scores[4]!));
  });

  it('can suggest a product that nobody has bought, and names the one owned that it resembles', () => {
    const method = contentRecommender(interactionsOf([[0, 0, 1, 1, 0]]), shop);
    expect(method.evidence(0, 4)).toEqual({ have: 0, of: 0, owned: 3 });
  });

  it('learns nothing from a word that all products have', () => {
    const same = content([{ words: 'set red' }, { words: 'set' }, { words: 'set blue' }]);
    expect([...scoresOf(contentRecommender(interactionsOf([[1, 0, 0]]), same), 0, 3)]).toEqual([1, 0, 0]);
  });

  it('finds prices alike by their ratio, up to a factor of four', () => {
    const prices = content([{ price: 100 }, { price: 110 }, { price: 200 }, { price: 401 }, { price: 0 }]);
    const scores = scoresOf(contentRecommender(interactionsOf([[1, 0, 0, 0, 0]]), prices), 0, 5);
    expect(scores[1]).toBeGreaterThan(scores[2]!);
    expect(scores[2]).toBeGreaterThan(0);
    expect(scores[3]).toBe(0);
    expect(scores[4]).toBe(0);
  });

  it('refuses content that is not one per product', () => {
    expect(() => contentRecommender(interactionsOf([[1, 1]]), shop)).toThrow(
      '2 products need words, a category and a price each, not 5',
    );
  });
});
