import type { Portfolio } from '../domain/results.ts';
import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { AMOUNT_SCALE } from './purchase-history.ts';

/** Purchases by what they were of, in blocks of days that end with the last complete one. */
export interface PurchaseMix {
  readonly dimension: readonly string[];
  readonly category: readonly string[];
  /** 0 is the newest block. */
  readonly block: Int32Array;
  readonly deals: Int32Array;
  /** Ten-thousandths of the portal's currency. */
  readonly amount: Float64Array;
  /** The customers behind the newest block of a category, five at most each. */
  readonly drivers: readonly { dimension: string; category: string; customerId: string; amount: number }[];
}

export const MIX_BLOCK_DAYS = 28;
export const MIX_BLOCKS = 13;
/** Rarer ones have no share that could shift. */
const LEAST_DEALS = 20;
const MOST_CATEGORIES = 40;

/**
 * How won deals divide over products and countries. A deal of several products counts for each of them, with the line's own
 * amount. Segments are no part of it: one run's are built on recency, so that who bought lately is in another segment than who
 * bought before, and their shares of past blocks would shift without anybody buying differently.
 */
export async function readPurchaseMix(
  portal: PortalStore,
  portfolio: Portfolio,
  lastDay: number,
): Promise<PurchaseMix> {
  const customers = portfolio.unit === 'company' ? 'companies' : 'contacts';
  const won = `SELECT deal_id, customer_id, amount, intDiv({last:Int32} - day, ${MIX_BLOCK_DAYS}) AS block
    FROM {db:Identifier}.won_deals
    WHERE cause = '' AND amount > 0 AND day <= {last:Int32} AND day > {last:Int32} - ${MIX_BLOCK_DAYS * MIX_BLOCKS}`;
  const facts = `SELECT 'product' AS dimension, if(any(n.name) = '', min(l.line_name), any(n.name)) AS category, w.block AS block,
      w.customer_id AS customer, w.deal_id AS deal, sum(l.amount) AS amount
    FROM (SELECT deal AS deal_id, product, line_name, toDecimal128(ifNull(money, 0), 6) / 10000 AS amount FROM {db:Identifier}.product_lines) AS l
    INNER JOIN (${won}) AS w ON w.deal_id = l.deal_id
    LEFT JOIN (SELECT id, name FROM {db:Identifier}.products FINAL) AS n ON n.id = l.product
    GROUP BY l.product, block, customer, deal
    UNION ALL
    SELECT 'country' AS dimension, c.country AS category, w.block AS block, w.customer_id AS customer, w.deal_id AS deal,
      assumeNotNull(w.amount) AS amount
    FROM (${won}) AS w INNER JOIN (SELECT id, country FROM {db:Identifier}.${customers} FINAL) AS c ON c.id = w.customer_id
    WHERE c.country != ''`;
  const parameters = { last: lastDay };
  const kept = `(dimension, category) IN (SELECT dimension, category FROM (SELECT dimension, category, uniqExact(deal) AS deals
    FROM (${facts}) GROUP BY dimension, category HAVING deals >= ${LEAST_DEALS}
    ORDER BY dimension, deals DESC, category LIMIT ${MOST_CATEGORIES} BY dimension))`;
  const scaled = `toFloat64(toInt64(round(sum(amount) * ${AMOUNT_SCALE})))`;
  const rows = await portal.arrow(
    `SELECT dimension, category, toInt32(block) AS block, toInt32(uniqExact(deal)) AS deals, ${scaled} AS amount
     FROM (${facts}) WHERE ${kept} GROUP BY dimension, category, block ORDER BY dimension, category, block`,
    parameters,
  );
  const drivers = await portal.arrow(
    `SELECT dimension, category, customer, ${scaled} AS amount FROM (${facts}) WHERE block = 0 AND ${kept}
     GROUP BY dimension, category, customer ORDER BY dimension, category, amount DESC, customer LIMIT 5 BY dimension, category`,
    parameters,
  );
  const [dimensions, categories, ids] = await Promise.all([
    textColumn(drivers, 'dimension'),
    textColumn(drivers, 'category'),
    textColumn(drivers, 'customer'),
  ]);
  const amounts = numberColumn(drivers, 'amount', Float64Array);
  return {
    dimension: await textColumn(rows, 'dimension'),
    category: await textColumn(rows, 'category'),
    block: numberColumn(rows, 'block', Int32Array),
    deals: numberColumn(rows, 'deals', Int32Array),
    amount: numberColumn(rows, 'amount', Float64Array),
    drivers: dimensions.map((dimension, k) => ({
      dimension,
      category: categories[k]!,
      customerId: ids[k]!,
      amount: amounts[k]!,
    })),
  };
}
