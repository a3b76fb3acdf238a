import { describe, expect, it } from 'vitest';
import { opportunities } from '../../../src/analyses/basket-opportunities.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { associationRules } from '../../../src/models/association-rules.ts';
import { frequentItemsets } from '../../../src/models/frequent-itemsets.ts';

const WIDTH = 9;
const products = Array.from({ length: WIDTH }, (_, i) => ({
  id: `${i}`,
  name: `Product ${i}`,
  usualAmount: i % 4 === 3 ? null : 10 + ((i * 7) % 5),
}));

function randomBaskets(seed: number, customers: number) {
  const random = seededRandom(seed);
  return Array.from({ length: customers }, () => {
    const all = Array.from({ length: WIDTH }, (_, item) => item);
    return all.filter((item) => random() < (item % 3 === 0 ? 0.55 : 0.3));
  });
}

describe('what customers could buy more', () => {
  it('is, for each, the best of all rules whose left side it has bought, as trying every rule finds', () => {
    let suggested = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const baskets = randomBaskets(seed, 80);
      const offsets = [0];
      for (const items of baskets) offsets.push(offsets.at(-1)! + items.length);
      const input = { offsets: Int32Array.from(offsets), items: Int32Array.from(baskets.flat()) };
      const sets = frequentItemsets(input, { minimumCount: 5, maximumLength: 4, maximumItemsets: 10_000 });
      const rules = associationRules(sets, { minimumConfidence: 0.1, minimumLift: 1 });
      const isActive = (customer: number): boolean => customer % 7 > 0;
      const scores = opportunities({ baskets: input, isActive, products, rules });
      for (const [c, owned] of baskets.entries()) {
        const best = new Map<number, { confidence: number; expected: number }>();
        for (const { antecedent, consequent, confidence } of rules) {
          if (confidence < 0.25 || owned.includes(consequent)) continue;
          if (!antecedent.every((item) => owned.includes(item))) continue;
          if (confidence <= (best.get(consequent)?.confidence ?? 0)) continue;
          best.set(consequent, { confidence, expected: confidence * (products[consequent]!.usualAmount ?? 0) });
        }
        const order = [...best].sort(
          ([i, a], [j, b]) => b.expected - a.expected || b.confidence - a.confidence || i - j,
        );
        const expected = isActive(c) ? order.slice(0, 3).map(([item]) => `Product ${item}`) : [];
        const { details } = scores;
        if (typeof details !== 'function') throw new Error('Texts are made when they are asked for');
        const told = JSON.parse(details(c)) as { suggestions: { product: string; with: string[] }[] };
        expect(told.suggestions.map(({ product }) => product)).toEqual(expected);
        for (const { with: left } of told.suggestions)
          expect(owned.map((item) => `Product ${item}`)).toEqual(expect.arrayContaining(left));
        expect(scores.label[c]).toBe(expected[0] ?? '');
        suggested += expected.length;
      }
    }
    expect(suggested).toBeGreaterThan(500);
  });
});
