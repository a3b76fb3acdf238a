import { z } from 'zod';

/** What is kept of a customer's tier from run to run. Days are since 1970-01-01. */
export interface TierState {
  /** 0 lowest, 3 highest. */
  readonly tier: number;
  readonly since: number;
  /** The first day on which the points were too low for the tier; null while they are not. */
  readonly belowSince: number | null;
  /** How many days of that were covered by runs. */
  readonly belowDays: number;
}

/** Points from which the second, third and fourth tier begin, ascending. */
export const thresholdsSchema = z.tuple([z.number(), z.number(), z.number()]);
export type TierThresholds = z.infer<typeof thresholdsSchema>;

/** A tier is kept down to this part of its threshold. */
export const KEPT_FROM = 0.85;
/** Below it for this many days of runs, and this long in the tier, a customer goes down one tier. */
export const DOWN_AFTER_DAYS = 28;
export const LEAST_TIER_DAYS = 90;
/** A day without a run counts as covered up to this many days after the run before it. */
const RUN_COVERS_DAYS = 7;

/**
 * The points of the customers at the top 5 %, 20 % and 50 %, rounded down to whole points: the first derivation, then
 * frozen. Equal thresholds are pushed apart by a point, so that every tier stays possible.
 */
export function deriveThresholds(points: ArrayLike<number>): TierThresholds {
  const at = (share: number): number => Math.floor(leastOfTop(points, share));
  const second = Math.max(1, at(0.5));
  const third = Math.max(second + 1, at(0.2));
  return [second, third, Math.max(third + 1, at(0.05))];
}

/** The least of the greatest `share` of the values (their count rounded up); 0 for no values. */
export function leastOfTop(values: ArrayLike<number>, share: number): number {
  const ascending = Float64Array.from(values).sort();
  return ascending[ascending.length - Math.ceil(share * ascending.length)] ?? 0;
}

export function tierFor(points: number, thresholds: TierThresholds): number {
  return thresholds.filter((threshold) => points >= threshold).length;
}

/**
 * The tier after a run on day `today`: up at once, to wherever the points reach; down one tier at a time, only after 28
 * days of runs below 0.85 of the tier's threshold (the first of which gave a warning) and 90 days in the tier. `before` is
 * null for a customer who had no tier; `lastRun` is the day of the run that left `before`.
 */
export function nextTier(
  before: TierState | null,
  points: number,
  thresholds: TierThresholds,
  today: number,
  lastRun: number,
): TierState {
  const earned = tierFor(points, thresholds);
  if (before === null || earned > before.tier) return { tier: earned, since: today, belowSince: null, belowDays: 0 };
  if (!isBelow(points, before.tier, thresholds)) return { ...before, belowSince: null, belowDays: 0 };
  if (before.belowSince === null) return { ...before, belowSince: today, belowDays: 0 };
  const belowDays = before.belowDays + Math.min(RUN_COVERS_DAYS, Math.max(0, today - lastRun));
  if (belowDays < DOWN_AFTER_DAYS || today - before.since < LEAST_TIER_DAYS) return { ...before, belowDays };
  const tier = before.tier - 1;
  return { tier, since: today, belowSince: isBelow(points, tier, thresholds) ? today : null, belowDays: 0 };
}

/** The first day on which the customer can go down, if runs go on as usual. */
export function downOn(state: TierState, today: number): number {
  return today + Math.max(DOWN_AFTER_DAYS - state.belowDays, LEAST_TIER_DAYS - (today - state.since), 1);
}

function isBelow(points: number, tier: number, thresholds: TierThresholds): boolean {
  return tier > 0 && points < KEPT_FROM * thresholds[tier - 1]!;
}
