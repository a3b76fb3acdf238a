import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { numberColumn, textColumn } from './arrow-columns.ts';
import type { DerivedPrefix } from './won-deals.ts';

/**
 * Every customer's purchases, one row a customer and day, with nothing later than the portfolio's as-of. Features at an
 * earlier cut-off day D come from the rows with `day` ≤ D alone, which is what keeps later events out of them.
 */
export interface PurchaseHistory {
  /** All customers of the portal's unit, those who never bought as well, ascending. */
  readonly customerIds: readonly string[];
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  /** Days since 1970-01-01 in the portal's zone, ascending within a customer. */
  readonly day: Int32Array;
  /**
   * The day's net won amount in ten-thousandths of the portal's currency, whole numbers: above 0 is a purchase, anything
   * else a day of refunds.
   */
  readonly amount: Float64Array;
  /** How many products the customer bought on that day for the first time. */
  readonly newProducts: Int32Array;
}

/** Ten-thousandths in one unit of the portal's currency. */
export const AMOUNT_SCALE = 10_000;

/** Reads `customers` and `won_deals` as `buildWonDeals` left them; `tables` says which ones. */
export async function readPurchaseHistory(
  portal: PortalStore,
  portfolio: Portfolio,
  options: { customerIds?: readonly string[]; tables?: DerivedPrefix } = {},
): Promise<PurchaseHistory> {
  const { sql: some, parameters } = someCustomers(options.customerIds);
  const { tables = '' } = options;
  const customers = await portal.arrow(
    `SELECT idx, id FROM {db:Identifier}.${tables}customers WHERE ${some} ORDER BY idx`,
    parameters,
  );
  const customerIds = await textColumn(customers, 'id');
  const rows = await portal.arrow(
    `WITH bought AS (
       SELECT c.idx AS idx, w.day AS day, w.deal_id AS deal_id, w.amount AS amount
       FROM {db:Identifier}.${tables}won_deals AS w INNER JOIN {db:Identifier}.${tables}customers AS c ON c.id = w.customer_id
       WHERE w.cause = '' AND w.at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') AND ${some}
     ), firsts AS (
       SELECT idx, first_day AS day, count() AS products FROM (
         SELECT b.idx AS idx, p.product AS product, min(b.day) AS first_day
         FROM (SELECT a.to_id AS deal_id, if(i.product_id = '', lower(i.name), i.product_id) AS product
           FROM (SELECT id, product_id, name FROM {db:Identifier}.line_items FINAL WHERE NOT archived) AS i
           INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
             WHERE from_type = 'line_items' AND to_type = 'deals') AS a ON a.from_id = i.id) AS p
         INNER JOIN bought AS b ON b.deal_id = p.deal_id
         WHERE b.amount > 0 GROUP BY idx, product
       ) GROUP BY idx, day
     ), days AS (
       SELECT idx, day, toFloat64(toInt64(round(sum(amount) * ${AMOUNT_SCALE}))) AS amount FROM bought GROUP BY idx, day
     )
     SELECT toInt32(d.idx) AS idx, toInt32(d.day) AS day, d.amount AS amount, toInt32(f.products) AS new_products
     FROM days AS d LEFT JOIN firsts AS f ON f.idx = d.idx AND f.day = d.day
     ORDER BY idx, day`,
    { asOf: portfolio.asOf, ...parameters },
  );
  return {
    customerIds,
    offsets: offsetsOf(numberColumn(customers, 'idx', Int32Array), numberColumn(rows, 'idx', Int32Array)),
    day: numberColumn(rows, 'day', Int32Array),
    amount: numberColumn(rows, 'amount', Float64Array),
    newProducts: numberColumn(rows, 'new_products', Int32Array),
  };
}

/** A condition on `id` or, joined, on the customer's id. */
export function someCustomers(customerIds: readonly string[] | undefined): {
  sql: string;
  parameters: { ids?: readonly string[] };
} {
  return customerIds === undefined
    ? { sql: '1', parameters: {} }
    : { sql: 'id IN ({ids:Array(String)})', parameters: { ids: customerIds } };
}

/** Where each of the ascending `keys` begins and ends in the ascending `rows`. */
export function offsetsOf(keys: Int32Array, rows: Int32Array): Int32Array {
  const offsets = new Int32Array(keys.length + 1);
  let row = 0;
  for (let i = 0; i < keys.length; i++) {
    offsets[i] = row;
    while (row < rows.length && rows[row] === keys[i]) row++;
  }
  offsets[keys.length] = row;
  return offsets;
}
