/**
 * Each customer's won deals of a positive amount up to `{asOf:Int64}` whose products are known: how many (`orders`), and how
 * many of them hold `{product:String}` (`held`). Reads `product_lines` as the newest run left it, so that a product is here what
 * it is in the baskets, whether its lines name it by id, SKU or name; `condition`, SQL about it, narrows it.
 */
export function productOrdersSql(condition = '1'): string {
  return `SELECT customer, count() AS orders, countIf(holds) AS held FROM (
      SELECT customer, deal, max(product = {product:String}) AS holds FROM {db:Identifier}.product_lines
      WHERE ${condition} AND customer != '' AND at <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
      GROUP BY customer, deal)
    GROUP BY customer`;
}
