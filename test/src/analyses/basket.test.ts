import { describe, expect, it } from 'vitest';
import { basket } from '../../../src/analyses/basket.ts';
import { type BasketSummary, basketSummarySchema } from '../../../src/analyses/basket-summary.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { run, stored } from './make-history.ts';

const PRODUCTS = Array.from({ length: 12 }, (_, i) => ({
  id: `p${i}`,
  name: `Product ${String.fromCharCode(65 + i)}`,
}));

function compute(lists: readonly (readonly number[])[], more: object = {}) {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  const baskets = { products: PRODUCTS, offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()) };
  const input = {
    customerIds: [],
    per: 'deal',
    deals: lists.length,
    dealsOfSeveral: lists.length,
    baskets,
    minimumSupport: null,
    minimumConfidence: null,
  };
  return basket.compute({ ...input, ...more }, 1).summary as BasketSummary;
}

/** Random baskets in which A mostly brings B along. */
function planted(count: number): number[][] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => {
    const list = PRODUCTS.map((_, i) => i).filter((i) => i !== 1 && random() < 0.12);
    if (list.includes(0) ? random() < 0.8 : random() < 0.05) list.push(1);
    return list.length === 0 ? [5] : list.sort((a, b) => a - b);
  });
}

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

function rowsOf(summary: BasketSummary, filter: string): readonly (readonly string[])[] {
  const { parts } = basket.present(stored(summary), { ...nobody, filter });
  return parts.flatMap((part) => (part.kind === 'table' ? part.rows : []));
}

describe('what goes together', () => {
  it('finds the planted rule and names it first', () => {
    const summary = compute(planted(1_000));
    expect(summary.rules[0]!.if).toEqual(['Product A']);
    expect(summary.rules[0]!.then).toEqual(['Product B']);
    expect(summary.rules[0]!.confidence).toBeGreaterThan(0.7);
    expect(summary.rules[0]!.lift).toBeGreaterThan(4);
    expect(summary.minimumCount).toBe(20);
    expect(summary.rules.every((rule) => rule.lift >= 1.2 && rule.adjustedP <= 0.05)).toBe(true);
    const report = basket.present(stored(summary), nobody);
    expect(report.headline).toMatch(/^Of orders with Product A, \d+% also have Product B \(\d+(\.\d)?% of all do\)$/);
    expect(report.parts.filter((part) => part.kind === 'chart')).toHaveLength(1);
    expect(JSON.stringify(report)).toContain('A rule needs 20 baskets (2%)');
  });

  it('asks for 2 % of the baskets and at least five, unless told otherwise', () => {
    expect(compute(planted(60)).minimumCount).toBe(5);
    expect(compute(planted(1_000), { minimumSupport: 0.1 }).minimumCount).toBe(100);
    expect(compute(planted(1_000), { minimumConfidence: 0.99 }).rules).toEqual([]);
  });

  it('shows ten rules at most, one for each set of products, and filters by product', () => {
    const lists = Array.from({ length: 600 }, (_, i) => {
      const pair = i % 6;
      return [2 * pair, 2 * pair + 1];
    });
    const summary = compute(lists);
    expect(rowsOf(summary, '')).toHaveLength(6);
    expect(rowsOf(summary, 'product c').map((row) => row.slice(0, 2).sort())).toEqual([['Product C', 'Product D']]);
    expect(basket.present(stored(summary), { ...nobody, filter: 'nothing such' }).headline).toBe(
      'No rule among the 12 found names “nothing such”',
    );
    const dense = compute(planted(4_000), { minimumSupport: 0.002 });
    expect(rowsOf(dense, '').length).toBeLessThanOrEqual(10);
  });

  it('says plainly when everybody bought everything', () => {
    const lists = Array.from({ length: 85 }, (_, i) =>
      Array.from({ length: 12 }, (_, item) => item).filter((item) => item !== i % 13),
    );
    const summary = compute(lists, { per: 'customer', deals: 4_238, dealsOfSeveral: 0 });
    const report = basket.present(stored(summary), nobody);
    expect(report.headline).toBe(
      'No products go together here: the average customer has bought 11.1 of the 12 products',
    );
    expect(JSON.stringify(report)).toContain(
      'None of 4,238 won deals holds more than one product, so a basket is everything one customer has bought',
    );
    expect(report.parts.some((part) => part.kind === 'table')).toBe(false);
  });

  it('finds rules in at most about one of twenty portals whose products are bought by chance, and says so in the others', () => {
    const summaries = Array.from({ length: 60 }, (_, seed) => {
      const random = seededRandom(seed);
      return compute(Array.from({ length: 800 }, () => PRODUCTS.map((_product, i) => i).filter(() => random() < 0.25)));
    });
    const silent = summaries.filter((summary) => summary.rules.length === 0);
    expect(silent.length).toBeGreaterThanOrEqual(54);
    expect(basket.present(stored(silent[0]), nobody).headline).toBe(
      `No products go together more often than chance in ${silent[0]!.baskets} baskets`,
    );
  });

  it('survives a portal without products, in both languages', () => {
    const summary = compute([]);
    expect(basketSummarySchema.parse(stored(summary))).toEqual(summary);
    expect(basket.present(stored(summary), nobody).headline).toBe('Nothing to compare: no won deal has products on it');
    expect(basket.present(stored(summary), { ...nobody, language: 'zh' }).headline).toBe(
      '无法分析：成交订单中没有产品明细',
    );
  });

  it('says when too many combinations forced the minimum up', () => {
    const lists = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: 40 }, (_, item) => item).filter((item) => (item + i) % 9 !== 0),
    );
    const products = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, name: `P${i}` }));
    const offsets = [0];
    for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
    const summary = compute(lists, {
      baskets: { products, offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()) },
    });
    expect(summary.minimumCount).toBeGreaterThan(summary.askedCount);
    expect(JSON.stringify(basket.present(stored(summary), nobody))).toContain('The minimum was raised from 6 baskets');
  });
});
