import type { EvidenceLevel } from '../domain/results.ts';
import { type BuyingFacts, buyingFacts } from '../features/buying-facts.ts';
import { eligibleCustomers, type Rhythm, rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { netMoney, valueInDays } from '../features/value-rate.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { bgNbdExpected, fitBgNbd } from '../models/bg-nbd.ts';
import { fitMbgNbd, mbgNbdExpected } from '../models/mbg-nbd.ts';
import { fitParetoNbd, paretoNbdExpected } from '../models/pareto-nbd.ts';
import { evidenceLevel } from './evidence-level.ts';
import { expectedMoney, type FittedValue, fitValue, PENALTY, predictMoney, refusedAsNull } from './value-fit.ts';
import type { ForecastCheck } from './value-summary.ts';

/** At most so many customers are compared by the three models, of which Pareto/NBD is slow. */
const MOST_COMPARED = 1_000;

/** The forecast and the historic rate, put to customers whose later money neither had seen; arrays by row of `facts`. */
export interface ForecastTrial {
  readonly evidence: EvidenceLevel;
  readonly cutOffDay: number;
  readonly days: number;
  readonly facts: BuyingFacts;
  /** Money and orders that came. */
  readonly actual: Float64Array;
  readonly orders: Float64Array;
  /** Money that would have come by the historic rate. */
  readonly rate: Float64Array;
  /** Null where there was too little evidence, or where a likelihood was refused. */
  readonly fitted: FittedValue | null;
  /** Rows that the models of repeat buying are compared on. */
  readonly compared: Int32Array;
  /** Mean errors of the money per customer, rounded to cents; `predicted` is null without `fitted`. */
  readonly errors: { readonly historic: number; readonly predicted: number | null };
}

/**
 * What the forecast and the historic rate would have said `window` days before the rhythm's cut-off, knowing nothing later, and what
 * came: over the customers at `learned` who had bought by then.
 */
export function tryForecast(
  history: PurchaseHistory,
  rhythms: Rhythm,
  window: number,
  horizonDays: number,
  learned: Int32Array,
  random: RandomSource,
): ForecastTrial {
  const cutOffDay = rhythms.cutOffDay - window;
  const earlier = rhythm(history, cutOffDay);
  const facts = buyingFacts(history, earlier, learned);
  const then = netMoney(history, earlier);
  const now = netMoney(history, rhythms);
  const actual = Float64Array.from(facts.position, (i) => now[i]! - then[i]!);
  const orders = Float64Array.from(facts.position, (i) => rhythms.purchases[i]! - earlier.purchases[i]!);
  const rate = Float64Array.from(facts.position, (i) => valueInDays(earlier, then, i, window));
  const atStake = eligibleCustomers(earlier, horizonDays);
  const ordered = atStake.filter((i) => rhythms.purchases[i]! > earlier.purchases[i]!).length;
  const evidence = evidenceLevel({
    eligible: eligibleCustomers(rhythms, horizonDays).length,
    gaps: rhythms.gaps,
    stopped: atStake.length - ordered,
    ordered,
  });
  const fitted = evidence < 2 ? null : fitValue(facts, random);
  const compared = fitted === null ? new Int32Array(0) : comparedRows(facts.position.length, random);
  const predicted = fitted === null ? null : cents(meanError(expectedMoney(fitted, facts, window), actual));
  const errors = { historic: cents(meanError(rate, actual)), predicted };
  return { evidence, cutOffDay, days: window, facts, actual, orders, rate, fitted, compared, errors };
}

/** What people are told of a trial: totals, how often the intervals held, and how the models of repeat buying compare. */
export function checkForecast(trial: ForecastTrial, random: RandomSource): ForecastCheck {
  const { evidence, cutOffDay, days, facts, actual, rate, fitted, errors } = trial;
  const found = fitted === null ? null : predictMoney(fitted, facts, days);
  return {
    evidence,
    cutOffDay,
    days,
    customers: facts.position.length,
    actual: cents(sum(actual)),
    historic: { total: cents(sum(rate)), errorPerCustomer: errors.historic },
    predicted:
      found === null
        ? null
        : {
            total: cents(sum(found.spend)),
            errorPerCustomer: errors.predicted!,
            ...held(actual, found.spendLow, found.spendHigh),
          },
    models: fitted === null ? [] : compareModels(trial, random),
  };
}

/** How often the intervals held, apart from those that are 0 to 0: there, how often nothing came. */
function held(actual: Float64Array, low: Float64Array, high: Float64Array) {
  const intervals = { customers: 0, held: 0 };
  const nothing = { customers: 0, held: 0 };
  for (let k = 0; k < actual.length; k++) {
    const kind = high[k]! > 0 ? intervals : nothing;
    kind.customers++;
    // A customer that gave money back brought nothing.
    const came = Math.max(0, actual[k]!);
    if (came >= low[k]! && came <= high[k]!) kind.held++;
  }
  return { intervals, nothing };
}

function comparedRows(n: number, random: RandomSource): Int32Array {
  if (n <= MOST_COMPARED) return Int32Array.from({ length: n }, (_, k) => k);
  return shuffledIndices(n, random).slice(0, MOST_COMPARED).sort();
}

/** The three models of repeat buying on the same customers: how well they fit, and how far off their purchases were. */
function compareModels({ facts, orders, days, compared: rows }: ForecastTrial, random: RandomSource) {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (k) => values[k]!);
  const history = { frequency: pick(facts.frequency), recency: pick(facts.recency), age: pick(facts.age) };
  const { frequency, recency, age } = history;
  const options = { penalty: PENALTY, random, starts: 1 };
  const models = [
    refusedAsNull(() => {
      const fitted = fitMbgNbd(history, options);
      return { name: 'MBG/NBD' as const, fitted, expected: mbgNbdExpected(fitted, frequency, recency, age, days) };
    }),
    refusedAsNull(() => {
      const fitted = fitBgNbd(history, options);
      return { name: 'BG/NBD' as const, fitted, expected: bgNbdExpected(fitted, frequency, recency, age, days) };
    }),
    refusedAsNull(() => {
      const fitted = fitParetoNbd(history, options);
      return {
        name: 'Pareto/NBD' as const,
        fitted,
        expected: paretoNbdExpected(fitted, frequency, recency, age, days),
      };
    }),
  ];
  return models.flatMap((one) =>
    one === null
      ? []
      : {
          name: one.name,
          customers: rows.length,
          logLikelihood: Math.round(one.fitted.logLikelihood * 100) / 100,
          errorPerCustomer: Math.round(meanError(one.expected, pick(orders)) * 1000) / 1000,
        },
  );
}

function meanError(expected: Float64Array, actual: Float64Array): number {
  if (expected.length === 0) return 0;
  let total = 0;
  for (let k = 0; k < expected.length; k++) total += Math.abs(expected[k]! - actual[k]!);
  return total / expected.length;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
