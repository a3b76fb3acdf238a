import type { Portfolio } from '../domain/results.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { readCustomerRows, type SomeCustomers } from './customer-rows.ts';

/** Every customer's support tickets, aligned with the same ids as the purchase history. */
export interface TicketHistory {
  readonly customerIds: readonly string[];
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  /** Days since 1970-01-01 in the portal's zone, ascending within a customer. */
  readonly openedDay: Int32Array;
  /** The same; -1 while the ticket is open at the portfolio's as-of. */
  readonly closedDay: Int32Array;
  /** 0 none, 1 low, 2 medium, 3 high, 4 urgent. */
  readonly priority: Int8Array;
  /** On the source's own scale; NaN without an answer. An answer is known from the day the ticket closed on. */
  readonly satisfaction: Float64Array;
}

/** A ticket of several customers counts for each of them; in a portal of contacts, for its contacts. */
export async function readTicketHistory(
  portal: PortalStore,
  portfolio: Portfolio,
  options: SomeCustomers = {},
): Promise<TicketHistory> {
  const { customerIds, offsets, rows } = await readCustomerRows(
    portal,
    options,
    (tables, isWanted) =>
      `SELECT toInt32(c.idx) AS idx, toInt32(toDate32(toTimeZone(assumeNotNull(t.created_at), {zone:String}))) AS opened,
       if(t.closed_at IS NULL OR t.closed_at > asof, -1,
         toInt32(toDate32(toTimeZone(assumeNotNull(t.closed_at), {zone:String})))) AS closed,
       toInt8(transform(lower(t.priority), ['low', 'medium', 'high', 'urgent'], [1, 2, 3, 4], 0)) AS priority,
       if(t.satisfaction IS NULL, nan, assumeNotNull(t.satisfaction)) AS satisfaction,
       fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') AS asof
     FROM (SELECT * FROM {db:Identifier}.tickets FINAL WHERE NOT archived AND created_at IS NOT NULL) AS t
     INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
       WHERE from_type = 'tickets' AND to_type = {toType:String}) AS a ON a.from_id = t.id
     INNER JOIN {db:Identifier}.${tables}customers AS c ON c.id = a.to_id
     WHERE t.created_at <= asof AND ${isWanted}
     ORDER BY idx, opened, t.id`,
    {
      asOf: portfolio.asOf,
      zone: portfolio.timeZone,
      toType: portfolio.unit === 'company' ? 'companies' : 'contacts',
    },
  );
  return {
    customerIds,
    offsets,
    openedDay: numberColumn(rows, 'opened', Int32Array),
    closedDay: numberColumn(rows, 'closed', Int32Array),
    priority: numberColumn(rows, 'priority', Int8Array),
    satisfaction: numberColumn(rows, 'satisfaction', Float64Array),
  };
}
