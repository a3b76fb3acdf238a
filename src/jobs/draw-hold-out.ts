import { createHash } from 'node:crypto';
import type { PlaybookAssignment } from '../domain/playbooks.ts';

/** How many of `customers` a share leaves out: at least one where a share was asked for, and never everybody. */
export function heldOutCount(customers: number, holdOut: number): number {
  if (holdOut <= 0 || customers < 2) return 0;
  return Math.min(customers - 1, Math.max(1, Math.round(customers * holdOut)));
}

/**
 * Who is treated and who is held out, by rank of the SHA-256 of the run's id and the customer's: nobody chooses, and the same run
 * always draws the same customers, in whatever order they come. By customer id.
 */
export function drawHoldOut(run: string, customerIds: readonly string[], holdOut: number): PlaybookAssignment[] {
  const ranked = customerIds
    .map((customerId) => ({ customerId, rank: rankOf(run, customerId) }))
    .toSorted((a, b) => compare(a.rank, b.rank) || compare(a.customerId, b.customerId));
  const heldOut = heldOutCount(customerIds.length, holdOut);
  return ranked
    .map(({ customerId }, i): PlaybookAssignment => ({ customerId, arm: i < heldOut ? 'held-out' : 'treated' }))
    .toSorted((a, b) => compare(a.customerId, b.customerId));
}

function rankOf(run: string, customerId: string): string {
  // As a JSON array, so that no two different pairs are the same text.
  return createHash('sha256')
    .update(JSON.stringify([run, customerId]))
    .digest('hex');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
