import { describe, expect, it } from 'vitest';
import { value } from '../../../src/analyses/value.ts';
import { type CustomerForecast, type ValueSummary, valueSummarySchema } from '../../../src/analyses/value-summary.ts';
import type { PurchaseHistory } from '../../../src/features/purchase-history.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { madeUpPurchases } from './made-up-purchases.ts';
import { AS_OF_DAY, historyOf, type Purchases, run, stored } from './make-history.ts';

function compute(customers: Record<string, Purchases>, more: object = {}) {
  return computeOn(historyOf(customers), more);
}

function computeOn(history: PurchaseHistory, more: object = {}) {
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
    const [grade, amount, year] = value.properties;
    const score = { customerId: 'a', value: 1_234.567, label: 'high', band: 'high', evidence: 1, details: {} } as const;
    expect(grade!.value(score, run)).toBe('high');
    expect(grade!.value({ ...score, label: '' }, run)).toBeNull();
    expect(amount!.value(score, run)).toBe('1234.57');
    expect(amount!.value({ ...score, value: null }, run)).toBeNull();
    expect(amount!.isSame!('1000', '1099')).toBe(true);
    expect(amount!.isSame!('1000', '1101')).toBe(false);
    expect(amount!.isSame!('', '0')).toBe(false);
    const forecast = { method: 'predicted', value: 987.654, low: 0, high: 2000, alive: 0.9, purchases: 3 };
    expect(year!.name).toBe('kith_value_12m');
    expect(year!.value({ ...score, details: { forecast } }, run)).toBe('987.65');
    expect(year!.value(score, run)).toBeNull();
    expect(year!.isSame!('1000', '905')).toBe(true);
    expect(year!.isSame!('1000', '895')).toBe(false);
  });
});

describe('the 12-month value', () => {
  const forecastOf = (computed: ReturnType<typeof compute>) => (computed.summary as ValueSummary).forecast!;
  const detailsOf = (computed: ReturnType<typeof compute>, i: number): CustomerForecast =>
    JSON.parse(computed.scores!.details[i]!).forecast;
  const textOf = (computed: ReturnType<typeof compute>, language: 'en' | 'zh'): string => {
    const report = value.present(stored(computed.summary), { ...nobody, language });
    return `${JSON.stringify(report.parts)} ${report.trust}`;
  };
  const history = madeUpPurchases(900, 1_500, 365, seededRandom(4));

  it('is predicted, with an interval that holds, where the model was nearer than the historic rate in the last year', () => {
    const computed = computeOn(history);
    const { fallback, check, total, learnedFrom } = forecastOf(computed);
    expect(fallback).toBeNull();
    expect(learnedFrom).toBe(900);
    expect(check!.days).toBe(365);
    expect(check!.evidence).toBeGreaterThanOrEqual(2);
    const { predicted, historic, actual, models } = check!;
    expect(predicted!.errorPerCustomer).toBeLessThan(historic.errorPerCustomer);
    expect(Math.abs(predicted!.total / actual - 1)).toBeLessThan(0.2);
    expect(predicted!.intervals.held / predicted!.intervals.customers).toBeGreaterThan(0.75);
    expect(predicted!.intervals.held / predicted!.intervals.customers).toBeLessThan(0.85);
    expect(models.map(({ name }) => name)).toEqual(['MBG/NBD', 'BG/NBD', 'Pareto/NBD']);
    // What really came in the year after the as-of day, which the analysis must not have seen.
    let came = 0;
    let held = 0;
    let open = 0;
    for (let i = 0; i < 900; i++) {
      let own = 0;
      for (let k = history.offsets[i]!; k < history.offsets[i + 1]!; k++) {
        if (history.day[k]! > AS_OF_DAY) own += history.amount[k]! / 10_000;
      }
      came += own;
      const { low, high } = detailsOf(computed, i);
      if (high! > 0) {
        open++;
        if (own >= low! && own <= high!) held++;
      }
    }
    expect(Math.abs(total / came - 1)).toBeLessThan(0.2);
    expect(held / open).toBeGreaterThan(0.75);
    expect(held / open).toBeLessThan(0.85);
  });

  it('knows nothing of what comes after the as-of day, and repeats itself', () => {
    const rows = [...history.day.keys()].filter((k) => history.day[k]! <= AS_OF_DAY);
    const offsets = history.offsets.map((end) => rows.filter((k) => k < end).length);
    const cut = {
      ...history,
      offsets,
      day: Int32Array.from(rows, (k) => history.day[k]!),
      amount: Float64Array.from(rows, (k) => history.amount[k]!),
      newProducts: new Int32Array(rows.length),
    };
    expect(JSON.stringify(computeOn(cut))).toBe(JSON.stringify(computeOn(history)));
  });

  it('says what it expects, how the check went and what the other models made of it, in both languages', () => {
    const computed = computeOn(history);
    const { check } = forecastOf(computed);
    const held = Math.round((check!.predicted!.intervals.held / check!.predicted!.intervals.customers) * 100);
    expect(textOf(computed, 'en')).toContain('Checked on the 365 days after 1 Mar 2025, knowing nothing later');
    expect(textOf(computed, 'en')).toContain(`The 80 % intervals held what ${held}% of`);
    expect(textOf(computed, 'en')).toContain('Pareto/NBD');
    expect(textOf(computed, 'en')).toMatch(/predicted total off by [+-]?\d+% in a check of 365 days/);
    expect(textOf(computed, 'zh')).toContain(`80% 区间包含了`);
    expect(detailsOf(computed, 3)).toMatchObject({ method: 'predicted' });
    expect(detailsOf(computed, 3).alive).toBeGreaterThan(0);
  });

  it('lists those first who will bring the most, with their intervals', () => {
    const computed = computeOn(history);
    const rows = [3, 5, 8].map((i) => ({
      customerId: history.customerIds[i]!,
      value: computed.scores!.value[i]!,
      label: computed.scores!.label[i]!,
      band: '',
      evidence: 2 as const,
      details: JSON.parse(computed.scores!.details[i]!),
      name: `Customer ${i}`,
      link: '',
      owner: null,
    }));
    const report = value.present(stored(computed.summary), { ...nobody, rows });
    const table = report.parts.find(
      (part) => part.kind === 'table' && part.columns.some(({ label }) => label === 'Owner'),
    );
    if (table?.kind !== 'table') throw new Error('no table of customers');
    expect(table.columns.map(({ label }) => label)).toContain('Next 12 months, predicted');
    const best = [3, 5, 8].sort((a, b) => detailsOf(computed, b).value - detailsOf(computed, a).value)[0];
    expect(table.rows[0]![0]).toBe(`Customer ${best}`);
    expect(table.rows[0]![3]).toMatch(/^€[\d,]+ – €[\d,]+$/);
  });

  it('falls back to the historic rate, and says so, with too little history or too few customers', () => {
    for (const computed of [compute(forty), computeOn(madeUpPurchases(400, 150, 0, seededRandom(5)))]) {
      const { fallback, total } = forecastOf(computed);
      expect(fallback).toBe('too-little');
      expect(total).toBe((computed.summary as ValueSummary).perYear);
      expect(detailsOf(computed, 7)).toMatchObject({ method: 'historic', low: null, high: null, alive: null });
      expect(detailsOf(computed, 7).value).toBeCloseTo(computed.scores!.value[7]!, 2);
      expect(textOf(computed, 'en')).toContain(
        'this is the historic rate and no prediction, as there is too little history',
      );
      expect(textOf(computed, 'zh')).toContain('这是历史水平而非预测，因为历史数据太少');
      expect(textOf(computed, 'en')).toContain('historic value, no prediction');
    }
  });

  it('falls back, and says so, where the historic rate was nearer', () => {
    // A third are silent for 14 months before the check and come back in it, as no model of repeat buying expects; a few stop.
    const customers: Record<string, Purchases> = {};
    for (let i = 0; i < 300; i++) {
      const days: [number, number][] = [];
      for (let day = AS_OF_DAY - 1_000 - (i % 30); day < AS_OF_DAY; day += 30) {
        days.push([day, 40 + 20 * (i % 5) + ((day * 7) % 41)]);
      }
      const isBack = i % 3 === 1;
      const isGone = i % 20 === 0;
      customers[`c${String(i).padStart(3, '0')}`] = days.filter(
        ([day]) => !(isBack && day > AS_OF_DAY - 800 && day < AS_OF_DAY - 364) && !(isGone && day > AS_OF_DAY - 365),
      );
    }
    const computed = compute(customers);
    const { fallback, check } = forecastOf(computed);
    expect(check!.predicted).not.toBeNull();
    expect(fallback).toBe('worse');
    expect(check!.predicted!.errorPerCustomer).toBeGreaterThan(check!.historic.errorPerCustomer);
    expect(textOf(computed, 'en')).toContain('further off than the historic rate');
    expect(textOf(computed, 'zh')).toContain('预测的误差大于历史水平');
  });

  it('falls back, and says so, where the likelihood is refused', () => {
    // Everybody buys once before the check: there is no rate of repeat purchases to learn.
    const customers: Record<string, Purchases> = {};
    for (let i = 0; i < 200; i++) {
      const first: [number, number] = [AS_OF_DAY - 380 - (i % 350), 100];
      customers[`c${String(i).padStart(3, '0')}`] =
        i % 2 === 0 ? [first, [AS_OF_DAY - 100 - (i % 90), 100], [AS_OF_DAY - 5 - (i % 60), 100]] : [first];
    }
    const computed = compute(customers);
    expect(forecastOf(computed).fallback).toBe('not-converged');
    expect(textOf(computed, 'en')).toContain('did not settle on an answer');
    expect(textOf(computed, 'zh')).toContain('复购模型未能收敛');
  });

  it('takes refunds off what it expects', () => {
    const refunded = { ...history, amount: history.amount.slice(), day: history.day.slice() };
    // Every customer's last row becomes half of its money before, given back.
    for (let i = 0; i < 900; i++) {
      const end = history.offsets[i + 1]! - 1;
      if (end - history.offsets[i]! >= 3) refunded.amount[end] = -refunded.amount[end - 1]!;
    }
    const plain = forecastOf(computeOn(history));
    const less = forecastOf(computeOn(refunded));
    expect(less.total).toBeLessThan(plain.total);
  });

  it('reads results from before there were forecasts', () => {
    const { forecast, ...old } = computeOn(history).summary as ValueSummary;
    expect(forecast).not.toBeNull();
    const report = value.present(stored(old), nobody);
    expect(report.trust).toContain('historic value, no prediction');
  });
});
