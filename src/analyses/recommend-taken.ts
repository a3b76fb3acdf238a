import { RFM_GROUPS, type RfmGroup } from '../features/rfm.ts';
import type { RecommendationEvidence } from '../models/recommender.ts';
import { SUGGESTED, type Suggested } from './recommend-suggest.ts';
import { type SharePrior, sharePrior, shrunkenShare } from './shrunken-share.ts';

/** How often the suggestions of one place were bought in the horizon, whether the customer bought anything new or not. */
export interface TakenShares {
  readonly prior: SharePrior;
  /** By cell: suggestions bought, and suggestions made. */
  readonly taken: Float64Array;
  readonly made: Float64Array;
}

/** How briskly a customer of an RFM group buys: 0 quiet, 1 between, 2 brisk. */
const PACE: Readonly<Record<RfmGroup, 0 | 1 | 2>> = {
  champions: 2,
  loyal: 2,
  potential: 2,
  promising: 1,
  'recent-small': 1,
  attention: 1,
  sleepy: 1,
  'at-risk': 0,
  'cannot-lose': 0,
  hibernating: 0,
  lost: 0,
};
const PACES = 3;
/** A suggestion is the stronger the more of those looked at have the product: by quarters. */
const STRENGTHS = 4;

function cellOf(group: number, { have, of }: RecommendationEvidence): number {
  const pace = group < 0 ? 0 : PACE[RFM_GROUPS[group]!];
  const strength = of === 0 ? 0 : Math.min(STRENGTHS - 1, Math.floor((STRENGTHS * have) / of));
  return pace * STRENGTHS + strength;
}

/** Counts, by place, of the suggestions made to each of `rows` those that `news` says it bought afterwards. */
export function takenShares(
  rows: Int32Array,
  suggest: (row: number) => readonly Suggested[],
  news: (row: number) => readonly number[],
  groupOf: (row: number) => number,
): TakenShares[] {
  const taken = Array.from({ length: SUGGESTED }, () => new Float64Array(PACES * STRENGTHS));
  const made = Array.from({ length: SUGGESTED }, () => new Float64Array(PACES * STRENGTHS));
  for (const row of rows) {
    const bought = news(row);
    for (const [place, { column, by }] of suggest(row).entries()) {
      const cell = cellOf(groupOf(row), by.evidence(row, column));
      made[place]![cell]!++;
      if (bought.includes(column)) taken[place]![cell]!++;
    }
  }
  return taken.map((counts, place) => ({ taken: counts, made: made[place]!, prior: priorOf(counts, made[place]!) }));
}

/**
 * The chance that a suggestion is bought within the horizon: the share of those made in its place, with evidence as strong, to
 * customers who buy as briskly, drawn towards that of its place where they are few. Null without a count of its place.
 */
export function chanceOf(
  shares: readonly TakenShares[],
  place: number,
  group: number,
  evidence: RecommendationEvidence,
): number | null {
  const counted = shares[place];
  if (counted === undefined) return null;
  const cell = cellOf(group, evidence);
  return shrunkenShare(counted.prior, counted.taken[cell]!, counted.made[cell]!);
}

/** A cell is to the prior what a customer is to a product's share. */
function priorOf(taken: Float64Array, made: Float64Array): SharePrior {
  const orders = made.reduce((sum, count) => sum + count, 0);
  const held = taken.reduce((sum, count) => sum + count, 0);
  let customers = 0;
  let squaredOrders = 0;
  let spread = 0;
  for (const [cell, count] of made.entries()) {
    if (count === 0) continue;
    customers++;
    squaredOrders += count * count;
    spread += count * (taken[cell]! / count - held / orders) ** 2;
  }
  return sharePrior({ customers, orders, held, squaredOrders, spread });
}
