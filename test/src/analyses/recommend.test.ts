import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import { recommend } from '../../../src/analyses/recommend.ts';
import { customerNextProducts, newcomersProducts } from '../../../src/analyses/recommend-customer-report.ts';
import type { RecommendInput } from '../../../src/analyses/recommend-input.ts';
import { tooCostly } from '../../../src/analyses/recommend-methods.ts';
import { purchasesUntil } from '../../../src/analyses/recommend-purchases.ts';
import { rfmGroupsAt, segmentsAt } from '../../../src/analyses/recommend-segments.ts';
import {
  type RecommendSummary,
  recommendDetailsSchema,
  recommendSummarySchema,
} from '../../../src/analyses/recommend-summary.ts';
import type { EvidenceLevel } from '../../../src/domain/results.ts';
import { type RandomSource, seededRandom } from '../../../src/math/random.ts';
import { expectReadable } from '../../contracts/test-command.ts';
import { historyOf, run, stored } from './make-history.ts';

type Bought = readonly (readonly [day: number, item: number])[];

const LAST_DAY = 1_000;
const HORIZON = 60;
const CUT_OFF = LAST_DAY - HORIZON;
const WORDS = 'amber birch cedar delta ember fjord grove heath inlet jetty knoll lagoon'.split(' ');

function inputOf(
  customers: readonly Bought[],
  productCount: number,
  more: Partial<RecommendInput> = {},
): RecommendInput {
  const customerIds = customers.map((_, i) => `c${1_000 + i}`);
  const sorted = customers.map((rows) => [...rows].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  const offsets = [0];
  for (const rows of sorted) offsets.push(offsets.at(-1)! + rows.length);
  const days = sorted.map((rows) => [...new Set(rows.map(([day]) => day))]);
  return {
    customerIds,
    offsets: Int32Array.from(offsets),
    days: Int32Array.from(sorted.flat(), ([day]) => day),
    items: Int32Array.from(sorted.flat(), ([, item]) => item),
    products: Array.from({ length: productCount }, (_, i) => ({
      id: `p${i}`,
      name: `${WORDS[i % WORDS.length]} ${i}`,
      usualAmount: 100,
    })),
    category: new Array<string>(productCount).fill(''),
    price: new Float64Array(productCount).fill(Number.NaN),
    industries: customerIds.map(() => ''),
    history: historyOf(Object.fromEntries(customerIds.map((id, i) => [id, days[i]!.map((day) => [day, 100])]))),
    today: LAST_DAY,
    lastCompleteDay: LAST_DAY,
    horizonDays: HORIZON,
    ...more,
  };
}

const whole = (random: RandomSource, below: number): number => Math.floor(random() * below);

/** Two groups of customers with product families of their own: 12 of 24 products each, none bought more than another. */
function twoTastes(seed: number, size = 240): Bought[] {
  const random = seededRandom(seed);
  return Array.from({ length: size }, (_, c) => {
    const family = Array.from({ length: 12 }, (_, i) => 2 * i + (c % 2));
    const own = family.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at);
    const before = own.slice(0, 7).map(({ item }) => [CUT_OFF - whole(random, 300), item] as const);
    return [...before, ...own.slice(7, 9).map(({ item }) => [CUT_OFF + 1 + whole(random, HORIZON), item] as const)];
  });
}

/** Every customer buys at random from the same products, some of which everybody likes better. */
function oneTaste(seed: number, size = 300): Bought[] {
  const random = seededRandom(seed);
  const draw = (): number => Math.floor(24 * random() ** 3);
  return Array.from({ length: size }, () => [
    ...Array.from({ length: 4 }, () => [CUT_OFF - whole(random, 300), draw()] as const),
    ...Array.from({ length: 3 }, () => [CUT_OFF + 1 + whole(random, HORIZON), draw()] as const),
  ]);
}

function answer(input: RecommendInput) {
  const { summary, scores } = recommend.compute(input, 7);
  const rows = input.customerIds.map(
    (customerId, i): PresentedRow => ({
      customerId,
      value: Number.isNaN(scores!.value[i]!) ? null : scores!.value[i]!,
      label: scores!.label[i]!,
      band: scores!.band[i]!,
      evidence: scores!.evidence[i]! as EvidenceLevel,
      details: JSON.parse(scores!.details[i]!),
      name: `Customer ${i}`,
      link: '',
      owner: null,
    }),
  );
  const checked = recommendSummarySchema.parse(stored(summary));
  return { summary: checked, rows, details: rows.map((row) => recommendDetailsSchema.parse(row.details)) };
}

const present = (summary: RecommendSummary, rows: readonly PresentedRow[] = [], language: 'en' | 'zh' = 'en') =>
  recommend.present(stored(summary), { language, run, rows, withheld: null, filter: '' });

const rowOf = ({ backTest }: RecommendSummary, method: string) => backTest.board.find((row) => row.method === method)!;

describe('which way of suggesting is used', () => {
  it('is one that learns from other customers where tastes differ, named with what popularity alone reaches', () => {
    const { summary, rows } = answer(inputOf(twoTastes(1), 24));
    expect(['item-item', 'user-user', 'factors']).toContain(summary.method);
    expect(rowOf(summary, summary.method).hitRate).toBeGreaterThan(1.5 * rowOf(summary, 'popularity').hitRate);
    expect(summary.backTest).toMatchObject({ cutOff: '1972-07-29', known: 240, learnt: 240, judged: 240 });
    const report = present(summary, rows);
    expect(report.headline).toMatch(
      /^Suggesting what .+ was right for \d+% of the 240 customers who bought something new; popularity alone for \d+%$/,
    );
    expect(report.parts.filter((part) => part.kind === 'chart')).toMatchObject([
      { chart: { labels: expect.arrayContaining([expect.stringContaining('(used)')]) } },
    ]);
    expectReadable(report, 'en');
    expectReadable(present(summary, rows, 'zh'), 'zh');
  });

  it('is popularity where nothing else holds, but for chance', () => {
    const methods = Array.from({ length: 12 }, (_, seed) => answer(inputOf(oneTaste(seed), 24)).summary);
    const popular = methods.filter(({ method }) => method === 'popularity');
    expect(popular.length).toBeGreaterThanOrEqual(9);
    expect(present(popular[0]!).headline).toMatch(
      /^Suggesting what most customers buy was right for \d+% of the \d+ customers who bought something new, and no other way did clearly better$/,
    );
    for (const { backTest } of methods) {
      for (const row of backTest.board.slice(1)) expect(row.replaces).toBe(row.gain! > row.standardError!);
    }
  });

  it('is popularity in the industry where industries have tastes of their own that they are known by', () => {
    const customers = twoTastes(2).map((rows) => rows.filter(([day], i) => day > CUT_OFF || i === 0));
    const industries = customers.map((_, c) => (c % 2 === 0 ? 'RETAIL' : 'CHEMICALS'));
    const { summary, details, rows } = answer(inputOf(customers, 24, { industries }));
    expect(summary.segmentsBy).toBe('industry');
    expect(rowOf(summary, 'segment-popularity').replaces).toBe(true);
    if (summary.method !== 'segment-popularity') return;
    expect(details[0]!.segment).toEqual({ by: 'industry', name: 'RETAIL' });
    expect(JSON.stringify(customerNextProducts('en', run, summary, rows[0]!))).toContain('customers in “RETAIL”');
  });

  it('draws the customers that are judged where they are many, and says so', () => {
    const { summary } = answer(inputOf(oneTaste(3, 2_600), 24));
    expect(summary.backTest.boughtNew).toBeGreaterThan(2_000);
    expect(summary.backTest.judged).toBe(2_000);
    expect(JSON.stringify(present(summary))).toContain('2,000 of them were drawn at random and judged');
  }, 30_000);

  it('leaves aside what would take too long with so many customers, and says so', () => {
    const everything = (customers: number) => ({
      customers,
      products: 10,
      offsets: Int32Array.from({ length: customers + 1 }, (_, c) => 10 * c),
      items: Int32Array.from({ length: 10 * customers }, (_, e) => e % 10),
      weights: new Float64Array(10 * customers).fill(1),
    });
    expect(tooCostly({ train: everything(5_000) })).toEqual([]);
    expect(tooCostly({ train: everything(12_000) })).toEqual(['user-user']);
    const { summary } = answer(inputOf(twoTastes(1), 24));
    const told = { ...summary, backTest: { ...summary.backTest, aside: ['user-user' as const] } };
    expect(JSON.stringify(present(told))).toContain('it would take too long with so many customers: similar customers');
  });
});

describe('the back-test', () => {
  it('learns from nothing that happened after its cut-off', () => {
    const customers = twoTastes(4);
    const random = seededRandom(9);
    const later = customers.map((rows) => [
      ...rows.filter(([day]) => day <= CUT_OFF),
      ...Array.from({ length: 5 }, () => [CUT_OFF + 1 + whole(random, HORIZON), whole(random, 24)] as const),
    ]);
    const [one, other] = [inputOf(customers, 24), inputOf(later, 24)];
    expect(purchasesUntil(one, 24, CUT_OFF)).toEqual(purchasesUntil(other, 24, CUT_OFF));
    const groups = rfmGroupsAt(one, CUT_OFF);
    expect(groups).toEqual(rfmGroupsAt(other, CUT_OFF));
    expect(segmentsAt(one, groups)).toEqual(segmentsAt(other, groups));
    expect(purchasesUntil(one, 24, LAST_DAY)).not.toEqual(purchasesUntil(other, 24, LAST_DAY));
  });

  it('judges those alone who bought something new to them, not who bought the same again or came later', () => {
    const again = twoTastes(5, 100).map((rows, c) =>
      c < 40 ? [...rows.filter(([day]) => day <= CUT_OFF), [CUT_OFF + 5, rows[0]![1]] as const] : rows,
    );
    const newcomers = Array.from({ length: 20 }, () => [[CUT_OFF + 9, 3] as const]);
    const { summary } = answer(inputOf([...again, ...newcomers], 24));
    expect(summary.backTest).toMatchObject({ known: 100, active: 100, boughtNew: 60, judged: 60 });
  });

  it('judges nobody who had three products or fewer left to buy: any suggestion would have been right', () => {
    const customers = Array.from({ length: 60 }, (_, c) => [
      [CUT_OFF - 50, c % 3] as const,
      [CUT_OFF + 9, (c + 1) % 3] as const,
    ]);
    const { summary, rows } = answer(inputOf(customers, 3));
    expect(summary.backTest).toMatchObject({ boughtNew: 60, choosing: 0, judged: 0, board: [] });
    expect(present(summary).headline).toMatch(/^The most bought products are suggested, untested: 0 customers/);
    const text = JSON.stringify(customerNextProducts('en', run, summary, rows[0]!));
    expect(text).toContain('Everything else that is sold it has bought.');
  });

  it('gives the same bytes twice', () => {
    const input = inputOf(twoTastes(6), 24);
    expect(JSON.stringify(recommend.compute(input, 7))).toBe(JSON.stringify(recommend.compute(input, 7)));
  });

  it('gives a chance that is about the share of such suggestions that were bought', () => {
    const { summary, details } = answer(inputOf(twoTastes(7, 600), 24));
    expect(summary.evidence).toBeGreaterThanOrEqual(2);
    const chances = details.map(({ suggestions }) => suggestions[0]!.chance!);
    const mean = chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
    expect(Math.abs(mean - summary.backTest.taken!.share)).toBeLessThan(0.1);
    expect(details[0]!.suggestions[0]!.expected).toBeCloseTo(100 * chances[0]!, 10);
  });
});

describe('what is suggested', () => {
  it('is never what the customer has, nor what is not sold any more', () => {
    const customers = twoTastes(8).map((rows) =>
      rows.map(([day, item]) => [item < 2 ? 100 + item : day, item] as const),
    );
    const { details, rows } = answer(inputOf(customers, 24));
    for (const [c, { suggestions }] of details.entries()) {
      const owned = new Set(customers[c]!.map(([, item]) => `p${item}`));
      expect(suggestions).toHaveLength(3);
      for (const { productId } of suggestions) {
        expect(owned.has(productId)).toBe(false);
        expect(['p0', 'p1']).not.toContain(productId);
      }
      expect(rows[c]).toMatchObject({ label: suggestions[0]!.product, band: 'open' });
    }
  });

  it('says what it rests on, in counts that hold', () => {
    const customers = twoTastes(1);
    const { summary, rows, details } = answer(inputOf(customers, 24));
    const report = customerNextProducts('en', run, summary, rows[0]!);
    expect(report.headline).toMatch(/^Customer 0: next product \w+ \d+\. \d+ of (the )?\d+ /);
    const items = report.parts.filter((part) => part.kind === 'item');
    expect(items.map(({ actions }) => actions![0]!.value)).toEqual(
      details[0]!.suggestions.map(({ productId }) => `["recommend","c1000","${productId}"]`),
    );
    expect(items[0]!.text).toMatch(
      /Usually €100; expected value €\d+\.\d\d \(\d+% of such suggestions were bought within/,
    );
    expectReadable(customerNextProducts('zh', run, summary, rows[0]!), 'zh');
    for (const { suggestions } of details) {
      for (const { have, of } of suggestions) expect(have).toBeLessThanOrEqual(of);
    }
  });

  it('comes with what the customer has and most buyers buy again, which is never suggested', () => {
    const customers = twoTastes(9).map((rows, c) => [...rows, ...[500, 600, 700].map((day) => [day, c % 2] as const)]);
    const { summary, details, rows } = answer(inputOf(customers, 24));
    expect(details[0]!.again[0]).toEqual({ product: 'amber 0', again: 120, buyers: 120 });
    expect(summary.repeatProducts).toBe(2);
    const text = JSON.stringify(customerNextProducts('en', run, summary, rows[0]!));
    expect(text).toContain('usually bought again, with the share of buyers who did: amber 0 (100%). `/likely amber 0`');
  });

  it('is told without a chance to whoever has bought nothing for a year, and is not written on its record', () => {
    const customers = twoTastes(1).map((rows, c) =>
      c === 0 ? rows.map(([day, item]) => [day - 500, item] as const) : rows,
    );
    const { summary, rows, details } = answer(inputOf(customers, 24));
    expect(rows[0]!.band).toBe('quiet');
    expect(details[0]!.suggestions[0]).toMatchObject({ chance: null, expected: null });
    expect(JSON.stringify(customerNextProducts('en', run, summary, rows[0]!))).toMatch(
      /bought its last product \d+ days ago/,
    );
    const [property] = recommend.properties;
    expect(property).toMatchObject({ name: 'kith_next_product', type: 'string' });
    expect(property!.value(rows[0]!, run)).toBeNull();
    expect(property!.value(rows[1]!, run)).toBe(rows[1]!.label);
  });
});

describe('where there is little', () => {
  const headlineOf = (customers: readonly Bought[], products: number) =>
    present(answer(inputOf(customers, products)).summary).headline;

  it('suggests what is popular, untested and at a lower evidence level, where too few can be judged', () => {
    const { summary, rows, details } = answer(inputOf(twoTastes(1, 20), 24));
    expect(summary).toMatchObject({ method: 'popularity', backTest: { judged: 20, board: [] } });
    expect(summary.evidence).toBeLessThan(2);
    expect(present(summary).headline).toBe(
      'The most bought products are suggested, untested: 20 customers bought something new in the last 60 days with more than three products to choose from, and 30 are needed to compare ways of suggesting',
    );
    expect(details[0]!.suggestions[0]).toMatchObject({ by: 'popularity', chance: null, expected: null });
    const report = customerNextProducts('en', run, summary, rows[0]!);
    expect(report.trust).toContain('popularity, not back-tested');
    expect(report.headline).toMatch(/ \d+ of 20 customers have bought it\.$/);
    expectReadable(present(summary, rows, 'zh'), 'zh');
  });

  it('says that there is nothing, and why', () => {
    expect(headlineOf([], 0)).toBe('Nothing to suggest: no won deal has products on it');
    expect(
      headlineOf(
        Array.from({ length: 9 }, () => [[LAST_DAY - 9, 0]]),
        1,
      ),
    ).toBe('Nothing to suggest: only one product has been bought');
    expect(headlineOf([[[900, 0]], [[900, 1]]], 2)).toMatch(
      /^Nothing to suggest: no product was bought by three customers/,
    );
    expect(
      headlineOf(
        Array.from({ length: 9 }, () => [
          [LAST_DAY - 9, 0],
          [LAST_DAY - 8, 1],
        ]),
        2,
      ),
    ).toBe(
      'Nothing new to suggest: all 9 active customers have bought everything that is sold; `/likely` says who buys again and when',
    );
  });

  it('tells a customer who has everything so, and one who has nothing what most bought', () => {
    const customers: Bought[] = [
      ...Array.from({ length: 5 }, () => [[LAST_DAY - 9, 0] as const]),
      ...Array.from({ length: 4 }, () => [[LAST_DAY - 9, 1] as const]),
      [
        [LAST_DAY - 7, 0],
        [LAST_DAY - 7, 1],
      ],
    ];
    const { summary, rows } = answer(inputOf(customers, 2));
    expect(customerNextProducts('en', run, summary, rows[9]!).headline).toBe(
      'Customer 9: nothing new to suggest, it has bought all 2 products that are sold',
    );
    expect(rows[9]).toMatchObject({ label: '', band: '', value: null });
    const newcomer = newcomersProducts('en', run, summary, 'Newco');
    expect(newcomer.headline).toBe('Newco has bought no product yet: these are what most customers bought');
    expect(newcomer.parts[0]).toMatchObject({
      title: '1. amber 0',
      text: '6 of 10 customers have bought it. Usually €100.',
    });
    expectReadable(newcomersProducts('zh', run, summary, 'Newco'), 'zh');
  });
});
