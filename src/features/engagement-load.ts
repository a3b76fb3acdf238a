import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { numberColumn } from './arrow-columns.ts';

/** Engagements count for this many days before the as-of. */
export const ENGAGEMENT_DAYS = 365;

/**
 * Calls, meetings, e-mails, page views and feedback of each customer in the year before the as-of, by position in
 * `customers` (see `buildWonDeals`), which is the order of the purchase history. All zero in a portal without any.
 */
export async function readEngagementLoad(portal: PortalStore, portfolio: Portfolio): Promise<Int32Array> {
  const rows = await portal.arrow(
    `SELECT toInt32(c.idx) AS idx, toInt32(ifNull(e.engagements, 0)) AS engagements
     FROM {db:Identifier}.customers AS c
     LEFT JOIN (
       SELECT a.to_id AS id, count() AS engagements
       FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'engagements' AND to_type = {toType:String}) AS a
       INNER JOIN (SELECT id, at FROM {db:Identifier}.engagements FINAL WHERE NOT archived) AS g ON g.id = a.from_id
       WHERE g.at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
         AND g.at > fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') - INTERVAL ${ENGAGEMENT_DAYS} DAY
       GROUP BY id) AS e ON e.id = c.id
     ORDER BY idx`,
    { asOf: portfolio.asOf, toType: portfolio.unit === 'company' ? 'companies' : 'contacts' },
  );
  return numberColumn(rows, 'engagements', Int32Array);
}
