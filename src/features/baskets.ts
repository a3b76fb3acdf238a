import { numberColumn, textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { ProductSequences } from './product-sequences.ts';

/** A product that was bought. */
export interface BoughtProduct {
  readonly id: string;
  /** The newest line's where the product itself has none. */
  readonly name: string;
  /** Median money in the portal's currency of a customer's day with it; null where no line has an amount. */
  readonly usualAmount: number | null;
}

/** How many lines there are, by how their product was found. */
export interface LineMapping {
  readonly id: number;
  readonly sku: number;
  readonly name: number;
  /** Neither: the line stands for a product of its own. */
  readonly own: number;
}

/** What was bought together, by position: basket b holds `items[offsets[b] … offsets[b + 1] − 1]`. */
export interface PurchaseBaskets {
  readonly offsets: Int32Array;
  /** Positions in the products, ascending and distinct within a basket. */
  readonly items: Int32Array;
}

/** Which products were bought, of `product_lines` as `buildProductLines` left it, ascending by id. */
export async function readBoughtProducts(
  portal: PortalStore,
): Promise<{ readonly products: readonly BoughtProduct[]; readonly mapping: LineMapping }> {
  const rows = await portal.arrow(
    `SELECT l.product AS id, if(any(n.name) = '', argMax(l.line_name, (l.at, l.line_name)), any(n.name)) AS name,
       toFloat64(ifNull(any(u.usual), nan)) / 10000 AS usual
     FROM {db:Identifier}.product_lines AS l
     LEFT JOIN (SELECT id, name FROM {db:Identifier}.products FINAL) AS n ON n.id = l.product
     LEFT JOIN (SELECT product, quantileExactInclusive(0.5)(spent) AS usual FROM (
         SELECT product, customer, day, sum(money) AS spent FROM {db:Identifier}.product_lines
         WHERE isNotNull(money) GROUP BY product, customer, day)
       GROUP BY product) AS u ON u.product = l.product
     GROUP BY id ORDER BY id`,
  );
  const ids = await textColumn(rows, 'id');
  const names = await textColumn(rows, 'name');
  const usual = numberColumn(rows, 'usual', Float64Array);
  const ways = await portal.query<{ way: keyof LineMapping; lines: string }>(
    `SELECT way, count() AS lines FROM {db:Identifier}.product_lines GROUP BY way`,
  );
  const linesOf = (way: keyof LineMapping): number => Number(ways.find((row) => row.way === way)?.lines ?? 0);
  return {
    products: ids.map((id, i) => ({
      id,
      name: names[i]! === '' ? id : names[i]!,
      // A product that the join found no amount for comes with 0.
      usualAmount: usual[i]! > 0 ? usual[i]! : null,
    })),
    mapping: { id: linesOf('id'), sku: linesOf('sku'), name: linesOf('name'), own: linesOf('own') },
  };
}

/** The products of each won deal, as positions in `readBoughtProducts`. */
export async function readDealBaskets(portal: PortalStore): Promise<PurchaseBaskets> {
  const rows = await portal.arrow(
    `WITH ids AS (SELECT product, toInt32(row_number() OVER (ORDER BY product ASC) - 1) AS idx
       FROM (SELECT DISTINCT product FROM {db:Identifier}.product_lines))
     SELECT size, item FROM (
       SELECT l.deal AS deal, arraySort(groupUniqArray(toInt32(ids.idx))) AS items, toInt32(length(items)) AS size
       FROM {db:Identifier}.product_lines AS l INNER JOIN ids ON ids.product = l.product GROUP BY deal)
     ARRAY JOIN items AS item ORDER BY deal, item`,
  );
  const size = numberColumn(rows, 'size', Int32Array);
  const offsets: number[] = [];
  for (let row = 0; row < size.length; row += size[row]!) offsets.push(row);
  return { offsets: Int32Array.from([...offsets, size.length]), items: numberColumn(rows, 'item', Int32Array) };
}

/** Everything that each customer has bought so far, customer by customer. */
export function customerBaskets({ offsets, items }: ProductSequences): PurchaseBaskets {
  const ends = new Int32Array(offsets.length);
  const distinct = new Int32Array(items.length);
  let end = 0;
  for (let c = 0; c + 1 < offsets.length; c++) {
    const all = items.slice(offsets[c]!, offsets[c + 1]!).sort();
    for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) distinct[end++] = all[i]!;
    ends[c + 1] = end;
  }
  return { offsets: ends, items: distinct.slice(0, end) };
}
