import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import { sequences } from '../../../src/analyses/sequences.ts';
import { type SequencesSummary, sequencesSummarySchema } from '../../../src/analyses/sequences-summary.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { run, stored } from './make-history.ts';

type Row = readonly [day: number, item: number];

const TODAY = 1_000;
const PRODUCTS = ['Laptop', 'Dock', 'Mouse', 'Bag'].map((name, i) => ({ id: `p${i}`, name, usualAmount: 100 }));

function computed(customers: readonly (readonly Row[])[], more: object = {}) {
  const offsets = [0];
  for (const rows of customers) offsets.push(offsets.at(-1)! + rows.length);
  const input = {
    customerIds: customers.map((_, i) => `c${1000 + i}`),
    offsets: Int32Array.from(offsets),
    days: Int32Array.from(customers.flat(), ([day]) => day),
    items: Int32Array.from(customers.flat(), ([, item]) => item),
    products: PRODUCTS,
    today: TODAY,
    minimumSupport: null,
    minimumConfidence: null,
    ...more,
  };
  return sequences.compute(input, 1);
}

/** Laptops bought through the years; of every ten buyers four buy the dock about 94 days later. Others buy mice and bags. */
function planted(): Row[][] {
  const random = seededRandom(2);
  return Array.from({ length: 300 }, (_, c) => {
    const begun = Math.floor(500 * random());
    const rows: Row[] = [[begun, c % 2 === 0 ? 0 : 2]];
    if (c % 2 === 0 && c % 10 < 8) rows.push([begun + 64 + Math.floor(60 * random()), c % 10 < 4 ? 1 : 3]);
    return rows;
  });
}

/** Laptop buyers who have waited for so many days. */
const waiting = (days: number): Row[] => [[TODAY - days, 0]];

function rowsOf(customers: readonly (readonly Row[])[]): PresentedRow[] {
  const { scores } = computed(customers);
  return customers.map((_, i) => ({
    customerId: `c${1000 + i}`,
    value: Number.isNaN(scores!.value[i]!) ? null : scores!.value[i]!,
    label: scores!.label[i]!,
    band: scores!.band[i]!,
    evidence: 0,
    details: JSON.parse(scores!.details[i]!),
    name: `Customer ${i}`,
    link: '',
    owner: null,
  }));
}

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

describe('what comes next', () => {
  it('finds the planted step and says it in a sentence, in both languages', () => {
    const summary = computed(planted()).summary as SequencesSummary;
    expect(sequencesSummarySchema.parse(stored(summary))).toEqual(summary);
    const step = summary.steps.find(({ after, next }) => after.join() === 'Laptop' && next === 'Dock')!;
    expect(step.starters).toBe(150);
    expect(step.followers).toBe(60);
    expect(step.delay.median).toBeGreaterThan(84);
    expect(step.delay.median).toBeLessThan(104);
    expect(step.lift).toBeGreaterThan(1.2);
    const report = sequences.present(stored(summary), { ...nobody, filter: 'dock' });
    expect(report.headline).toMatch(/^After Laptop, 40% bought Dock within a median of \d+ days$/);
    expect(sequences.present(stored(summary), { ...nobody, language: 'zh', filter: 'dock' }).headline).toMatch(
      /^购买“Laptop”后，40% 的客户又购买了“Dock”（间隔中位数 \d+ 天）$/,
    );
    expect(sequences.present(stored(summary), { ...nobody, filter: 'nothing such' }).headline).toContain(
      'found names “nothing such”',
    );
  });

  it('is late for a customer after three quarters of the others had taken the step, due before, and forgotten in the end', () => {
    const bands = (days: number): string => rowsOf([...planted(), waiting(days)]).at(-1)!.band;
    expect(bands(30)).toBe('due');
    expect(bands(118)).toBe('late');
    expect(bands(200)).toBe('');
    const rows = rowsOf([
      ...planted(),
      waiting(118),
      [
        [TODAY - 118, 0],
        [TODAY - 20, 1],
        [TODAY - 20, 3],
      ],
    ]);
    // Whoever has both already is not told to buy them.
    expect(rows.at(-1)!.band).toBe('');
    const { summary } = computed([...planted(), waiting(118)]);
    const report = sequences.present(stored(summary), { ...nobody, rows: rows.slice(-2) });
    const items = report.parts.filter((part) => part.kind === 'item');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      title: expect.stringMatching(/^Customer 300 → (Dock|Bag)$/),
      text: expect.stringMatching(
        /^Late: bought Laptop 118 days ago and not \w+ since\. 6\d of 15\d customers \(40%\)/,
      ),
      actions: [{ action: 'create-task', value: expect.stringMatching(/^\["sequences","c1300","p[13]"\]$/) }],
    });
  });

  it('says plainly that there is nothing, for no products, one product and no order', () => {
    const headline = (customers: Row[][], more: object = {}): string =>
      sequences.present(stored(computed(customers, more).summary), nobody).headline;
    expect(headline([])).toBe('No usual next steps: no won deal has products on it');
    expect(headline([[[1, 0]], [[2, 0]]], { products: PRODUCTS.slice(0, 1) })).toBe(
      'No usual next steps: only one product has been bought',
    );
    const random = seededRandom(6);
    const chance = Array.from({ length: 200 }, () =>
      PRODUCTS.map((_, item): Row => [Math.floor(900 * random()), item]).sort((a, b) => a[0] - b[0]),
    );
    expect(headline(chance)).toBe('No product follows another faster than the usual pace among 200 customers');
  });

  it('says when too many sequences forced the minimum up', () => {
    const products = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, name: `P${i}`, usualAmount: null }));
    const long = products.map((_, i): Row => [10 * i, i]);
    const summary = computed(
      Array.from({ length: 6 }, () => long),
      { products },
    ).summary as SequencesSummary;
    expect(summary).toMatchObject({ askedCount: 5, minimumCount: 7 });
    expect(JSON.stringify(sequences.present(stored(summary), nobody))).toContain('raised from 5 customers');
  });

  it('answers about one day of buying, 50,000 products and a day of 1,000 items', () => {
    const single = computed([[[1, 0]]]).summary as SequencesSummary;
    expect(sequences.present(stored(single), nobody).headline).toBe(
      'No product follows another faster than the usual pace among 1 customer',
    );
    const random = seededRandom(9);
    const products = Array.from({ length: 50_000 }, (_, i) => ({ id: `p${i}`, name: `P${i}`, usualAmount: null }));
    const any = (day: number): Row => [day, 4 + Math.floor(49_996 * random())];
    const customers = Array.from({ length: 4_000 }, (_, c): Row[] => {
      const begun = Math.floor(500 * random());
      if (c % 20 === 0) return [[begun, 0], any(begun + 1), [begun + 30 + Math.floor(20 * random()), 1]];
      return [any(begun), any(begun + 100), any(begun + 200)];
    });
    const everything = Array.from({ length: 3 }, () => Array.from({ length: 1_000 }, (_, i): Row => [400, 50 * i]));
    const summary = computed([...customers, ...everything], { products }).summary as SequencesSummary;
    expect(summary).toMatchObject({ products: 50_000, customers: 4_003, askedCount: 81, minimumCount: 81 });
    const asked = computed([...customers, ...everything], { products, minimumSupport: 0.01 }).summary;
    expect((asked as SequencesSummary).steps.map(({ after, next }) => [after, next])).toEqual([[['P0'], 'P1']]);
  });
});
