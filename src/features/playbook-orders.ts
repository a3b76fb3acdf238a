import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What one customer bought in a stretch of time. */
export interface CustomerOrders {
  /** Days with net won money above 0. */
  readonly days: number;
  /** Net of refunds, in the portal's currency. */
  readonly money: number;
}

/**
 * Who bought after `from` and until `to`, by customer id, from `won_deals` as the newest run left it; who is not in it has not.
 * A day is one purchase, as everywhere.
 */
export async function ordersBetween(
  portal: PortalStore,
  from: Instant,
  to: Instant,
): Promise<ReadonlyMap<string, CustomerOrders>> {
  const rows = await portal.query<{ customer_id: string; days: string; money: string }>(
    `SELECT customer_id, countIf(of_day > 0) AS days, toString(sum(of_day)) AS money FROM (
       SELECT customer_id, day, sum(amount) AS of_day FROM {db:Identifier}.won_deals
       WHERE cause = '' AND at > fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND at <= fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       GROUP BY customer_id, day)
     GROUP BY customer_id`,
    { from: Math.trunc(from), to: Math.trunc(to) },
  );
  return new Map(
    rows.map(({ customer_id, days, money }) => [customer_id, { days: Number(days), money: Number(money) }]),
  );
}
