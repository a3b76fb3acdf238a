import { z } from 'zod';
import { buyingFacts } from '../features/buying-facts.ts';
import { rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { somePurchases, someTickets } from '../features/some-histories.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../models/gradient-boosting.ts';
import { fitLinearRegression, linearRegressionValues } from '../models/linear-regression.ts';
import { rSquared } from '../models/regression-metrics.ts';
import { LOYALTY_PARTS, type LoyaltyFacts, loyaltyFacts, loyaltyPoints, type PointScale } from './loyalty-points.ts';
import { expectedMoney, fitValue } from './value-fit.ts';
import { YEAR_DAYS } from './value-forecast.ts';

const OUTLOOK_MODELS = ['gradient-boosting', 'ridge', 'same'] as const;

/** How well next quarter's points were told on the newest quarter, which none of the models had learned from. */
export const outlookCheckSchema = z.object({
  /** The nearest; 'same': that nothing changes was nearer than what was learned. */
  winner: z.enum(OUTLOOK_MODELS),
  /** Share of the points' variance that each explains on the newest quarter; null where it does not vary. */
  rSquared: z.object({ boosting: z.number().nullable(), ridge: z.number().nullable(), same: z.number().nullable() }),
  /** Customers of the newest quarter, and pairs of a customer and an earlier quarter that were learned from. */
  checkedOn: z.number(),
  learnedFrom: z.number(),
});
export type OutlookCheck = z.infer<typeof outlookCheckSchema>;

export interface LoyaltyOutlook {
  readonly check: OutlookCheck;
  /** Points in a quarter, by position; NaN for who has not bought. Null where "same as now" won. */
  readonly points: Float64Array | null;
}

export const QUARTER_DAYS = 91;
/** Quarters before the newest that are learned from. */
const QUARTERS = 3;
/** A regression of six columns on fewer pairs tells the past, not the future. */
const FEWEST_PAIRS = 200;
const FEWEST_CHECKED = 50;
const MOST_CUSTOMERS = 20_000;
/** The five parts, their sum, and how much of it came or went in the quarter before. */
const COLUMNS = LOYALTY_PARTS.length + 2;
const RIDGE = 1;
const BOOSTING = { loss: 'squared', trees: 60, learningRate: 0.1, maxLeaves: 8, minLeaf: 20, l2: 1 } as const;

/** One quarter's rows: customers by position, what was known of them at its beginning, and their points at its end. */
interface Quarter {
  readonly customers: Int32Array;
  readonly x: Float64Array;
  readonly now: Float64Array;
  readonly then: Float64Array;
}

/**
 * Answers: how many loyalty points will a customer have in a quarter? Gradient boosting and ridge regression learn from the quarters
 * before the newest, by the parts of the points and their last change; both and "same as now" are compared on the newest quarter by R².
 * What wins is fitted again with the newest quarter and tells the next one. Null where there is too little to compare.
 *
 * Assumes 1. that the next quarter resembles the last four, 2. that points of every day are measured by `scale`. Where value points
 * are counted on a forecast (`scale.basis`), each quarter's is fitted on what was known at its beginning. At most 20,000
 * customers are learned from. The same `random` gives the same bytes.
 */
export function loyaltyOutlook(
  history: PurchaseHistory,
  tickets: TicketHistory,
  now: LoyaltyFacts,
  scale: PointScale,
  asOfDay: number,
  random: RandomSource,
): LoyaltyOutlook | null {
  const n = history.customerIds.length;
  const learned = shuffledIndices(n, random).subarray(0, Math.min(n, MOST_CUSTOMERS)).sort();
  // Points at the beginnings of the quarters, newest first; the last is there only for the change before the oldest.
  const days = Array.from({ length: QUARTERS + 2 }, (_, quarter) => asOfDay - (quarter + 1) * QUARTER_DAYS);
  // Everybody's are needed for what is told; what is learned from is older, and of few.
  const today = stateOf(now, scale);
  const [last = asOfDay, ...earlier] = days;
  const lastFacts = factsAt({ history, tickets, learned }, scale, last, random);
  const lastQuarter = lastFacts === null ? null : stateOf(lastFacts, scale);
  const known = { history: somePurchases(history, learned), tickets: someTickets(tickets, learned) };
  const each = Int32Array.from(learned.keys());
  const states = [today, lastQuarter].map((state) => (state === null ? null : someOf(state, learned)));
  for (const day of earlier) {
    const facts = factsAt({ ...known, learned: each }, scale, day, random);
    states.push(facts === null ? null : stateOf(facts, scale));
  }
  const quarters: Quarter[] = [];
  for (let q = 1; q <= QUARTERS + 1; q++) {
    const [end, start, before] = [states[q - 1], states[q], states[q + 1]];
    if (end == null || start == null) break;
    quarters.push(quarterOf(start, end, before ?? null));
  }
  const [newest, ...older] = quarters;
  if (newest === undefined || newest.customers.length < FEWEST_CHECKED) return null;
  const past = joined(older);
  if (past.then.length < FEWEST_PAIRS || isConstant(past.then)) return null;
  const told = {
    boosting: learnBoosting(past)(newest.x),
    ridge: learnRidge(past)(newest.x),
    same: newest.now,
  };
  const figure = (predicted: Float64Array): number | null => {
    const share = rSquared(predicted, newest.then);
    return Number.isFinite(share) ? share : null;
  };
  const found = { boosting: figure(told.boosting), ridge: figure(told.ridge), same: figure(told.same) };
  const worth = (share: number | null): number => share ?? Number.NEGATIVE_INFINITY;
  const best = worth(found.boosting) > worth(found.ridge) ? 'gradient-boosting' : 'ridge';
  const winner = Math.max(worth(found.boosting), worth(found.ridge)) > worth(found.same) ? best : 'same';
  const check = { winner, rSquared: found, checkedOn: newest.then.length, learnedFrom: past.then.length } as const;
  if (winner === 'same') return { check, points: null };
  const learn = winner === 'ridge' ? learnRidge : learnBoosting;
  const next = quarterOf(today, today, lastQuarter);
  const predicted = learn(joined(quarters))(next.x);
  const points = new Float64Array(n).fill(Number.NaN);
  next.customers.forEach((i, row) => {
    points[i] = Math.round(10 * Math.min(100, Math.max(0, predicted[row]!))) / 10;
  });
  return { check, points };
}

/** Of every customer who had bought: the parts of the points (n × 5) and their sum; NaN for the others. */
interface PointState {
  readonly parts: Float64Array;
  readonly points: Float64Array;
}

function stateOf(facts: LoyaltyFacts, scale: PointScale): PointState {
  const n = facts.value.length;
  const parts = new Float64Array(n * LOYALTY_PARTS.length);
  const points = new Float64Array(n).fill(Number.NaN);
  for (const i of facts.bought) {
    const earned = loyaltyPoints(facts, i, scale);
    points[i] = 0;
    for (let part = 0; part < LOYALTY_PARTS.length; part++) {
      const own = earned[LOYALTY_PARTS[part]!];
      parts[i * LOYALTY_PARTS.length + part] = own;
      points[i]! += own;
    }
  }
  return { parts, points };
}

/** The states of the customers at `positions` alone. */
function someOf({ parts, points }: PointState, positions: Int32Array): PointState {
  const p = LOYALTY_PARTS.length;
  const own = new Float64Array(positions.length * p);
  positions.forEach((i, k) => {
    for (let part = 0; part < p; part++) own[k * p + part] = parts[i * p + part]!;
  });
  return { parts: own, points: Float64Array.from(positions, (i) => points[i]!) };
}

/** Histories, and the positions of those whom forecasts are fitted on. */
interface Known {
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly learned: Int32Array;
}

/** The facts as they were on `day`; null where value points need a forecast that could not be fitted then. */
function factsAt(
  { history, tickets, learned }: Known,
  scale: PointScale,
  day: number,
  random: RandomSource,
): LoyaltyFacts | null {
  const rhythms = rhythm(history, day);
  const facts = loyaltyFacts(history, tickets, rhythms);
  if (scale.basis === 'last-12-months') return facts;
  const all = buyingFacts(history, rhythms);
  const isEverybody = learned.length === history.customerIds.length;
  const fitted = fitValue(isEverybody ? all : buyingFacts(history, rhythms, learned), random);
  if (fitted === null) return null;
  const money = expectedMoney({ ...fitted, keptShare: all.keptShare }, all, YEAR_DAYS);
  const value = new Float64Array(facts.value.length);
  all.position.forEach((i, k) => {
    value[i] = money[k]!;
  });
  return { ...facts, value };
}

function quarterOf(start: PointState, end: PointState, before: PointState | null): Quarter {
  const customers = Int32Array.from(start.points.keys()).filter((i) => !Number.isNaN(start.points[i]!));
  const p = LOYALTY_PARTS.length;
  const x = new Float64Array(customers.length * COLUMNS);
  customers.forEach((i, row) => {
    for (let part = 0; part < p; part++) x[row * COLUMNS + part] = start.parts[i * p + part]!;
    const points = start.points[i]!;
    const change = points - (before?.points[i] ?? points);
    x[row * COLUMNS + p] = points;
    x[row * COLUMNS + p + 1] = Number.isNaN(change) ? 0 : change;
  });
  return {
    customers,
    x,
    now: Float64Array.from(customers, (i) => start.points[i]!),
    then: Float64Array.from(customers, (i) => end.points[i]!),
  };
}

function joined(quarters: readonly Quarter[]): Pick<Quarter, 'x' | 'then'> {
  const rows = quarters.reduce((sum, { then }) => sum + then.length, 0);
  const x = new Float64Array(rows * COLUMNS);
  const then = new Float64Array(rows);
  let row = 0;
  for (const quarter of quarters) {
    x.set(quarter.x, row * COLUMNS);
    then.set(quarter.then, row);
    row += quarter.then.length;
  }
  return { x, then };
}

type Learn = (past: Pick<Quarter, 'x' | 'then'>) => (x: Float64Array) => Float64Array;

const learnBoosting: Learn = ({ x, then }) => {
  const fitted = fitGradientBoosting(x, then, COLUMNS, BOOSTING);
  return (rows) => gradientBoostingScores(fitted, rows);
};

const learnRidge: Learn = ({ x, then }) => {
  const fitted = fitLinearRegression(x, then, COLUMNS, { penalty: RIDGE });
  return (rows) => linearRegressionValues(fitted, rows);
};

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
