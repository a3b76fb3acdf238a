/**
 * Each customer's won deals of a positive amount up to `{asOf:Int64}` whose products are known: how many (`orders`), and how
 * many of them hold `{product:String}` (`held`). Products are counted as baskets count them: line items of zero or negative
 * amount or quantity are not purchases, and one without a product record counts as the product of its name. Reads `won_deals`
 * as the newest run left it; `condition`, SQL about it, narrows it.
 */
export function productOrdersSql(condition = '1'): string {
  return `SELECT w.customer_id AS customer, count() AS orders, countIf(has(p.products, {product:String})) AS held
    FROM (SELECT deal_id, customer_id FROM {db:Identifier}.won_deals
      WHERE ${condition} AND cause = '' AND amount > 0 AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')) AS w
    INNER JOIN (${dealProductsSql()}) AS p ON p.deal_id = w.deal_id
    GROUP BY customer`;
}

/** The products of each deal, by id or by the name of a line item without a product record. */
export function dealProductsSql(): string {
  return `SELECT a.to_id AS deal_id, groupUniqArray(i.product) AS products
    FROM (SELECT id, if(product_id = '', lower(name), product_id) AS product FROM {db:Identifier}.line_items FINAL
      WHERE NOT archived AND ifNull(amount, 1) > 0 AND ifNull(quantity, 1) > 0 AND (product_id != '' OR name != '')) AS i
    INNER JOIN (SELECT from_id, to_id FROM {db:Identifier}.associations FINAL
      WHERE from_type = 'line_items' AND to_type = 'deals') AS a ON a.from_id = i.id
    GROUP BY deal_id`;
}
