import type { Run } from '../domain/results.ts';
import { isoDay } from '../features/calendar.ts';
import { AMOUNT_SCALE } from '../features/purchase-history.ts';
import { coveredUntil, readTerms } from '../features/renewals.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { ContractChoice, Renewal } from './privacy-reader.ts';

/** The end of each customer's cover, as signed by the run's as-of, and what the deals that end then were worth. */
export async function readRenewals(
  portal: PortalStore,
  run: Run,
  contracts: ContractChoice,
  customerIds: readonly string[],
): Promise<Map<string, Renewal>> {
  const terms = await readTerms(portal, run.portfolio, contracts, { customerIds });
  const covered = coveredUntil(terms, Number.MAX_SAFE_INTEGER);
  const renewals = new Map<string, Renewal>();
  terms.customerIds.forEach((id, i) => {
    if (covered[i]! < 0) return;
    let amount = 0;
    for (let k = terms.offsets[i]!; k < terms.offsets[i + 1]!; k++) {
      if (terms.endDay[k] === covered[i]) amount += terms.amount[k]!;
    }
    renewals.set(id, { day: isoDay(covered[i]!), amount: amount / AMOUNT_SCALE });
  });
  return renewals;
}
