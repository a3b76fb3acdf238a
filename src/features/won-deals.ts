import type { CustomerUnit, Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { WON_DEALS } from './customer-unit.ts';
import { type DerivedPrefix, JOINED_IN_ORDER, rebuild } from './derived-table.ts';
import { buildProductLines } from './product-lines.ts';
import { buildPurchaseDays } from './purchase-days.ts';

/** What decides how won deals are read. */
export interface WonDealsChoice {
  readonly unit: CustomerUnit;
  /** IANA. */
  readonly timeZone: string;
  /** The portal's own, ISO 4217. */
  readonly currency: string;
  readonly asOf: Instant;
  /** Leaves out customers that were made after the as-of, unless a deal of theirs was closed by then: for looking at the past. */
  readonly existing?: boolean;
}

/**
 * Materialises the tables that everything else of a run reads, so that records arriving meanwhile change nothing: those of
 * `buildProductLines` and `buildPurchaseDays`, and before them
 * `customers` (`idx`, the position in ascending order of id; `id`) and `won_deals`, one row a won deal:
 * - `customer_id`: the primary customer; if none is marked the only one; if several the oldest, and `is_contested`; '' for none;
 * - `at`, `day`: the closing instant (epoch 0 without one) and its days since 1970-01-01 in the portal's zone;
 * - `amount`: Decimal(38, 6) in the portal's currency, null when unknown; `source` says how it was found: `home` (the CRM
 *   converted it), `own` (already in the portal's currency), `rate` (multiplied here), '' (not at all);
 * - `cause`: why it is left out of every history, the first that holds of `no_amount`, `no_rate`, `no_customer`,
 *   `no_close_date` and `after_as_of`; '' when it counts.
 */
export async function buildWonDeals(
  portal: PortalStore,
  choice: WonDealsChoice,
  /** Only these customers and the deals that may be theirs, in tables of their own beside the run's. */
  some: { readonly customerIds: readonly string[]; readonly tables: DerivedPrefix } = { customerIds: [], tables: '' },
): Promise<void> {
  const toType = choice.unit === 'company' ? 'companies' : 'contacts';
  const isAll = some.tables === '';
  const ids: Record<string, readonly string[]> = isAll ? {} : { ids: some.customerIds };
  const theirDeals = isAll
    ? '1'
    : `id IN (SELECT from_id FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'deals' AND to_type = {toType:String} AND to_id IN {ids:Array(String)})`;
  await rebuild(
    portal,
    `${some.tables}customers`,
    'idx Int32, id String',
    'idx',
    `SELECT toInt32(row_number() OVER (ORDER BY id ASC)) - 1 AS idx, id
     FROM {db:Identifier}.${toType} FINAL WHERE NOT archived AND ${isAll ? '1' : 'id IN {ids:Array(String)}'}
       AND ${choice.existing === true ? EXISTED : '1'}`,
    { ...ids, ...(choice.existing === true ? { toType, asOf: choice.asOf } : {}) },
  );
  await rebuild(
    portal,
    `${some.tables}won_deals`,
    `deal_id String, customer_id String, at DateTime64(3, 'UTC'), day Int32, source LowCardinality(String),
     amount Nullable(Decimal(38, 6)), cause LowCardinality(String), is_contested Bool`,
    'customer_id, day, deal_id',
    `WITH customer_of AS (
       SELECT a.from_id AS deal_id, countIf(a.is_primary) AS primaries, count() AS candidates,
         argMin(c.id, (NOT a.is_primary, c.created, c.id)) AS customer_id
       FROM (SELECT from_id, to_id, is_primary FROM {db:Identifier}.associations FINAL
         WHERE from_type = 'deals' AND to_type = {toType:String} AND ${theirDeals.replace('id IN', 'from_id IN')}) AS a
       INNER JOIN (SELECT id, if(isNull(created_at), toInt64(9223372036854775807),
           toUnixTimestamp64Milli(assumeNotNull(created_at))) AS created
         FROM {db:Identifier}.${toType} FINAL WHERE NOT archived) AS c ON c.id = a.to_id
       GROUP BY deal_id
     )
     SELECT w.id AS deal_id, o.customer_id AS customer_id, ifNull(w.closed_at, toDateTime64(0, 3, 'UTC')) AS at,
       toInt32(toDate32(toTimeZone(at, {zone:String}))) AS day,
       multiIf(isNotNull(w.home_amount), 'home', isNull(w.amount), '', w.currency IN ('', {currency:String}), 'own',
         isNotNull(w.exchange_rate), 'rate', '') AS source,
       multiIf(source = 'home', w.home_amount, source = 'own', w.amount,
         source = 'rate', CAST(round(toDecimal256(assumeNotNull(w.amount), 6)
           * toDecimal256(assumeNotNull(w.exchange_rate), 12), 6), 'Nullable(Decimal(38, 6))'), NULL) AS amount,
       multiIf(isNull(w.home_amount) AND isNull(w.amount), 'no_amount', source = '', 'no_rate', customer_id = '', 'no_customer',
         isNull(w.closed_at), 'no_close_date', at > fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'), 'after_as_of', '') AS cause,
       o.candidates > 1 AND o.primaries != 1 AS is_contested
     FROM (SELECT * FROM (${WON_DEALS}) WHERE ${theirDeals}) AS w LEFT JOIN customer_of AS o ON o.deal_id = w.id
     ${JOINED_IN_ORDER}`,
    { toType, zone: choice.timeZone, currency: choice.currency, asOf: choice.asOf, ...ids },
  );
  await buildProductLines(portal, choice, some.tables);
  await buildPurchaseDays(portal, some.tables);
}

const AS_OF = `fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')`;
const EXISTED = `(isNull(created_at) OR created_at <= ${AS_OF} OR id IN (
  SELECT to_id FROM {db:Identifier}.associations FINAL WHERE from_type = 'deals' AND to_type = {toType:String}
    AND from_id IN (SELECT id FROM (${WON_DEALS}) WHERE closed_at <= ${AS_OF})))`;

/** What `buildWonDeals` makes anew from the CRM's records: nothing to back up. */
export const DERIVED_TABLES: readonly string[] = ['', 'rescore_'].flatMap((prefix) =>
  ['customers', 'won_deals', 'product_lines', 'purchase_days'].map((name) => prefix + name),
);
