import { isoDay, lastCompleteDay } from '../features/calendar.ts';
import { type CohortCell, type MonthFacts, type Period, readCohorts, readMonths } from '../features/cohorts.ts';
import { rhythm } from '../features/expected-gap.ts';
import { gapsUpTo } from '../features/horizon.ts';
import { AMOUNT_SCALE, type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { netMoney } from '../features/value-rate.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { gini, topShare } from '../math/concentration.ts';
import { mean, quantileSorted } from '../math/statistics.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import { COHORTS, cohortPeriod, monthsUpTo, triangle } from './customers-cohorts.ts';
import { presentCustomers } from './customers-report.ts';
import { type CustomerQuantiles, type CustomersSummary, customersSummarySchema } from './customers-summary.ts';

interface CustomersInput {
  readonly customerIds: readonly string[];
  readonly history: PurchaseHistory;
  readonly asOfDay: number;
  /** `YYYY-MM-DD`, the last day that was over by the as-of. */
  readonly lastDay: string;
  readonly currency: string;
  readonly months: readonly MonthFacts[];
  readonly period: Period;
  readonly cells: readonly CohortCell[];
}

/** The largest parts of the portfolio whose money is told. */
const TOP_SHARES = [0.01, 0.1, 0.2] as const;

/** How the customers are spread, how many are active from month to month, and what became of them since they came. */
export const customers = defineAnalysis<CustomersInput, CustomersSummary>({
  name: 'customers',
  title: { en: 'The portfolio', zh: '客户组合' },
  summary: customersSummarySchema,
  async read({ portal, portfolio }) {
    const history = await readPurchaseHistory(portal);
    const months = await readMonths(portal, portfolio);
    const period = cohortPeriod(months);
    return {
      customerIds: history.customerIds,
      history,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      lastDay: isoDay(lastCompleteDay(portfolio.asOf, portfolio.timeZone)),
      currency: portfolio.currency,
      months,
      period,
      cells: await readCohorts(portal, portfolio, period, COHORTS),
    };
  },
  compute: computeCustomers,
  present: presentCustomers,
  properties: [],
});

export function computeCustomers(input: CustomersInput): Computed<CustomersSummary> {
  const { history, asOfDay } = input;
  const rhythms = rhythm(history, asOfDay);
  const net = netMoney(history, rhythms);
  const buyers = Array.from(rhythms.purchases.keys()).filter((i) => rhythms.purchases[i]! > 0);
  const money = Float64Array.from(buyers, (i) => net[i]!);
  const { durations, ended } = gapsUpTo(history, asOfDay);
  const quantiles = {
    money: quantilesOf(money),
    purchases: quantilesOf(buyers.map((i) => rhythms.purchases[i]!)),
    order: quantilesOf(ordersOf(history, asOfDay)),
    gap: quantilesOf(durations.filter((_, k) => ended[k] === 1)),
    recency: quantilesOf(buyers.map((i) => asOfDay - rhythms.lastDay[i]!)),
  };
  return {
    summary: {
      currency: input.currency,
      buyers: buyers.length,
      quantiles: Object.fromEntries(Object.entries(quantiles).filter(([, found]) => found !== null)),
      spread: spreadOf(money),
      concentration: concentrationOf(money),
      months: monthsUpTo(input.months, input.lastDay),
      period: input.period,
      cohorts: triangle(input.cells, input.period, input.lastDay),
    },
    model: null,
    scores: null,
    matrix: null,
  };
}

/** Net money of every purchase day. */
function ordersOf(history: PurchaseHistory, asOfDay: number): Float64Array {
  const bought = (_: number, row: number): boolean => history.day[row]! <= asOfDay && history.amount[row]! > 0;
  return history.amount.filter(bought).map((amount) => amount / AMOUNT_SCALE);
}

function quantilesOf(values: ArrayLike<number>): CustomerQuantiles | null {
  if (values.length === 0) return null;
  const ascending = Float64Array.from(values).sort();
  const at = (share: number): number => Math.round(quantileSorted(ascending, share) * 100) / 100;
  return {
    count: values.length,
    mean: Math.round(mean(ascending) * 100) / 100,
    p10: at(0.1),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
  };
}

/** The most bars of a distribution. */
const BARS = 9;

/** Buyers by money, between limits of 1, 2 and 5 times powers of ten from the lowest to the highest twentieth. */
function spreadOf(money: Float64Array): CustomersSummary['spread'] {
  const ascending = money.filter((value) => value > 0).sort();
  if (ascending.length === 0) return [];
  const low = quantileSorted(ascending, 0.05);
  const high = quantileSorted(ascending, 0.95);
  let limits: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of [1, 2, 5]) {
      const limit = power < 0 ? step / 10 ** -power : step * 10 ** power;
      if (limit > low && limit < high) limits.push(limit);
    }
  }
  // Where money spans many powers of ten, every third limit (the 1s) keeps the bars few.
  if (limits.length > BARS - 1) limits = limits.filter((limit) => Math.abs(Math.log10(limit) % 1) < 1e-9);
  const edges = [null, ...limits, null];
  return edges.slice(1).map((to, k) => {
    const from = edges[k]!;
    const isIn = (value: number): boolean => (from === null || value >= from) && (to === null || value < to!);
    return { from: from ?? null, to: to ?? null, buyers: money.reduce((sum, value) => sum + (isIn(value) ? 1 : 0), 0) };
  });
}

function concentrationOf(money: Float64Array): CustomersSummary['concentration'] {
  const kept = money.map((value) => Math.max(0, value));
  const coefficient = gini(kept);
  if (Number.isNaN(coefficient)) return null;
  const fourPlaces = (value: number): number => Math.round(value * 1e4) / 1e4;
  return {
    gini: fourPlaces(coefficient),
    // One per cent of few customers is less than one.
    top: TOP_SHARES.filter((share) => share * kept.length >= 1 - 1e-9).map((share) => ({
      share,
      customers: Math.max(1, Math.ceil(kept.length * share - 1e-9)),
      ofMoney: fourPlaces(topShare(kept, share)),
    })),
  };
}
