import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { numberColumn, textColumn } from './arrow-columns.ts';

/** What was bought together, by position: basket b holds `items[offsets[b] … offsets[b + 1])`. */
export interface PurchaseBaskets {
  /** Ascending by id; `name` is the newest line's where the product itself has none. */
  readonly products: readonly { readonly id: string; readonly name: string }[];
  readonly offsets: Int32Array;
  /** Positions in `products`, ascending and distinct within a basket. */
  readonly items: Int32Array;
}

/**
 * Baskets of won deals with a positive amount, up to the portfolio's as-of: the products of one deal, or all products a
 * customer has bought. Line items of zero or negative amount or quantity are not purchases. A line item without a product
 * record counts as the product of its name. Reads `won_deals` as `buildWonDeals` left it.
 */
export async function readBaskets(
  portal: PortalStore,
  portfolio: Portfolio,
  options: { per: 'deal' | 'customer' },
): Promise<PurchaseBaskets> {
  const parameters = { asOf: portfolio.asOf };
  const lines = `SELECT w.deal_id AS deal, w.customer_id AS customer, p.product AS product, p.line_name AS line_name, w.at AS at
    FROM (SELECT a.to_id AS deal_id, if(i.product_id = '', lower(i.name), i.product_id) AS product, i.name AS line_name
      FROM (SELECT id, product_id, name FROM {db:Identifier}.line_items FINAL
        WHERE NOT archived AND ifNull(amount, 1) > 0 AND ifNull(quantity, 1) > 0) AS i
      INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
        WHERE from_type = 'line_items' AND to_type = 'deals') AS a ON a.from_id = i.id) AS p
    INNER JOIN (SELECT deal_id, customer_id, at FROM {db:Identifier}.won_deals
      WHERE amount > 0 AND cause NOT IN ('no_close_date', 'after_as_of')
        AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')) AS w ON w.deal_id = p.deal_id
    WHERE p.product != ''`;
  const products = await portal.arrow(
    `SELECT l.product AS id, if(any(n.name) = '', argMax(l.line_name, (l.at, l.line_name)), any(n.name)) AS name
     FROM (${lines}) AS l
     LEFT JOIN (SELECT id, name FROM {db:Identifier}.products FINAL) AS n ON n.id = l.product
     GROUP BY id ORDER BY id`,
    parameters,
  );
  const ids = await textColumn(products, 'id');
  const names = await textColumn(products, 'name');
  const key = options.per === 'deal' ? 'deal' : 'customer';
  const rows = await portal.arrow(
    `WITH l AS (${lines}), ids AS (SELECT product, toInt32(row_number() OVER (ORDER BY product ASC) - 1) AS idx
       FROM (SELECT DISTINCT product FROM l))
     SELECT toInt32(dense_rank() OVER (ORDER BY k ASC) - 1) AS basket, item FROM (
       SELECT DISTINCT l.${key} AS k, toInt32(ids.idx) AS item FROM l INNER JOIN ids ON ids.product = l.product
       WHERE l.${key} != '')
     ORDER BY basket, item`,
    parameters,
  );
  const basket = numberColumn(rows, 'basket', Int32Array);
  const offsets: number[] = [];
  for (let row = 0; row < basket.length; row++) if (row === 0 || basket[row] !== basket[row - 1]) offsets.push(row);
  return {
    products: ids.map((id, i) => ({ id, name: names[i]! === '' ? id : names[i]! })),
    offsets: Int32Array.from([...offsets, basket.length]),
    items: numberColumn(rows, 'item', Int32Array),
  };
}
