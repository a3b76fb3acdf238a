import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import {
  BUYER_INPUTS,
  buyerInputs,
  buyerScores,
  fitBuyers,
  shareByInput,
  usualInputs,
} from '../../../src/analyses/churn-buyers.ts';
import { championSchema } from '../../../src/analyses/churn-model.ts';
import { leakIn, testPanel } from '../../../src/analyses/churn-panel.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { scoreCustomers } from '../../../src/analyses/churn-score.ts';
import { churnDetailsSchema } from '../../../src/analyses/churn-summary.ts';
import { churnWhy } from '../../../src/analyses/churn-why.ts';
import type { Run } from '../../../src/domain/results.ts';
import { CHURN_FEATURES, churnFeatures } from '../../../src/features/churn-features.ts';
import { rhythm } from '../../../src/features/expected-gap.ts';
import { crossingReport } from '../../../src/jobs/crossing-report.ts';
import { sigmoid } from '../../../src/math/logistic.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { mbgNbdNoPurchase } from '../../../src/models/mbg-nbd.ts';
import { formatDay } from '../../../src/report/format.ts';
import type { Event } from '../features/history-fixture.ts';
import { computeChurn, inputOf, mixedPortal } from './churn-fixture.ts';

const DAYS = 1200;
const H = 90;
/** Everybody buys once a year, on a day of its own, and never leaves. */
const yearly: Event[][] = Array.from({ length: 120 }, (_, i) =>
  [0, 365, 730, 1095, 1460].map((day): Event => [day + i * 3, 50]).filter(([day]) => day <= DAYS),
);
const regular = mixedPortal(seededRandom(4), 200, DAYS);
const input = inputOf([...yearly, ...regular], DAYS, H);
const panel = testPanel(input, DAYS - H - 1, 30, Math.random);
const inputs = buyerInputs(panel.raw);
const width = BUYER_INPUTS.length;
const fitted = fitBuyers(
  {
    frequency: Float64Array.from(panel.customers, (_, row) => inputs[row * width]! - 1),
    age: Float64Array.from(panel.customers, (_, row) => inputs[row * width + 2]!),
    recency: Float64Array.from(panel.customers, (_, row) => inputs[row * width + 2]! - inputs[row * width + 1]!),
  },
  seededRandom(1),
)!;

/** The probability of silence of a customer of three orders, 900 days here and silent for 200. */
function silence(due: number): number {
  return sigmoid(buyerScores(fitted, H, Float64Array.of(3, 200, 900, due))[0]!);
}

describe('what the rhythm expects of a once-a-year buyer', () => {
  const plain = mbgNbdNoPurchase(fitted, [2], [700], [900], H)[0]!;

  it('is MBG/NBD’s own chance where the season lies in the horizon, and silence where it does not', () => {
    expect(silence(Number.NaN)).toBeCloseTo(plain, 12);
    expect(silence(45)).toBeCloseTo(plain, 12);
    expect(silence(200)).toBeCloseTo(0.99, 12);
    // Half of a season of sixty days is still to come, or lies beyond the horizon.
    expect(silence(0)).toBeCloseTo((plain + 0.99) / 2, 12);
    expect(silence(H)).toBeCloseTo((plain + 0.99) / 2, 12);
  });

  it('awaits the season of next year where this year’s is over', () => {
    expect(silence(-100)).toBeCloseTo(silence(265), 12);
    expect(silence(-320)).toBeCloseTo(silence(45), 12);
    expect(silence(-31)).toBeCloseTo(0.99, 12);
  });

  it('is split exactly: the season has a share of its own, and none where there is no season', () => {
    const usual = usualInputs(Float64Array.from(panel.raw.subarray(0, CHURN_FEATURES.length)));
    const values = (some: Float64Array) => buyerScores(fitted, H, some);
    let seasons = 0;
    for (let row = 0; row < panel.customers.length; row++) {
      const own = inputs.subarray(row * width, (row + 1) * width);
      const split = shareByInput(own, usual, values);
      expect(split.usual + split.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(values(own)[0]!, 9);
      if (Number.isNaN(own[3]!)) expect(split.shares[3]).toBe(0);
      else if (Math.abs(split.shares[3]!) > 0.5) seasons++;
    }
    expect(seasons).toBeGreaterThan(20);
  });
});

describe('a season that tells who orders', () => {
  it('is no leak: the calendar may know what lies in the horizon', () => {
    const season = CHURN_FEATURES.findIndex(({ name }) => name === 'season_due');
    const known = panel.customers.filter((_, row) => !Number.isNaN(panel.raw[row * CHURN_FEATURES.length + season]!));
    expect(known.length).toBeGreaterThan(50);
    expect(leakIn(panel)).toBeNull();
  });
});

describe('a once-a-year buyer out of season', () => {
  const { scores, summary, model } = computeChurn(input, 1);
  const detailsOf = (i: number) => churnDetailsSchema.parse(JSON.parse(scores!.details[i]!));
  /** Of those who buy once a year: days from the as-of to their next season. */
  const untilSeason = (i: number): number => {
    const { days_since, expected_gap } = detailsOf(i);
    return expected_gap! - days_since!;
  };
  const eligible = yearly.flatMap((_, i) => (scores!.label[i] === 'eligible' && detailsOf(i).is_yearly ? [i] : []));
  const out = eligible.filter((i) => untilSeason(i) > H);
  const within = eligible.filter((i) => untilSeason(i) <= H && untilSeason(i) > 0);
  const rowOf = (i: number): PresentedRow => ({
    customerId: input.customerIds[i]!,
    value: scores!.value[i]!,
    label: scores!.label[i]!,
    band: scores!.band[i]!,
    evidence: 3,
    details: JSON.parse(scores!.details[i]!),
    name: 'Tree Nursery',
    link: '',
    owner: null,
  });
  const asOf = DAYS * 86_400_000;
  const run: Run = {
    id: 'r',
    startedAt: asOf,
    finishedAt: asOf,
    status: 'done',
    asOf,
    fingerprint: '',
    portfolio: { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf, horizonDays: H, seed: 1 },
  };

  it('is not at risk, however sure it is that nothing is ordered before the season', () => {
    expect(out.length).toBeGreaterThan(20);
    for (const i of out) {
      expect(scores!.band[i]).toBe('low');
      expect(detailsOf(i)).toMatchObject({ value: 0, out_of_season: true });
      expect(detailsOf(i).at_risk ?? 0).toBe(0);
    }
  });

  it('is judged as everybody else once the season lies in the horizon', () => {
    expect(within.length).toBeGreaterThan(5);
    expect(within.every((i) => detailsOf(i).value > 0 && !detailsOf(i).out_of_season)).toBe(true);
  });

  it('is not told what would lower a risk that it does not have', () => {
    // A model that reads nothing but how long somebody has been silent.
    const fitted = championSchema.parse(JSON.parse(JSON.stringify(model)));
    const columns = [fitted.recipe.columns.findIndex(({ raw, isFlag }) => raw === 0 && !isFlag)];
    const silence = { kind: 'linear', name: 'textbook-logistic', columns, intercept: 0, coefficients: [3] } as const;
    const champion = { ...fitted, model: { ...silence, covariance: null, penalty: null } };
    const rhythms = rhythm(input.history, DAYS, { portfolioMedianGap: champion.portfolioMedianGap });
    const asked = Int32Array.from(eligible);
    const raw = churnFeatures(input, rhythms, H, asked);
    const { detailsOf } = scoreCustomers(input, rhythms, { level: 3, stopped: 100 }, champion, asked, raw, null);
    expect(out.flatMap((i) => detailsOf(i).scenarios)).toEqual([]);
    expect(within.every((i) => detailsOf(i).scenarios.some(({ kind }) => kind === 'order'))).toBe(true);
  });

  it('is told by its season and in no percent, in the reader’s language, and why it is so', () => {
    const row = rowOf(out[0]!);
    const day = Math.round(DAYS + untilSeason(out[0]!)) * 86_400_000;
    const said = {
      en: `outside its season: no order expected before ${formatDay('en', day, 'UTC')}`,
      zh: `不在采购季：${formatDay('zh', day, 'UTC')} 之前预计不会下单`,
    };
    for (const language of ['en', 'zh'] as const) {
      const shown = { language, run, rows: [row], withheld: null, filter: row.name };
      const report = churnRisk.present(summary, shown);
      expect(report.headline).toBe(`Tree Nursery · ${said[language]}`);
      const item = report.parts.find(({ kind }) => kind === 'item');
      expect(item).toMatchObject({ title: `Tree Nursery · ${said[language]}`, text: expect.not.stringMatching(/%|€/) });
      const why = churnWhy(language, row, run, summary);
      expect(why.headline).toBe(`Tree Nursery · ${said[language]}`);
      expect(JSON.stringify(why.parts)).not.toMatch(/Moved since|与上次分析相比/);
    }
  });

  it('has no probability written back, while others have theirs, and rows of older runs are read as before', () => {
    const property = churnRisk.properties.find(({ name }) => name === 'kith_no_order_risk')!;
    expect(property.value(rowOf(out[0]!), run)).toBeNull();
    expect(property.description).toContain('outside their season');
    const other = rowOf(within[0]!);
    expect(property.value(other, run)).toBe(String(Math.round(other.value! * 100)));
    const { out_of_season, ...older } = other.details as Record<string, unknown>;
    expect(out_of_season).toBe(false);
    expect(churnDetailsSchema.parse(older).out_of_season).toBe(false);
  });

  it('is told so when it crosses into a low risk', () => {
    const row = rowOf(out[0]!);
    const details = detailsOf(out[0]!);
    const crossing = { customerId: row.customerId, before: 'high', band: 'low', details, value: row.value };
    const told = (language: 'en' | 'zh') => crossingReport(language, { run, row, crossing, mention: false, asOf });
    expect(told('en').headline).toBe('Tree Nursery: no-order risk is now low, it was high');
    expect(told('en').parts[0]).toMatchObject({
      text: expect.stringMatching(/· outside its season: no order expected/),
    });
    expect(told('zh').parts[0]).toMatchObject({ text: expect.stringMatching(/· 不在采购季：/) });
    expect(JSON.stringify(told('en').parts)).not.toContain('while active');
  });
});
