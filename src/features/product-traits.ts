import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What the CRM says of each product, by position in `readBoughtProducts`. */
export interface ProductTraits {
  /** What its SKU begins with, `sen` of `SEN-104`; '' where there is no such beginning, or only one for all. */
  readonly category: readonly string[];
  /** The list price in the portal's currency; NaN where it has none. */
  readonly price: Float64Array;
}

/** Letters before the first separator. */
const BEGINNING = /^(\p{L}{2,})[-_/. ]/u;

export async function readProductTraits(portal: PortalStore): Promise<ProductTraits> {
  const rows = await portal.arrow(
    `SELECT l.product AS id, any(n.sku) AS sku, any(n.price) AS price
     FROM (SELECT DISTINCT product FROM {db:Identifier}.product_lines) AS l
     LEFT JOIN (SELECT id, sku, ifNull(toFloat64(price), 0) AS price FROM {db:Identifier}.products FINAL) AS n
       ON n.id = l.product
     GROUP BY id ORDER BY id`,
  );
  const skus = await textColumn(rows, 'sku');
  const price = numberColumn(rows, 'price', Float64Array).map((value) => (value > 0 ? value : Number.NaN));
  const category = skus.map((sku) => BEGINNING.exec(sku.trim())?.[1]?.toLowerCase() ?? '');
  const isTelling = new Set(category).size > 1;
  return { category: isTelling ? category : category.map(() => ''), price };
}
