import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import { basket } from '../../../src/analyses/basket.ts';
import { type BasketSummary, basketSummarySchema } from '../../../src/analyses/basket-summary.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { run, stored } from './make-history.ts';

const PRODUCTS = Array.from({ length: 12 }, (_, i) => ({
  id: `p${i}`,
  name: `Product ${String.fromCharCode(65 + i)}`,
  usualAmount: 100 * (i + 1),
}));
const MAPPING = { id: 10, sku: 0, name: 0, own: 0 };

function computed(lists: readonly (readonly number[])[], more: object = {}) {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  const baskets = { offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()) };
  const input = {
    customerIds: lists.map((_, i) => `c${i}`),
    per: 'deal',
    deals: lists.length,
    dealsOfSeveral: lists.length,
    products: PRODUCTS,
    mapping: MAPPING,
    baskets,
    customers: baskets,
    quietDays: new Int32Array(lists.length),
    minimumSupport: null,
    minimumConfidence: null,
  };
  return basket.compute({ ...input, ...more }, 1);
}

function compute(lists: readonly (readonly number[])[], more: object = {}) {
  return computed(lists, more).summary as BasketSummary;
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
    const products = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, name: `P${i}`, usualAmount: null }));
    const summary = compute(lists, { products });
    expect(summary.minimumCount).toBeGreaterThan(summary.askedCount);
    expect(JSON.stringify(basket.present(stored(summary), nobody))).toContain('The minimum was raised from 6 baskets');
  });

  it('answers about one product, one basket, 50,000 products and a basket of 1,000 items', () => {
    const one = compute(
      Array.from({ length: 30 }, () => [0]),
      { products: PRODUCTS.slice(0, 1) },
    );
    expect(basket.present(stored(one), nobody).headline).toBe('Nothing to compare: only one product has been bought');
    const single = compute([[0, 1, 2]]);
    expect(basket.present(stored(single), nobody).headline).toBe(
      'Too little to compare: there is 1 basket, and a rule needs 5',
    );
    const random = seededRandom(4);
    const products = Array.from({ length: 50_000 }, (_, i) => ({ id: `p${i}`, name: `P${i}`, usualAmount: 1 }));
    const many = Array.from({ length: 5_000 }, (_, i) => {
      const list = new Set(Array.from({ length: 8 }, () => 2 + Math.floor(49_998 * random())));
      return [...(i % 20 === 0 ? [0, 1] : []), ...[...list].sort((a, b) => a - b)];
    });
    const everything = Array.from({ length: 8 }, () => Array.from({ length: 1_000 }, (_, i) => 50 * i));
    const summary = compute([...many, ...everything], { products, minimumSupport: 0.0015 });
    expect(summary.rules.map((rule) => [rule.if, rule.then, rule.baskets])).toContainEqual([['P0'], ['P1'], 250]);
    expect(summary).toMatchObject({ products: 50_000, largestBasket: 1_000, askedCount: 8 });
    expect(summary.minimumCount).toBeGreaterThan(8);
    expect(JSON.stringify(basket.present(stored(summary), nobody))).toContain(
      'the largest basket holds 1,000 products',
    );
  });

  it('says how products were found on lines that do not name them', () => {
    const text = (mapping: object): string =>
      JSON.stringify(basket.present(stored(compute(planted(200), { mapping })), nobody));
    expect(text(MAPPING)).not.toContain('product lines');
    expect(text({ id: 70, sku: 20, name: 5, own: 5 })).toContain(
      'Of 100 product lines, 70% name a product of the CRM; 20% were matched to one by SKU and 5% by name; 5% match none',
    );
  });

  it('reads the summaries of runs from before lines were counted', () => {
    const { mapping, opportunities, offersFrom, largestBasket, longestSet, ...older } = compute(planted(200));
    expect(basketSummarySchema.parse(stored(older))).toMatchObject({ mapping: null, opportunities: 0 });
  });
});

describe('who could buy more', () => {
  const lists = [
    ...Array.from({ length: 12 }, () => [0, 1]),
    ...Array.from({ length: 6 }, () => [0]),
    ...Array.from({ length: 60 }, (_, i) => [2 + (i % 8)]),
  ];
  const rowsOfAll = (more: object = {}): PresentedRow[] => {
    const { scores } = computed(lists, more);
    return lists.map((_, i) => ({
      customerId: `c${i}`,
      value: scores!.value[i]!,
      label: scores!.label[i]!,
      band: scores!.band[i]!,
      evidence: 0,
      details: JSON.parse(scores!.details[i]!),
      name: `Customer ${i}`,
      link: '',
      owner: null,
    }));
  };

  it('are the customers who lack what those like them have, with the evidence and the expected value', () => {
    const rows = rowsOfAll();
    expect(rows.filter((row) => row.band === 'open').map((row) => row.customerId)).toEqual(
      lists.flatMap((list, i) => (list.length === 1 && list[0] === 0 ? [`c${i}`] : [])),
    );
    expect(rows[12]).toMatchObject({ label: 'Product B', band: 'open' });
    expect(rows[12]!.value).toBeCloseTo((12 / 18) * 200, 10);
    expect(rows[0]!.details).toEqual({ suggestions: [] });
    const report = basket.present(stored(computed(lists).summary), { ...nobody, rows });
    const items = report.parts.filter((part) => part.kind === 'item');
    expect(items).toHaveLength(5);
    expect(items[0]).toMatchObject({
      title: 'Customer 12 → Product B',
      text: '12 of 18 similar customers, who have Product A, have also bought Product B; this one has not. Expected value €133 (67% × the usual €200).',
      actions: [{ action: 'create-task', value: '["basket","c12","p1"]' }],
    });
    expect(JSON.stringify(report.parts)).toContain('Who could buy more: 5 of 6');
    const chinese = basket.present(stored(computed(lists).summary), { ...nobody, language: 'zh', rows });
    expect(JSON.stringify(chinese.parts)).toContain('18 位相似客户（购买过“Product A”）中有 12 位也购买了“Product B”');
  });

  it('are filtered by the product that they could buy', () => {
    const summary = stored(computed(lists).summary);
    const itemsFor = (filter: string) =>
      basket.present(summary, { ...nobody, rows: rowsOfAll(), filter }).parts.filter((part) => part.kind === 'item');
    expect(itemsFor('product b')).toHaveLength(5);
    expect(itemsFor('product c')).toHaveLength(0);
  });

  it('leave out whoever has bought nothing for a year, and tell no value where no line has an amount', () => {
    const quietDays = Int32Array.from(lists, (_, i) => (i < 15 ? 366 : 365));
    expect(rowsOfAll({ quietDays }).filter((row) => row.band === 'open')).toHaveLength(3);
    const products = PRODUCTS.map((product) => ({ ...product, usualAmount: null }));
    const rows = rowsOfAll({ products });
    expect(rows[12]).toMatchObject({ value: Number.NaN, band: 'open' });
    const report = basket.present(stored(computed(lists).summary), { ...nobody, rows });
    expect(JSON.stringify(report.parts)).toContain('this one has not.');
    expect(JSON.stringify(report.parts)).not.toContain('Expected value');
  });
});
