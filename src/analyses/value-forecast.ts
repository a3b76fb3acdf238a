import { type BuyingFacts, buyingFacts } from '../features/buying-facts.ts';
import type { Rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { valueInDays } from '../features/value-rate.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { checkForecast, type ForecastTrial, tryForecast } from './value-check.ts';
import { expectedMoney, type FittedValue, fitValue, predictMoney } from './value-fit.ts';
import type { ForecastCheck, ForecastFallback } from './value-summary.ts';

export const YEAR_DAYS = 365;

/** Per customer by position; NaN for those who never bought, and in a fallback beyond `value`. */
export interface ValueForecast {
  /** Why the 12-month value is the historic rate; null where it is predicted. */
  readonly fallback: ForecastFallback | null;
  /** Money expected in the next 365 days, refunds taken off: predicted, or the historic rate. */
  readonly value: Float64Array;
  /** Ends of the 80 % predictive interval of that money. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** P(still active). */
  readonly alive: Float64Array;
  /** Expected purchases in the next 365 days. */
  readonly purchases: Float64Array;
  readonly check: ForecastCheck | null;
  readonly fitted: FittedValue | null;
  /** Whether `check` and `fitted` are about a random sample of the customers. */
  readonly isSample: boolean;
}

/** At most so many customers, drawn at random, are learned from and checked. */
const MOST_LEARNED_FROM = 20_000;

/**
 * Every customer's money in the next 12 months by MBG/NBD and Gamma-Gamma, if that was nearer than the historic rate on the last
 * stretch of the history; otherwise the historic rate, with the reason. `money`: `netMoney` as of the rhythm's cut-off. For the value
 * analysis and for any other that needs a 12-month value. The same `random` gives the same bytes.
 */
export function forecastYear(
  history: PurchaseHistory,
  rhythms: Rhythm,
  money: Float64Array,
  horizonDays: number,
  random: RandomSource,
): ValueForecast {
  const n = rhythms.purchases.length;
  const isSample = n > MOST_LEARNED_FROM;
  const unknown = new Float64Array(n).fill(Number.NaN);
  const historic = (fallback: ForecastFallback, check: ForecastCheck | null): ValueForecast => ({
    fallback,
    value: unknown.map((none, i) => (rhythms.purchases[i]! > 0 ? valueInDays(rhythms, money, i, YEAR_DAYS) : none)),
    low: unknown,
    high: unknown,
    alive: unknown,
    purchases: unknown,
    check,
    fitted: null,
    isSample,
  });
  const { fallback, trial, learned } = learnForecast(history, rhythms, horizonDays, random);
  const check = trial === null ? null : checkForecast(trial, random);
  if (learned === null) return historic(fallback, check);
  const { fitted, all } = learned;
  const predicted = predictMoney(fitted, all, YEAR_DAYS);
  return {
    fallback: null,
    value: byPosition(n, all, predicted.spend),
    low: byPosition(n, all, predicted.spendLow),
    high: byPosition(n, all, predicted.spendHigh),
    alive: byPosition(n, all, predicted.alive),
    purchases: byPosition(n, all, predicted.purchases),
    check,
    fitted,
    isSample,
  };
}

/** `value` of `forecastYear` alone, for the same `random`, at half its cost; null where that falls back on the historic rate. */
export function expectedYear(
  history: PurchaseHistory,
  rhythms: Rhythm,
  horizonDays: number,
  random: RandomSource,
): Float64Array | null {
  const { learned } = learnForecast(history, rhythms, horizonDays, random);
  if (learned === null) return null;
  const { fitted, all } = learned;
  return byPosition(rhythms.purchases.length, all, expectedMoney(fitted, all, YEAR_DAYS));
}

type LearnedForecast =
  | {
      readonly fallback: null;
      readonly trial: ForecastTrial;
      /** `all`: every customer who bought. */
      readonly learned: { readonly fitted: FittedValue; readonly all: BuyingFacts };
    }
  | { readonly fallback: ForecastFallback; readonly trial: ForecastTrial | null; readonly learned: null };

/** The forecast as of the rhythm's cut-off, where it stood its trial. */
function learnForecast(
  history: PurchaseHistory,
  rhythms: Rhythm,
  horizonDays: number,
  random: RandomSource,
): LearnedForecast {
  const n = rhythms.purchases.length;
  const window = checkWindow(rhythms, horizonDays);
  if (window === null) return { fallback: 'too-little', trial: null, learned: null };
  const rows = sample(n, random);
  const trial = tryForecast(history, rhythms, window, horizonDays, rows, random);
  const { predicted, historic } = trial.errors;
  if (trial.evidence < 2) return { fallback: 'too-little', trial, learned: null };
  if (predicted === null) return { fallback: 'not-converged', trial, learned: null };
  if (predicted > historic) return { fallback: 'worse', trial, learned: null };
  const all = buyingFacts(history, rhythms);
  const fitted = fitValue(rows.length === n ? all : buyingFacts(history, rhythms, rows), random);
  if (fitted === null) return { fallback: 'not-converged', trial, learned: null };
  return { fallback: null, trial, learned: { fitted: { ...fitted, keptShare: all.keptShare }, all } };
}

/** The last year where at least as much history lies before it, else the last horizon, else null. */
function checkWindow(rhythms: Rhythm, horizonDays: number): number | null {
  let firstDay = rhythms.cutOffDay;
  for (let i = 0; i < rhythms.purchases.length; i++) {
    if (rhythms.purchases[i]! > 0) firstDay = Math.min(firstDay, rhythms.firstDay[i]!);
  }
  const days = rhythms.cutOffDay - firstDay;
  return [YEAR_DAYS, horizonDays].find((window) => days >= 2 * window) ?? null;
}

function sample(n: number, random: RandomSource): Int32Array {
  if (n <= MOST_LEARNED_FROM) return Int32Array.from({ length: n }, (_, i) => i);
  return shuffledIndices(n, random).slice(0, MOST_LEARNED_FROM).sort();
}

function byPosition(n: number, facts: BuyingFacts, values: Float64Array): Float64Array {
  const all = new Float64Array(n).fill(Number.NaN);
  facts.position.forEach((i, k) => {
    all[i] = values[k]!;
  });
  return all;
}
