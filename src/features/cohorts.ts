import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

export const PERIODS = ['month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/** One month of the portal's zone, `YYYY-MM`. */
export interface MonthFacts {
  readonly month: string;
  /** Customers who bought. */
  readonly active: number;
  /** Of those, who bought for the first time ever. */
  readonly fresh: number;
  /** Net won money in the portal's currency, refunds taken off on their own day. */
  readonly revenue: number;
}

/** Cohort `cohort` in its period number `since` (0 is the one of the first purchases). */
export interface CohortCell {
  /** First day of the cohort's period, `YYYY-MM-DD`. */
  readonly cohort: string;
  readonly since: number;
  readonly active: number;
  readonly revenue: number;
}

// A purchase is a day whose deals sum to more than zero; the other days only take money off.
const DAYS = `
  SELECT customer_id, first_date, one.1 AS date, one.2 AS net FROM (
    SELECT customer_id, groupArray((date, net)) AS days, minOrNullIf(date, net > 0) AS first_date FROM (
      SELECT customer_id, toDate32(day) AS date, sum(ifNull(amount, 0)) AS net FROM {db:Identifier}.won_deals
      WHERE cause = '' AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') GROUP BY customer_id, day)
    GROUP BY customer_id)
  ARRAY JOIN days AS one`;

/** Every month from the first deal that counts to the as-of, those without a deal left out. */
export async function readMonths(portal: PortalStore, { asOf }: Portfolio): Promise<MonthFacts[]> {
  const rows = await portal.query<{ month: string; active: string; fresh: string; revenue: string }>(
    `SELECT formatDateTime(date, '%Y-%m') AS month, toString(uniqExactIf(customer_id, net > 0)) AS active,
       toString(countIf(ifNull(date = first_date, false))) AS fresh, toString(sum(net)) AS revenue
     FROM (${DAYS}) GROUP BY month ORDER BY month`,
    { asOf },
  );
  return rows.map(({ month, active, fresh, revenue }) => ({
    month,
    active: Number(active),
    fresh: Number(fresh),
    revenue: Number(revenue),
  }));
}

/**
 * Customers by the period of their first purchase, and what became of them: how many bought, and their net money, in each
 * period since. The `cohorts` newest ones.
 */
export async function readCohorts(
  portal: PortalStore,
  { asOf }: Portfolio,
  period: Period,
  cohorts: number,
): Promise<CohortCell[]> {
  const start = { month: 'toStartOfMonth', quarter: 'toStartOfQuarter', year: 'toStartOfYear' }[period];
  const rows = await portal.query<{ cohort: string; since: string; active: string; revenue: string }>(
    `SELECT toString(cohort) AS cohort, toString(since) AS since, toString(uniqExactIf(customer_id, net > 0)) AS active,
       toString(sum(net)) AS revenue
     FROM (SELECT customer_id, net, ${start}(assumeNotNull(first_date)) AS cohort,
         dateDiff('${period}', cohort, ${start}(date)) AS since
       FROM (${DAYS}) WHERE isNotNull(first_date) AND date >= first_date)
     GROUP BY cohort, since ORDER BY cohort, toInt32(since)`,
    { asOf },
  );
  const newest = new Set([...new Set(rows.map(({ cohort }) => cohort))].slice(-cohorts));
  const kept = rows.filter(({ cohort }) => newest.has(cohort));
  return kept.map(({ cohort, since, active, revenue }) => ({
    cohort,
    since: Number(since),
    active: Number(active),
    revenue: Number(revenue),
  }));
}
