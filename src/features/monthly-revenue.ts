import type { DecimalText } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Won revenue of one month; months without a won deal have no row. */
export interface MonthRevenue {
  /** Year · 12 + month − 1. */
  readonly month: number;
  /** Exact, in the portal's currency. */
  readonly amount: DecimalText;
  readonly deals: number;
  /** Days since 1970-01-01 of the month's first won deal. */
  readonly firstDay: number;
}

/**
 * Won deals with an amount and a close date up to the portfolio's as-of, by month of the portal's zone, ascending; those
 * without a customer are revenue too. Reads `won_deals` as `buildWonDeals` left it.
 */
export async function readMonthlyRevenue(portal: PortalStore, portfolio: Portfolio): Promise<readonly MonthRevenue[]> {
  const rows = await portal.query<{
    month: number | string;
    amount: string;
    deals: number | string;
    first: number | string;
  }>(
    `SELECT toInt32(toYear(date) * 12 + toMonth(date) - 1) AS month, toString(sum(amount)) AS amount,
       toInt32(count()) AS deals, toInt32(min(day)) AS first
     FROM (SELECT amount, day, addDays(toDate32('1970-01-01'), day) AS date FROM {db:Identifier}.won_deals
       WHERE cause IN ('', 'no_customer') AND isNotNull(amount) AND day > 0
         AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'))
     GROUP BY month ORDER BY month`,
    { asOf: portfolio.asOf },
  );
  return rows.map((row) => ({
    month: Number(row.month),
    amount: row.amount,
    deals: Number(row.deals),
    firstDay: Number(row.first),
  }));
}
