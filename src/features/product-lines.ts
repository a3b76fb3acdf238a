import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type DerivedPrefix, JOINED_IN_ORDER, rebuild } from './derived-table.ts';

/**
 * Materialises `product_lines`: the line items on won deals with a positive amount up to the as-of, as `deal`, `customer` ('' for
 * none), `day`, `at`, `product`, `line_name`, `money` (whole ten-thousandths of the portal's currency, so that sums do not depend
 * on their order; null where it is not known) and `way`, how the product was found: by its `id`; else the product of the same
 * `sku`; else the one of the same `name`; else the line stands for a product of its own, `own`, called by its SKU or name. Lines
 * of zero or negative amount or quantity are no purchases. Reads `won_deals`; a run asks it many times, so it is joined once.
 * `tables` as for `buildWonDeals`.
 */
export async function buildProductLines(
  portal: PortalStore,
  { currency, asOf }: { readonly currency: string; readonly asOf: Instant },
  tables: DerivedPrefix,
): Promise<void> {
  await rebuild(
    portal,
    `${tables}product_lines`,
    `deal String, customer String, day Int32, at DateTime64(3, 'UTC'), product String, way LowCardinality(String),
     line_name String, money Nullable(Int64)`,
    'customer, day, deal, product',
    productLinesSql(tables),
    { currency, asOf },
  );
}

function productLinesSql(tables: DerivedPrefix): string {
  // A few customers' deals are found by their ids; all of them would be a longer list than the table.
  const ofDeals = (column: string): string =>
    tables === '' ? '1' : `${column} IN (SELECT deal_id FROM {db:Identifier}.${tables}won_deals)`;
  return `
  SELECT w.deal_id AS deal, w.customer_id AS customer, w.day AS day, w.at AS at, p.product AS product, p.way AS way,
    p.line_name AS line_name,
    toInt64(round(10000 * p.amount
      * if(d.currency IN ('', {currency:String}), 1, toFloat64(w.amount) / nullIf(toFloat64(d.amount), 0)))) AS money
  FROM (
    SELECT a.to_id AS deal_id, i.name AS line_name, i.money AS amount,
      multiIf(i.product_id != '', 'id', s.id != '', 'sku', n.id != '', 'name', 'own') AS way,
      multiIf(way = 'id', i.product_id, way = 'sku', s.id, way = 'name', n.id, i.sku_key != '', i.sku_key, i.name_key) AS product
    FROM (
      SELECT id, product_id, name, lowerUTF8(trimBoth(sku)) AS sku_key, lowerUTF8(trimBoth(name)) AS name_key,
        if(isNull(amount), toFloat64(price) * toFloat64(ifNull(quantity, 1)), toFloat64(amount)) AS money
      FROM {db:Identifier}.line_items FINAL
      WHERE NOT archived AND ifNull(amount, 1) > 0 AND ifNull(quantity, 1) > 0
    ) AS i
    INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
      WHERE from_type = 'line_items' AND to_type = 'deals' AND ${ofDeals('to_id')}) AS a ON a.from_id = i.id
    LEFT JOIN (SELECT lowerUTF8(trimBoth(sku)) AS key, min(id) AS id FROM {db:Identifier}.products FINAL
      WHERE key != '' GROUP BY key) AS s ON s.key = i.sku_key
    LEFT JOIN (SELECT lowerUTF8(trimBoth(name)) AS key, min(id) AS id FROM {db:Identifier}.products FINAL
      WHERE key != '' GROUP BY key) AS n ON n.key = i.name_key
  ) AS p
  INNER JOIN (SELECT deal_id, customer_id, day, at, amount FROM {db:Identifier}.${tables}won_deals
    WHERE amount > 0 AND cause NOT IN ('no_close_date', 'after_as_of')
      AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')) AS w ON w.deal_id = p.deal_id
  INNER JOIN (SELECT id, amount, currency FROM {db:Identifier}.deals FINAL WHERE ${ofDeals('id')}) AS d ON d.id = w.deal_id
  WHERE p.product != ''
  ${JOINED_IN_ORDER}`;
}
