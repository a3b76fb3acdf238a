import type { Portfolio } from '../domain/results.ts';
import { numberColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { RENEWAL_PIPELINES, RENEWAL_WORDS } from './business-mode.ts';
import { readCustomerRows, type SomeCustomers } from './customer-rows.ts';
import { AMOUNT_SCALE } from './purchase-history.ts';

/** Every customer's contracts, one row a won deal that has an end, in the order in which they were signed. */
export interface TermHistory {
  readonly customerIds: readonly string[];
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  /** Days since 1970-01-01 in the portal's zone, ascending within a customer; nothing is known of a contract before it. */
  readonly signedDay: Int32Array;
  readonly startDay: Int32Array;
  /** The last day that the contract covers. */
  readonly endDay: Int32Array;
  /** Of the whole deal, in ten-thousandths of the portal's currency. */
  readonly amount: Float64Array;
}

/** What people say of contracts, beside what the records hold. */
export interface TermChoice {
  /** The deal property that holds a contract's end; null when there is none. */
  readonly endProperty: string | null;
  /** How long a deal runs that recurs (by a line item or its pipeline) and names no end; null: such a deal has no term. */
  readonly termMonths: number | null;
}

/**
 * Reads the won deals that have an end, the first of: the latest end of its line items; the named property of the deal; start
 * plus the billing period of its line items (ISO 8601, 'P12M'); start plus `termMonths`, where the deal recurs. A contract starts on the earliest start
 * of its line items, else on the day it was won. Deals without any end are left out.
 */
export async function readTerms(
  portal: PortalStore,
  portfolio: Portfolio,
  choice: TermChoice,
  options: SomeCustomers = {},
): Promise<TermHistory> {
  const { customerIds, offsets, rows } = await readCustomerRows(
    portal,
    options,
    (tables, isWanted) =>
      `WITH items AS (
       SELECT a.to_id AS deal_id, min(i.starts_at) AS starts_at, max(i.ends_at) AS ends_at,
         max(toInt32OrZero(extract(i.recurring_period, '(\\\\d+)Y')) * 12
           + toInt32OrZero(extract(i.recurring_period, '^P(?:\\\\d+Y)?(\\\\d+)M'))) AS months,
         max(toInt32OrZero(extract(i.recurring_period, '(\\\\d+)W')) * 7
           + toInt32OrZero(extract(i.recurring_period, '(\\\\d+)D'))) AS days
       FROM (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'line_items' AND to_type = 'deals') AS a
       INNER JOIN (SELECT * FROM {db:Identifier}.line_items FINAL
         WHERE NOT archived AND (recurring_period != '' OR recurring_frequency != '' OR isNotNull(ends_at))) AS i
         ON i.id = a.from_id
       GROUP BY deal_id
     ), terms AS (
       SELECT c.idx AS idx, w.deal_id AS deal_id, toInt32(w.day) AS signed, toFloat64(ifNull(w.amount, 0)) AS amount,
         if(isNull(i.starts_at), toDate32(w.day), ${dateOf('i.starts_at')}) AS start,
         multiIf(isNotNull(i.ends_at), ${dateOf('i.ends_at')},
           d.ends != '', ${textDate('d.ends')},
           i.months > 0 OR i.days > 0, addDays(addMonths(start, i.months), i.days - 1),
           {months:Int32} > 0 AND (i.deal_id != '' OR d.pipeline_id IN (${RENEWAL_PIPELINES})),
             addDays(addMonths(start, {months:Int32}), -1), NULL) AS end
       FROM {db:Identifier}.${tables}won_deals AS w
       INNER JOIN {db:Identifier}.${tables}customers AS c ON c.id = w.customer_id
       INNER JOIN (SELECT id, pipeline_id, extra[{end:String}] AS ends FROM {db:Identifier}.deals FINAL) AS d ON d.id = w.deal_id
       LEFT JOIN items AS i ON i.deal_id = w.deal_id
       WHERE w.cause = '' AND w.at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') AND ${isWanted}
     )
     SELECT idx, signed, toInt32(start) AS start_day, toInt32(assumeNotNull(end)) AS end_day,
       round(amount * ${AMOUNT_SCALE}) AS amount
     FROM terms WHERE isNotNull(end) AND end >= start ORDER BY idx, signed, deal_id`,
    {
      asOf: portfolio.asOf,
      zone: portfolio.timeZone,
      end: choice.endProperty ?? '',
      months: choice.termMonths ?? 0,
      words: RENEWAL_WORDS,
    },
  );
  return {
    customerIds,
    offsets,
    signedDay: numberColumn(rows, 'signed', Int32Array),
    startDay: numberColumn(rows, 'start_day', Int32Array),
    endDay: numberColumn(rows, 'end_day', Int32Array),
    amount: numberColumn(rows, 'amount', Float64Array),
  };
}

/** CRMs keep a date as the midnight of UTC; any other instant falls on its day in the portal's zone. */
export function dateOf(instant: string): string {
  return `if(toUnixTimestamp64Milli(assumeNotNull(${instant})) % 86400000 = 0, toDate32(assumeNotNull(${instant})),
    toDate32(toTimeZone(assumeNotNull(${instant}), {zone:String})))`;
}

/** The day in a property's text: a date, an ISO 8601 instant or epoch milliseconds; null when it is none of them. */
export function textDate(text: string): string {
  const instant = `ifNull(parseDateTime64BestEffortOrNull(${text}, 3, 'UTC'),
    if(match(${text}, '^-?\\\\d{11,14}$'), fromUnixTimestamp64Milli(toInt64OrZero(${text}), 'UTC'), NULL))`;
  return `if(isNull(${instant}), NULL, ${dateOf(instant)})`;
}

/** The last day that each customer's contracts cover, of those signed by the end of `cutOffDay`; -1 for none. */
export function coveredUntil(terms: TermHistory, cutOffDay: number): Int32Array {
  const covered = new Int32Array(terms.customerIds.length).fill(-1);
  for (let i = 0; i < covered.length; i++) {
    for (let k = terms.offsets[i]!; k < terms.offsets[i + 1]! && terms.signedDay[k]! <= cutOffDay; k++) {
      if (terms.endDay[k]! > covered[i]!) covered[i] = terms.endDay[k]!;
    }
  }
  return covered;
}

/** Positions of the customers whose cover ends in (cut-off, cut-off + H] by what was signed at the cut-off, ascending. */
export function dueCustomers(terms: TermHistory, cutOffDay: number, horizonDays: number): Int32Array {
  const covered = coveredUntil(terms, cutOffDay);
  return covered.map((_, i) => i).filter((i) => covered[i]! > cutOffDay && covered[i]! <= cutOffDay + horizonDays);
}

/**
 * 1 where a customer did not renew, 0 where it did: signed, after the cut-off and by `graceDays` after its cover's end, a
 * contract that runs on beyond that end. The labels are complete once cut-off + H + grace is over.
 */
export function notRenewedLabels(
  terms: TermHistory,
  cutOffDay: number,
  graceDays: number,
  customers: Int32Array,
): Uint8Array {
  const covered = coveredUntil(terms, cutOffDay);
  const labels = new Uint8Array(customers.length).fill(1);
  for (let row = 0; row < customers.length; row++) {
    const i = customers[row]!;
    for (let k = terms.offsets[i]!; k < terms.offsets[i + 1]! && labels[row] === 1; k++) {
      const isInTime = terms.signedDay[k]! > cutOffDay && terms.signedDay[k]! <= covered[i]! + graceDays;
      if (isInTime && terms.endDay[k]! > covered[i]!) labels[row] = 0;
    }
  }
  return labels;
}

/**
 * Covers that ended in (fromDay, toDay] and how many of them were renewed within the grace: the rate per renewal. Only ends
 * whose grace was over by `toDay` count.
 */
export function renewalsBetween(
  terms: TermHistory,
  fromDay: number,
  toDay: number,
  graceDays: number,
): { readonly ended: number; readonly renewed: number } {
  let ended = 0;
  let renewed = 0;
  for (let i = 0; i < terms.customerIds.length; i++) {
    let cover = -1;
    const close = (isRenewed: boolean) => {
      if (cover <= fromDay || cover + graceDays > toDay) return;
      ended++;
      if (isRenewed) renewed++;
    };
    for (let k = terms.offsets[i]!; k < terms.offsets[i + 1]! && terms.signedDay[k]! <= toDay; k++) {
      const end = terms.endDay[k]!;
      if (end <= cover) continue;
      if (cover !== -1) close(terms.signedDay[k]! <= cover + graceDays);
      cover = end;
    }
    if (cover !== -1) close(false);
  }
  return { ended, renewed };
}
