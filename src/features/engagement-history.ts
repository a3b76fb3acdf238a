import { ENGAGEMENT_TYPES } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { readCustomerRows, type SomeCustomers } from './customer-rows.ts';

/** Every customer's calls, meetings, e-mails, page views and feedback, aligned with the same ids as the purchase history. */
export interface EngagementHistory {
  readonly customerIds: readonly string[];
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  /** Days since 1970-01-01 in the portal's zone, ascending within a customer. */
  readonly day: Int32Array;
  /** Positions in `ENGAGEMENT_TYPES`. */
  readonly type: Int8Array;
  /** 1 where the customer called or wrote. */
  readonly isInbound: Uint8Array;
  /** 1 where nobody was reached: no answer, no show, cancelled, bounced. */
  readonly isMissed: Uint8Array;
  /** Of feedback, on the source's own scale; NaN without one. */
  readonly score: Float64Array;
}

const INBOUND = ['INBOUND', 'INCOMING_EMAIL'];
const MISSED = ['NO_ANSWER', 'BUSY', 'FAILED', 'CANCELED', 'NO_SHOW', 'BOUNCED'];

/**
 * Nothing later than the portfolio's as-of. An engagement counts from the day on which it was, with the outcome that the CRM
 * has for it; one of several customers counts for each of them, in a portal of contacts for its contacts.
 */
export async function readEngagementHistory(
  portal: PortalStore,
  portfolio: Portfolio,
  options: SomeCustomers = {},
): Promise<EngagementHistory> {
  const { customerIds, offsets, rows } = await readCustomerRows(
    portal,
    options,
    (tables, isWanted) =>
      `SELECT toInt32(c.idx) AS idx, toInt32(toDate32(toTimeZone(e.at, {zone:String}))) AS day,
       toInt8(indexOf({types:Array(String)}, e.type) - 1) AS type,
       toUInt8(has({inbound:Array(String)}, upper(e.direction))) AS inbound,
       toUInt8(has({missed:Array(String)}, upper(e.outcome))) AS missed,
       if(e.score IS NULL, nan, assumeNotNull(e.score)) AS score
     FROM (SELECT * FROM {db:Identifier}.engagements FINAL WHERE NOT archived
       AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')) AS e
     INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
       WHERE from_type = 'engagements' AND to_type = {toType:String}) AS a ON a.from_id = e.id
     INNER JOIN {db:Identifier}.${tables}customers AS c ON c.id = a.to_id
     WHERE ${isWanted}
     ORDER BY idx, day, e.id`,
    {
      asOf: portfolio.asOf,
      zone: portfolio.timeZone,
      toType: portfolio.unit === 'company' ? 'companies' : 'contacts',
      types: ENGAGEMENT_TYPES,
      inbound: INBOUND,
      missed: MISSED,
    },
  );
  return {
    customerIds,
    offsets,
    day: numberColumn(rows, 'day', Int32Array),
    type: numberColumn(rows, 'type', Int8Array),
    isInbound: numberColumn(rows, 'inbound', Uint8Array),
    isMissed: numberColumn(rows, 'missed', Uint8Array),
    score: numberColumn(rows, 'score', Float64Array),
  };
}
