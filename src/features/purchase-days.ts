import type { PortalStore } from '../store/portal-store.ts';
import { type DerivedPrefix, JOINED_SORTED, rebuild } from './derived-table.ts';
import { AMOUNT_SCALE } from './purchase-history.ts';

/**
 * Materialises `purchase_days`, one row a customer and day with a won deal that counts, in the order of `idx` and `day`: `amount`,
 * the day's net in whole ten-thousandths of the portal's currency, and `new_products`, how many products the customer bought on
 * that day for the first time. Reads `customers`, `won_deals` and `product_lines`; nearly every analysis reads it whole.
 */
export async function buildPurchaseDays(portal: PortalStore, tables: DerivedPrefix): Promise<void> {
  await rebuild(
    portal,
    `${tables}purchase_days`,
    'idx Int32, day Int32, amount Float64, new_products Int32',
    'idx, day',
    `SELECT toInt32(c.idx) AS idx, d.day AS day, d.amount AS amount, toInt32(f.products) AS new_products
     FROM (
       SELECT customer_id, day, toFloat64(toInt64(round(sum(amount) * ${AMOUNT_SCALE}))) AS amount
       FROM {db:Identifier}.${tables}won_deals WHERE cause = '' GROUP BY customer_id, day
     ) AS d
     INNER JOIN {db:Identifier}.${tables}customers AS c ON c.id = d.customer_id
     LEFT JOIN (
       SELECT customer, first_day AS day, count() AS products FROM (
         SELECT customer, product, min(day) AS first_day FROM {db:Identifier}.${tables}product_lines
         WHERE customer != '' GROUP BY customer, product
       ) GROUP BY customer, day
     ) AS f ON f.customer = d.customer_id AND f.day = d.day
     ${JOINED_SORTED}`,
    {},
  );
}
