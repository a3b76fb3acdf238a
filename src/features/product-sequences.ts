import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';

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
  // Grouped, which goes on in files where there are millions of lines.
  const bought = `SELECT l.customer AS customer, toInt32(l.day) AS day, toInt32(ids.idx) AS item
     FROM {db:Identifier}.product_lines AS l INNER JOIN ids ON ids.product = l.product
     WHERE l.customer != '' GROUP BY customer, day, item`;
  const ids = `ids AS (SELECT product, toInt32(row_number() OVER (ORDER BY product ASC) - 1) AS idx
       FROM (SELECT DISTINCT product FROM {db:Identifier}.product_lines))`;
  const customers = await portal.arrow(
    `WITH ${ids} SELECT customer, toInt32(count()) AS count FROM (${bought}) GROUP BY customer ORDER BY customer`,
  );
  const rows = await portal.arrow(`WITH ${ids} SELECT day, item FROM (${bought}) ORDER BY customer, day, item`);
  const counts = numberColumn(customers, 'count', Int32Array);
  const offsets = new Int32Array(counts.length + 1);
  for (let c = 0; c < counts.length; c++) offsets[c + 1] = offsets[c]! + counts[c]!;
  return {
    customerIds: await textColumn(customers, 'customer'),
    offsets,
    days: numberColumn(rows, 'day', Int32Array),
    items: numberColumn(rows, 'item', Int32Array),
  };
}
