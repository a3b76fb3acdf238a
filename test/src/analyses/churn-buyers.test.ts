import { describe, expect, it } from 'vitest';
import {
  BUYER_INPUTS,
  buyerInputs,
  buyerScores,
  fitBuyers,
  shareByInput,
  usualInputs,
} from '../../../src/analyses/churn-buyers.ts';
import { leakIn, testPanel } from '../../../src/analyses/churn-panel.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { churnDetailsSchema } from '../../../src/analyses/churn-summary.ts';
import { CHURN_FEATURES } from '../../../src/features/churn-features.ts';
import { sigmoid } from '../../../src/math/logistic.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { mbgNbdNoPurchase } from '../../../src/models/mbg-nbd.ts';
import type { Event } from '../features/history-fixture.ts';
import { inputOf, mixedPortal } from './churn-fixture.ts';

const DAYS = 1200;
const H = 90;
/** Everybody buys once a year, on a day of its own, and never leaves. */
const yearly: Event[][] = Array.from({ length: 120 }, (_, i) =>
  [0, 365, 730, 1095, 1460].map((day): Event => [day + i * 3, 50]).filter(([day]) => day <= DAYS),
);
const regular = mixedPortal(seededRandom(4), 200, DAYS);
const input = inputOf([...yearly, ...regular], DAYS, H);
const panel = testPanel(input, DAYS - H - 1, 30);
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
  const { scores } = churnRisk.compute(input, 1);
  const detailsOf = (i: number) => churnDetailsSchema.parse(JSON.parse(scores!.details[i]!));
  /** Of those who buy once a year: days from the as-of to their next season. */
  const untilSeason = (i: number): number => {
    const { days_since, expected_gap } = detailsOf(i);
    return expected_gap! - days_since!;
  };
  const eligible = yearly.flatMap((_, i) => (scores!.label[i] === 'eligible' && detailsOf(i).is_yearly ? [i] : []));

  it('is not at risk, however sure it is that nothing is ordered before the season', () => {
    const out = eligible.filter((i) => untilSeason(i) > H);
    expect(out.length).toBeGreaterThan(20);
    for (const i of out) {
      expect(scores!.band[i]).toBe('low');
      expect(detailsOf(i)).toMatchObject({ value: 0 });
      expect(detailsOf(i).at_risk ?? 0).toBe(0);
    }
  });

  it('is judged as everybody else once the season lies in the horizon', () => {
    const within = eligible.filter((i) => untilSeason(i) <= H && untilSeason(i) > 0);
    expect(within.length).toBeGreaterThan(5);
    expect(within.every((i) => detailsOf(i).value > 0)).toBe(true);
  });
});
