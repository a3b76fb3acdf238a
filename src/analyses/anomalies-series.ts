import { isoDay } from '../features/calendar.ts';
import type { DailyFacts } from '../features/daily-facts.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import { median } from '../math/statistics.ts';
import { chooseEts } from '../models/choose-ets.ts';
import { forecastEts } from '../models/ets.ts';
import { passEts } from '../models/ets-states.ts';
import { calibrateTail } from '../models/tail-calibration.ts';
import { unusualValue } from '../models/unusual-value.ts';
import { type AnomalyTest, cents, type Driver } from './anomalies-test.ts';

/** Blocks of history below which nothing is usual yet. */
const LEAST_BLOCKS = 20;
const MOST_BLOCKS = 156;
const SHOWN_BLOCKS = 52;
/** First one-step errors show how the states settle, not how the series varies. */
const SETTLING = 4;
const WEEKS_A_YEAR = 52;

/** A series of the portfolio in equal blocks of days, the newest last, on a scale where errors are alike. */
interface BlockSeries {
  readonly kind: 'weekly-revenue' | 'weekly-win-rate' | 'weekly-tickets';
  readonly unit: 'money' | 'percent' | 'count';
  readonly blockDays: number;
  readonly lastDay: number;
  readonly values: Float64Array;
  toScale(value: number): number;
  fromScale(value: number): number;
}

/** Weekly revenue, win rate and tickets against the band of an exponential-smoothing model; whole weeks up to `lastDay`. */
export function portfolioTests(
  facts: DailyFacts,
  lastDay: number,
  driversOf: (kind: 'weekly-revenue' | 'weekly-tickets', from: number, to: number, sign: number) => readonly Driver[],
): AnomalyTest[] {
  const found = [revenueSeries(facts, lastDay), winRateSeries(facts, lastDay), ticketSeries(facts, lastDay)];
  return found.flatMap((series) => {
    const test = series === null ? null : seriesTest(series, driversOf);
    return test === null ? [] : [test];
  });
}

function seriesTest(series: BlockSeries, driversOf: Parameters<typeof portfolioTests>[2]): AnomalyTest | null {
  const scaled = series.values.map((value) => series.toScale(value)).slice(-MOST_BLOCKS);
  const n = scaled.length - 1;
  if (n < LEAST_BLOCKS) return null;
  const before = scaled.subarray(0, n);
  const model = chooseEts(before, { period: 1 });
  if (model === null) return null;
  const fitted = new Float64Array(n);
  passEts(before, model.form, model.parameters, new Float64Array(0), fitted);
  const forecast = forecastEts(model, 1)[0]!;
  const errors = before.map((value, t) => value - fitted[t]!).subarray(SETTLING);
  const error = scaled[n]! - forecast;
  const unusual = unusualValue(errors, error);
  if (unusual === null) return null;
  // What every earlier error would have looked like among the others.
  const past = errors.map((one) => unusualValue(errors, one)!.p);
  let p = calibrateTail(past)(unusual.p);
  const yearAgo = n - WEEKS_A_YEAR - SETTLING;
  if (series.blockDays === 7 && yearAgo >= 1) {
    // A jump that came in the same weeks of last year is the season's.
    for (let k = yearAgo - 1; k <= yearAgo + 1; k++) {
      const last = errors[k]!;
      if (Math.sign(last) !== Math.sign(error)) continue;
      p = Math.max(p, calibrateTail(past)(unusualValue(errors, error - last)!.p));
    }
  }
  const observed = series.values[series.values.length - 1]!;
  const usual = series.fromScale(forecast + unusual.usual);
  const low = series.fromScale(forecast + unusual.low);
  const high = series.fromScale(forecast + unusual.high);
  const from = series.lastDay - series.blockDays;
  const direction = observed >= usual ? 'up' : 'down';
  return {
    kind: series.kind,
    p,
    customer: -1,
    describe() {
      const shown = Math.min(SHOWN_BLOCKS, n);
      const edge = (side: 'low' | 'high') =>
        [...fitted.subarray(n - shown), forecast].map((value) => cents(series.fromScale(value + unusual[side])));
      return {
        key: `${series.kind}:${isoDay(series.lastDay)}`,
        direction,
        subject: '',
        unit: series.unit,
        day: isoDay(series.lastDay),
        block_days: series.blockDays,
        observed,
        usual: cents(usual),
        low: cents(low),
        high: cents(high),
        money: series.unit === 'money' ? cents(observed - usual) : 0,
        series: {
          labels: Array.from({ length: shown + 1 }, (_, k) => isoDay(series.lastDay - (shown - k) * series.blockDays)),
          values: [...series.values.slice(-(shown + 1))],
          low: edge('low'),
          high: edge('high'),
        },
        columns: [],
      };
    },
    drivers: () =>
      series.kind === 'weekly-win-rate'
        ? []
        : driversOf(series.kind, from, series.lastDay, direction === 'up' ? 1 : -1),
  };
}

function revenueSeries(facts: DailyFacts, lastDay: number): BlockSeries | null {
  const blockDays = median(blocks(facts, facts.won, lastDay, 7)) >= 3 ? 7 : 28;
  const values = blocks(facts, facts.revenue, lastDay, blockDays).map((value) => value / AMOUNT_SCALE);
  const isPositive = values.every((value) => value > 0);
  return {
    kind: 'weekly-revenue',
    unit: 'money',
    blockDays,
    lastDay,
    values,
    toScale: (value) => (isPositive ? Math.log(value) : value),
    fromScale: (value) => (isPositive ? Math.exp(value) : value),
  };
}

function ticketSeries(facts: DailyFacts, lastDay: number): BlockSeries | null {
  const blockDays = median(blocks(facts, facts.tickets, lastDay, 7)) >= 3 ? 7 : 28;
  const values = blocks(facts, facts.tickets, lastDay, blockDays);
  if (!values.some((value) => value > 0)) return null;
  // Anscombe (1948): the square root makes the variance of counts steady.
  return {
    kind: 'weekly-tickets',
    unit: 'count',
    blockDays,
    lastDay,
    values,
    toScale: (value) => 2 * Math.sqrt(value + 3 / 8),
    fromScale: (value) => Math.max(0, (Math.max(0, value) / 2) ** 2 - 3 / 8),
  };
}

/** Null where a block of four weeks has no deals to speak of. */
function winRateSeries(facts: DailyFacts, lastDay: number): BlockSeries | null {
  for (const blockDays of [7, 28]) {
    const won = blocks(facts, facts.won, lastDay, blockDays);
    const lost = blocks(facts, facts.lost, lastDay, blockDays);
    const closed = won.map((count, k) => count + lost[k]!);
    if (!lost.some((count) => count > 0) || closed.some((count) => count < 5)) continue;
    return {
      kind: 'weekly-win-rate',
      unit: 'percent',
      blockDays,
      lastDay,
      values: won.map((count, k) => count / closed[k]!),
      toScale: (value) => Math.asin(Math.sqrt(value)),
      fromScale: (value) => Math.sin(Math.min(Math.PI / 2, Math.max(0, value))) ** 2,
    };
  }
  return null;
}

/** Sums over blocks of days that end on `lastDay`, from the first whole block that something happened in. */
function blocks(facts: DailyFacts, values: ArrayLike<number>, lastDay: number, blockDays: number): Float64Array {
  const first = facts.day[0];
  const count = first === undefined ? 0 : Math.max(0, Math.floor((lastDay - first + 1) / blockDays));
  const sums = new Float64Array(count);
  for (let k = 0; k < facts.day.length; k++) {
    const back = Math.floor((lastDay - facts.day[k]!) / blockDays);
    if (back >= 0 && back < count) sums[count - 1 - back] = sums[count - 1 - back]! + values[k]!;
  }
  return sums;
}
