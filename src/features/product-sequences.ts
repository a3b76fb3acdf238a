import type { PortalStore } from '../store/portal-store.ts';
import { numberColumn, textColumn } from './arrow-columns.ts';

/** What each customer bought on which day, by position: customer c owns the rows `offsets[c] … offsets[c + 1] − 1`. */
export interface ProductSequences {
  /** Customers who bought a product, ascending. */
  readonly customerIds: readonly string[];
  readonly offsets: Int32Array;
  /** Days since 1970-01-01 in the portal's zone, ascending within a customer. */
  readonly days: Int32Array;
  /** Positions in `readBoughtProducts`, distinct within a day. */
  readonly items: Int32Array;
}

/** Reads `product_lines` as `buildProductLines` left it. */
export async function readProductSequences(portal: PortalStore): Promise<ProductSequences> {
  const rows = await portal.arrow(
    `WITH ids AS (SELECT product, toInt32(row_number() OVER (ORDER BY product ASC) - 1) AS idx
       FROM (SELECT DISTINCT product FROM {db:Identifier}.product_lines))
     SELECT DISTINCT l.customer AS customer, toInt32(l.day) AS day, toInt32(ids.idx) AS item
     FROM {db:Identifier}.product_lines AS l INNER JOIN ids ON ids.product = l.product
     WHERE l.customer != '' ORDER BY customer, day, item`,
  );
  const customerOfRow = await textColumn(rows, 'customer');
  const customerIds: string[] = [];
  const offsets: number[] = [];
  for (let row = 0; row < customerOfRow.length; row++) {
    if (row > 0 && customerOfRow[row] === customerOfRow[row - 1]) continue;
    offsets.push(row);
    customerIds.push(customerOfRow[row]!);
  }
  return {
    customerIds,
    offsets: Int32Array.from([...offsets, customerOfRow.length]),
    days: numberColumn(rows, 'day', Int32Array),
    items: numberColumn(rows, 'item', Int32Array),
  };
}
