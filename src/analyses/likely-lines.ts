import type { Run } from '../domain/results.ts';
import type { PresentedRow } from './analysis.ts';
import { type ChurnDetails, type ChurnSummary, churnDetailsSchema } from './churn-summary.ts';
import { dueDay } from './likely-due.ts';
import { type LikelyBasis, likelyBasis } from './likely-words.ts';
import { type SharePrior, shrunkenShare } from './shrunken-share.ts';

/** What was asked beside the customers. */
export interface LikelyFacts {
  readonly product: LikelyProduct | null;
  /** By customer, in a business of contracts: the day (YYYY-MM-DD) on which the cover ends, and what it was worth. */
  readonly renewals: ReadonlyMap<string, { readonly day: string; readonly amount: number }>;
}

export interface LikelyProduct {
  readonly name: string;
  readonly prior: SharePrior;
  /** By customer: orders whose products are known, and those that hold the product. */
  readonly orders: ReadonlyMap<string, { readonly orders: number; readonly held: number }>;
}

/** A customer in the list, with what it is ranked by. */
export interface LikelyLine {
  readonly row: PresentedRow;
  readonly details: ChurnDetails;
  /** Of an order (or a renewal) in the horizon; null where there is no probability. */
  readonly chance: number | null;
  /** With a product: that an order holds it. */
  readonly share: number | null;
  readonly amount: number;
  /** Days since 1970-01-01. */
  readonly day: number | null;
  /** What the list is ranked by. */
  readonly weight: number;
}

/** These customers, the most likely first. */
export function likelyLines(
  summary: ChurnSummary,
  run: Run,
  rows: readonly PresentedRow[],
  facts: LikelyFacts,
): LikelyLine[] {
  const basis = likelyBasis(summary);
  return rows
    .map((row) => lineOf(run, basis, row, facts))
    .sort((a, b) => b.weight - a.weight || (a.row.customerId < b.row.customerId ? -1 : 1));
}

function lineOf(run: Run, basis: LikelyBasis, row: PresentedRow, { product, renewals }: LikelyFacts): LikelyLine {
  const details = churnDetailsSchema.parse(row.details);
  const renewal = renewals.get(row.customerId);
  const hasChance = basis.hasChance && row.evidence >= 2 && row.value !== null;
  const chance = hasChance ? 1 - (row.value ?? 0) : null;
  const bought = product?.orders.get(row.customerId) ?? { orders: 0, held: 0 };
  const share = product === null ? null : shrunkenShare(product.prior, bought.held, bought.orders);
  const amount = renewal?.amount ?? details.order_size ?? 0;
  const day =
    renewal === undefined ? dueDay(run, details) : Math.round(Date.parse(`${renewal.day}T00:00:00Z`) / 86_400_000);
  // Without a probability, renewals go by their date and orders by their amount.
  const weight =
    share !== null
      ? (chance ?? 1) * share
      : chance !== null
        ? chance * amount
        : basis.kind === 'renewal'
          ? -(day ?? Number.MAX_SAFE_INTEGER)
          : amount;
  return { row, details, chance, share, amount, day, weight };
}
