import { type BuyingFacts, buyingFacts } from '../features/buying-facts.ts';
import { eligibleCustomers, type Rhythm, rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { netMoney, valueInDays } from '../features/value-rate.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { bgNbdExpected, fitBgNbd } from '../models/bg-nbd.ts';
import { fitMbgNbd, mbgNbdExpected } from '../models/mbg-nbd.ts';
import { fitParetoNbd, paretoNbdExpected } from '../models/pareto-nbd.ts';
import { evidenceLevel } from './evidence-level.ts';
import { fitValue, PENALTY, predictMoney, refusedAsNull } from './value-fit.ts';
import type { ForecastCheck } from './value-summary.ts';

/** At most so many customers are compared by the three models, of which Pareto/NBD is slow. */
const MOST_COMPARED = 1_000;

/**
 * What the forecast and the historic rate would have said `window` days before the rhythm's cut-off, knowing nothing later, and what
 * came: over the customers at `learned` who had bought by then. `predicted` is null where a likelihood was refused.
 */
export function checkForecast(
  history: PurchaseHistory,
  rhythms: Rhythm,
  window: number,
  horizonDays: number,
  learned: Int32Array,
  random: RandomSource,
): ForecastCheck {
  const cutOff = rhythms.cutOffDay - window;
  const earlier = rhythm(history, cutOff);
  const facts = buyingFacts(history, earlier, learned);
  const then = netMoney(history, earlier);
  const now = netMoney(history, rhythms);
  const actual = Float64Array.from(facts.position, (i) => now[i]! - then[i]!);
  const orders = Float64Array.from(facts.position, (i) => rhythms.purchases[i]! - earlier.purchases[i]!);
  const rate = Float64Array.from(facts.position, (i) => valueInDays(earlier, then, i, window));
  const atStake = eligibleCustomers(earlier, horizonDays);
  const ordered = atStake.filter((i) => rhythms.purchases[i]! > earlier.purchases[i]!).length;
  const level = evidenceLevel({
    eligible: eligibleCustomers(rhythms, horizonDays).length,
    gaps: rhythms.gaps,
    stopped: atStake.length - ordered,
    ordered,
  });
  const fitted = level < 2 ? null : fitValue(facts, random);
  const found = fitted === null ? null : predictMoney(fitted, facts, window);
  return {
    evidence: level,
    cutOffDay: cutOff,
    days: window,
    customers: facts.position.length,
    actual: cents(sum(actual)),
    historic: { total: cents(sum(rate)), errorPerCustomer: cents(meanError(rate, actual)) },
    predicted:
      found === null
        ? null
        : {
            total: cents(sum(found.spend)),
            errorPerCustomer: cents(meanError(found.spend, actual)),
            ...held(actual, found.spendLow, found.spendHigh),
          },
    models: fitted === null ? [] : compareModels(facts, orders, window, random),
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

/** The three models of repeat buying on the same customers: how well they fit, and how far off their purchases were. */
function compareModels(facts: BuyingFacts, orders: Float64Array, window: number, random: RandomSource) {
  const n = facts.position.length;
  const rows =
    n <= MOST_COMPARED
      ? Int32Array.from({ length: n }, (_, k) => k)
      : shuffledIndices(n, random).slice(0, MOST_COMPARED).sort();
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (k) => values[k]!);
  const history = { frequency: pick(facts.frequency), recency: pick(facts.recency), age: pick(facts.age) };
  const { frequency, recency, age } = history;
  const options = { penalty: PENALTY, random, starts: 1 };
  const compared = [
    refusedAsNull(() => {
      const fitted = fitMbgNbd(history, options);
      return { name: 'MBG/NBD' as const, fitted, expected: mbgNbdExpected(fitted, frequency, recency, age, window) };
    }),
    refusedAsNull(() => {
      const fitted = fitBgNbd(history, options);
      return { name: 'BG/NBD' as const, fitted, expected: bgNbdExpected(fitted, frequency, recency, age, window) };
    }),
    refusedAsNull(() => {
      const fitted = fitParetoNbd(history, options);
      return {
        name: 'Pareto/NBD' as const,
        fitted,
        expected: paretoNbdExpected(fitted, frequency, recency, age, window),
      };
    }),
  ];
  return compared.flatMap((one) =>
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
