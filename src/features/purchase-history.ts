import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { DerivedPrefix } from './derived-table.ts';

/**
 * Every customer's purchases, one row a customer and day, with nothing later than the run's as-of. Features at an
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

/** Reads `customers` and `purchase_days` as `buildWonDeals` left them; `tables` says which ones. */
export async function readPurchaseHistory(
  portal: PortalStore,
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
    `SELECT idx, day, amount, new_products FROM {db:Identifier}.${tables}purchase_days
     WHERE ${some === '1' ? '1' : `idx IN (SELECT idx FROM {db:Identifier}.${tables}customers WHERE ${some})`}
     ORDER BY idx, day`,
    parameters,
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
