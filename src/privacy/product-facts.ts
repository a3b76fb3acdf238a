import type { Run } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { productOrdersSql } from '../store/product-orders.ts';
import type { ProductTotals } from './privacy-reader.ts';

/** Products in won orders up to the run's as-of, by name; one without a product record is called as its newest line. */
export function readProducts(portal: PortalStore, run: Run): Promise<{ id: string; name: string }[]> {
  return portal.query<{ id: string; name: string }>(
    `SELECT b.product AS id, multiIf(n.name != '', n.name, b.called != '', b.called, b.product) AS name
     FROM (SELECT product, argMax(line_name, (at, line_name)) AS called FROM {db:Identifier}.product_lines
       WHERE customer != '' AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') GROUP BY product) AS b
     LEFT JOIN (SELECT id, name FROM {db:Identifier}.products FINAL) AS n ON n.id = b.product
     ORDER BY name, id`,
    { asOf: run.asOf },
  );
}

export async function readProductTotals(portal: PortalStore, run: Run, productId: string): Promise<ProductTotals> {
  const [row] = await portal.query<Record<keyof ProductTotals, string>>(
    `WITH c AS (${productOrdersSql()}), (SELECT sum(held) / sum(orders) FROM c) AS share
     SELECT count() AS customers, sum(n) AS orders, sum(k) AS held, sum(n * n) AS squaredOrders,
       sum(n * pow(k / n - share, 2)) AS spread
     FROM (SELECT orders AS n, held AS k FROM c)`,
    { asOf: run.asOf, product: productId },
  );
  return {
    customers: Number(row?.customers ?? 0),
    orders: Number(row?.orders ?? 0),
    held: Number(row?.held ?? 0),
    squaredOrders: Number(row?.squaredOrders ?? 0),
    spread: Number(row?.spread ?? 0),
  };
}

/** Only customers with an order whose products are known are in it. */
export async function readProductOrders(
  portal: PortalStore,
  run: Run,
  productId: string,
  customerIds: readonly string[],
): Promise<Map<string, { orders: number; held: number }>> {
  const rows = await portal.query<{ customer: string; orders: string; held: string }>(
    `SELECT customer, orders, held FROM (${productOrdersSql('customer IN {customers:Array(String)}')})`,
    { asOf: run.asOf, product: productId, customers: customerIds },
  );
  return new Map(rows.map(({ customer, orders, held }) => [customer, { orders: Number(orders), held: Number(held) }]));
}
