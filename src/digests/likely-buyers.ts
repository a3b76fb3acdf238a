import { type ChurnSummary, churnDetailsSchema } from '../analyses/churn-summary.ts';
import { dueDay, isDue, SOON_DAYS } from '../analyses/likely-due.ts';
import { likelyBasis } from '../analyses/likely-words.ts';
import type { Run } from '../domain/results.ts';
import type { Finding } from '../ledger/findings.ts';
import type { CustomerRow, PrivacyReader } from '../privacy/privacy-reader.ts';

/** A customer who is likely to order now or soon, and what an order of theirs usually is. */
export interface LikelyBuyer {
  readonly finding: Finding;
  readonly row: CustomerRow;
  readonly due: 'now' | 'soon';
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly isYearly: boolean;
  /** Null below evidence level 2. */
  readonly chance: number | null;
  /** The usual amount of one order, in the portal's currency. */
  readonly amount: number;
}

/** Off-rhythm from which a customer is late, and no longer one who is about to buy. */
const LATE_FROM = 1.5;
// Those told lately are passed over.
const READ = 500;

/**
 * Customers at low risk whose order is due, or will be within 14 days, and who are not late yet: by chance × usual amount, the
 * most first. Nobody where the risk is not that of no order.
 */
export async function readLikelyBuyers(
  reader: PrivacyReader,
  run: Run,
  summary: ChurnSummary,
): Promise<readonly LikelyBuyer[]> {
  const basis = likelyBasis(summary);
  if (summary.outcome.kind !== 'no-order') return [];
  const { rows } = await reader.rows(run, 'churn-risk', {
    band: 'low',
    dueWithin: SOON_DAYS,
    order: basis.hasChance ? 'likely-desc' : 'order-size-desc',
    limit: READ,
  });
  return rows
    .flatMap((row) => likelyBuyer(run, row) ?? [])
    .sort((a, b) => weight(b) - weight(a) || (a.finding.key < b.finding.key ? -1 : 1));
}

function weight({ chance, amount }: LikelyBuyer): number {
  return (chance ?? 1) * amount;
}

function likelyBuyer(run: Run, row: CustomerRow): LikelyBuyer | null {
  const details = churnDetailsSchema.safeParse(row.details).data;
  if (details === undefined || details.order_size === null) return null;
  const day = dueDay(run, details);
  const due = isDue(run, day);
  if (day === null || due === null || (details.off_rhythm ?? 0) >= LATE_FROM) return null;
  const { customerId } = row;
  const amount = details.order_size;
  return {
    finding: { key: `likely:${customerId}`, customerId, band: `due-${due}`, money: amount.toFixed(2) },
    row,
    due,
    day,
    isYearly: details.is_yearly,
    chance: row.evidence >= 2 && row.value !== null ? 1 - row.value : null,
    amount,
  };
}
