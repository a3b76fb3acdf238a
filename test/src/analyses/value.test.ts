import { describe, expect, it } from 'vitest';
import { value } from '../../../src/analyses/value.ts';
import { type ValueSummary, valueSummarySchema } from '../../../src/analyses/value-summary.ts';
import { AS_OF_DAY, historyOf, type Purchases, run, stored } from './make-history.ts';

function compute(customers: Record<string, Purchases>, more: object = {}) {
  const history = historyOf(customers);
  const input = {
    customerIds: history.customerIds,
    history,
    asOfDay: AS_OF_DAY,
    horizonDays: 90,
    thresholds: null,
    cutPoints: null,
  };
  return value.compute({ ...input, ...more }, 1);
}

/** Forty customers of 400 days, who bring from 100 to 4,000 in all. */
const forty = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [
    `c${String(i).padStart(2, '0')}`,
    [
      [AS_OF_DAY - 400, 50 * (i + 1)],
      [AS_OF_DAY - 200, 25 * (i + 1)],
      [AS_OF_DAY - 10 - i, 25 * (i + 1)],
    ] as Purchases,
  ]),
);

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

describe('value', () => {
  it('is net money over the years as a customer, of which there are never too few', () => {
    const { scores } = compute({
      long: [
        [AS_OF_DAY - 730, 100],
        [AS_OF_DAY - 365, 150],
        [AS_OF_DAY - 100, -50],
      ],
      never: [],
      today: [[AS_OF_DAY, 90]],
    });
    expect(scores!.value[0]).toBeCloseTo(100, 9);
    expect(scores!.value[1]).toBeNaN();
    // One order today counts as one in a year's expected gap (365 days here), not as 90 a day.
    expect(scores!.value[2]).toBeCloseTo(90, 9);
    const alone = compute({ today: [[AS_OF_DAY, 90]] });
    expect(alone.scores!.value[0]).toBeCloseTo((90 / 180) * 365, 9);
  });

  it('puts thirds into low, medium and high, by rounded thresholds', () => {
    const { summary, scores } = compute(forty);
    const { thresholds, classes } = summary as ValueSummary;
    expect(thresholds!.medium).toBe(Number(thresholds!.medium.toPrecision(2)));
    expect(classes.map((found) => found.name)).toEqual(['low', 'medium', 'high']);
    expect(classes.every((found) => found.customers >= 11 && found.customers <= 16)).toBe(true);
    expect(classes.reduce((sum, found) => sum + found.customers, 0)).toBe(40);
    expect(scores!.label[39]).toBe('high');
    expect(scores!.label[0]).toBe('low');
  });

  it('takes people’s thresholds and cut-points before its own, and keeps frozen cut-points', () => {
    const set = compute(forty, { thresholds: { medium: 1, high: 1e9 } });
    expect((set.summary as ValueSummary).classes.map((found) => found.customers)).toEqual([0, 40, 0]);
    const frozen = { recency: [1, 2, 3, 4], frequency: [10, 20, 30, 40], money: [1, 2, 3, 4] };
    const { scores, model } = compute(forty, { cutPoints: frozen });
    expect(JSON.parse(scores!.details[0]!).rfm).toEqual({ r: 1, f: 1, m: 5 });
    expect(model).toMatchObject({ cutPoints: frozen });
  });

  it('gives no classes, and says so, where customers are too few or all alike', () => {
    const { summary } = compute({ a: [[AS_OF_DAY - 20, 10]], b: [[AS_OF_DAY - 5, 900]] });
    expect((summary as ValueSummary).thresholds).toBeNull();
    expect(JSON.stringify(value.present(stored(summary), nobody))).toContain('no classes');
    const alike = compute(
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`c${i}`, [[AS_OF_DAY - 5, 100]] as Purchases])),
    );
    expect((alike.summary as ValueSummary).classes).toEqual([]);
  });

  it('survives an empty portal and one where nobody has bought', () => {
    for (const customers of [{}, { a: [], b: [] }] as Record<string, Purchases>[]) {
      const { summary } = compute(customers);
      const report = value.present(stored(summary), nobody);
      expect(report.headline).toContain('nobody has bought');
      expect(value.present(stored(summary), { ...nobody, language: 'zh' }).headline).toMatch(/[一-龥]/);
    }
  });

  it('presents the classes with their money, playbooks and a chart, and the cut-points of RFM', () => {
    const { summary } = compute(forty);
    expect(valueSummarySchema.parse(stored(summary))).toEqual(summary);
    const report = value.present(stored(summary), nobody);
    expect(report.headline).toMatch(/^1[1-6] high-value customers bring \d+% of the €[\d,]+ a year$/);
    const text = JSON.stringify(report);
    for (const words of [
      'exclusive benefits',
      'personalised recommendations',
      'discount offers',
      'these cut-points stay',
    ]) {
      expect(text).toContain(words);
    }
    expect(report.parts.filter((part) => part.kind === 'chart')).toHaveLength(1);
    expect(report.trust).toContain('Data as of 1 Mar 2026 · evidence level 1');
  });

  it('says why names are missing and still shows the aggregates', () => {
    const withheld = { en: 'Names are not shown in this channel.', zh: '此频道不显示客户名称。' };
    const report = value.present(stored(compute(forty).summary), { ...nobody, withheld });
    expect(JSON.stringify(report)).toContain(withheld.en);
    expect(report.parts.some((part) => part.kind === 'table')).toBe(true);
  });

  it('writes a class and an amount, and leaves an amount alone within a tenth', () => {
    const [grade, amount] = value.properties;
    const score = { customerId: 'a', value: 1_234.567, label: 'high', band: 'high', evidence: 1, details: {} } as const;
    expect(grade!.value(score, run)).toBe('high');
    expect(grade!.value({ ...score, label: '' }, run)).toBeNull();
    expect(amount!.value(score, run)).toBe('1234.57');
    expect(amount!.value({ ...score, value: null }, run)).toBeNull();
    expect(amount!.isSame!('1000', '1099')).toBe(true);
    expect(amount!.isSame!('1000', '1101')).toBe(false);
    expect(amount!.isSame!('', '0')).toBe(false);
  });
});
