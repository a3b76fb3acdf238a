import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { readEngagementHistory } from './engagement-history.ts';
import { zonedDay } from './zoned-day.ts';

/** Engagements count for this many days up to the as-of. */
export const ENGAGEMENT_DAYS = 365;

/**
 * Calls, meetings, e-mails, page views and feedback of each customer in the year up to the as-of, by position in
 * `customers` (see `buildWonDeals`), which is the order of the purchase history. All zero in a portal without any.
 */
export async function readEngagementLoad(portal: PortalStore, portfolio: Portfolio): Promise<Int32Array> {
  const { customerIds, offsets, day } = await readEngagementHistory(portal, portfolio);
  const earliest = zonedDay(portfolio.asOf, portfolio.timeZone) - ENGAGEMENT_DAYS;
  const load = new Int32Array(customerIds.length);
  for (let i = 0; i < load.length; i++) {
    for (let k = offsets[i + 1]! - 1; k >= offsets[i]! && day[k]! > earliest; k--) load[i] = load[i]! + 1;
  }
  return load;
}
