import { z } from 'zod';
import type { Rhythm } from '../features/expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from '../features/purchase-history.ts';
import { regularity } from '../features/regularity.ts';
import { roundedMoney } from '../features/rfm.ts';
import { productsUpTo } from '../features/segment-features.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { quantileSorted } from '../math/statistics.ts';

/** What earns points, with the most points that each can earn; 100 in all. */
export const LOYALTY_WEIGHTS = { value: 40, tenure: 20, breadth: 15, regularity: 15, satisfaction: 10 } as const;
export type LoyaltyPart = keyof typeof LOYALTY_WEIGHTS;
export const LOYALTY_PARTS: readonly LoyaltyPart[] = ['value', 'tenure', 'breadth', 'regularity', 'satisfaction'];

/** What a customer must reach for all points of a part; frozen at the first derivation. */
export const pointScaleSchema = z.object({
  /** The points of each part; those of a part that the portal has no data for are spread over the others. */
  weights: z.object({
    value: z.number(),
    tenure: z.number(),
    breadth: z.number(),
    regularity: z.number(),
    satisfaction: z.number(),
  }),
  /** What value points are counted on: the money of the last 12 months, or the one expected in the next 12. */
  basis: z.enum(['last-12-months', 'forecast']).default('last-12-months'),
  /** 12-month money of `basis`, in the portal's currency. */
  fullValue: z.number(),
  fullTenureDays: z.number(),
  fullProducts: z.number(),
  /** Ends of the satisfaction scale; null in a portal without answers. */
  satisfaction: z.object({ lowest: z.number(), highest: z.number() }).nullable(),
});
export type PointScale = z.infer<typeof pointScaleSchema>;

/** What points are made of, by position in `customerIds`. */
export interface LoyaltyFacts {
  readonly bought: Int32Array;
  /** Net money of the 365 days up to the as-of day. */
  readonly yearMoney: Float64Array;
  /** What value points are counted on: `yearMoney`, unless it was replaced by a forecast. */
  readonly value: Float64Array;
  readonly tenureDays: Float64Array;
  readonly products: Float64Array;
  /** NaN below two gaps. */
  readonly regularity: Float64Array;
  /** Mean answer of the last 365 days' tickets; NaN without one. */
  readonly satisfaction: Float64Array;
}

const YEAR_DAYS = 365;
/** All points are within reach: the mark is what one customer in twenty exceeds. */
const FULL_AT = 0.95;

/** As of the rhythm's cut-off day; nothing later is looked at. */
export function loyaltyFacts(history: PurchaseHistory, tickets: TicketHistory, rhythms: Rhythm): LoyaltyFacts {
  const n = history.customerIds.length;
  const asOfDay = rhythms.cutOffDay;
  const yearMoney = new Float64Array(n);
  const satisfaction = new Float64Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]! && history.day[row]! <= asOfDay; row++) {
      if (history.day[row]! > asOfDay - YEAR_DAYS) sum += history.amount[row]!;
    }
    yearMoney[i] = sum / AMOUNT_SCALE;
    let answers = 0;
    let total = 0;
    for (let row = tickets.offsets[i]!; row < tickets.offsets[i + 1]!; row++) {
      const closed = tickets.closedDay[row]!;
      if (closed < 0 || closed > asOfDay || closed <= asOfDay - YEAR_DAYS) continue;
      if (Number.isNaN(tickets.satisfaction[row]!)) continue;
      answers++;
      total += tickets.satisfaction[row]!;
    }
    if (answers > 0) satisfaction[i] = total / answers;
  }
  return {
    bought: Int32Array.from([...rhythms.purchases.keys()].filter((i) => rhythms.purchases[i]! > 0)),
    yearMoney,
    value: yearMoney,
    tenureDays: Float64Array.from(rhythms.firstDay, (day) => asOfDay - day),
    products: Float64Array.from({ length: n }, (_, i) => productsUpTo(history, i, asOfDay)),
    regularity: regularity(history, asOfDay),
    satisfaction,
  };
}

/** The portal's scale: full points at the 95 % quantile of the buyers, rounded. */
export function derivePointScale(facts: LoyaltyFacts, basis: PointScale['basis'] = 'last-12-months'): PointScale {
  const at = (column: Float64Array): number => fullMark(facts, column);
  const answers = facts.satisfaction.filter((value) => !Number.isNaN(value));
  const hasProducts = facts.bought.some((i) => facts.products[i]! > 0);
  const missing =
    (answers.length === 0 ? LOYALTY_WEIGHTS.satisfaction : 0) + (hasProducts ? 0 : LOYALTY_WEIGHTS.breadth);
  const spread = (points: number): number => Math.round((points * 100 * 10) / (100 - missing)) / 10;
  const weights = {
    tenure: spread(LOYALTY_WEIGHTS.tenure),
    breadth: hasProducts ? spread(LOYALTY_WEIGHTS.breadth) : 0,
    regularity: spread(LOYALTY_WEIGHTS.regularity),
    satisfaction: answers.length === 0 ? 0 : spread(LOYALTY_WEIGHTS.satisfaction),
  };
  const others = weights.tenure + weights.breadth + weights.regularity + weights.satisfaction;
  return {
    // What rounding leaves goes to value, so that the parts make 100.
    weights: { value: Math.round((100 - others) * 10) / 10, ...weights },
    basis,
    fullValue: fullValue(facts),
    fullTenureDays: Math.max(30, Math.round(at(facts.tenureDays) / 30) * 30),
    fullProducts: Math.max(1, Math.round(at(facts.products))),
    satisfaction: answers.length === 0 ? null : satisfactionScale(answers.reduce((a, b) => Math.max(a, b), 0)),
  };
}

/** The 12-month money that earns all value points. */
export function fullValue(facts: LoyaltyFacts): number {
  return Math.max(1, roundedMoney(fullMark(facts, facts.value)));
}

function fullMark({ bought }: LoyaltyFacts, column: Float64Array): number {
  return bought.length === 0 ? 0 : quantileSorted(Float64Array.from(bought, (i) => column[i]!).sort(), FULL_AT);
}

/** The usual scales, by the highest answer seen: 0–1, 1–5, 1–7, 0–10, 0–100. */
function satisfactionScale(highest: number): { lowest: number; highest: number } {
  if (highest <= 1) return { lowest: 0, highest: 1 };
  if (highest <= 5) return { lowest: 1, highest: 5 };
  if (highest <= 7) return { lowest: 1, highest: 7 };
  return { lowest: 0, highest: highest <= 10 ? 10 : Math.max(100, highest) };
}

/**
 * The points of customer i, part by part; their sum, to one decimal, is the customer's points. Value counts by its square
 * root, so that the first thousand earns more than the tenth. Who gave no answer gets half of the satisfaction points;
 * who has bought fewer than three times has shown no regularity.
 */
export function loyaltyPoints(facts: LoyaltyFacts, i: number, scale: PointScale): Record<LoyaltyPart, number> {
  const share = (value: number, full: number): number => Math.min(1, Math.max(0, value / full));
  const { weights } = scale;
  const answer = facts.satisfaction[i]!;
  const range = scale.satisfaction;
  const mood =
    range === null || Number.isNaN(answer) ? 0.5 : share(answer - range.lowest, range.highest - range.lowest);
  const evenness = facts.regularity[i]!;
  const tenth = (points: number): number => Math.round(points * 10) / 10;
  return {
    value: tenth(weights.value * Math.sqrt(share(facts.value[i]!, scale.fullValue))),
    tenure: tenth(weights.tenure * share(facts.tenureDays[i]!, scale.fullTenureDays)),
    breadth: tenth(weights.breadth * share(facts.products[i]!, scale.fullProducts)),
    regularity: tenth(weights.regularity * (Number.isNaN(evenness) ? 0 : evenness)),
    satisfaction: tenth(weights.satisfaction * mood),
  };
}

/**
 * The 12-month money that a customer lacks for `missing` more points, if the money were spent today (or expected a year, where
 * points are counted on a forecast); null when money alone cannot earn them.
 */
export function amountMissing(value: number, missing: number, scale: PointScale): number | null {
  const now = Math.sqrt(Math.min(1, Math.max(0, value / scale.fullValue)));
  const needed = now + missing / scale.weights.value;
  if (needed > 1) return null;
  return Math.max(0, Math.ceil((needed * needed * scale.fullValue - value) * 100) / 100);
}
