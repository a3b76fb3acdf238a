import { type SparseRows, transposed } from '../math/sparse-rows.ts';
import type { Interactions, RecommendationEvidence } from './recommender.ts';

/** Who bought what, by customer and by product: 1 where bought, on however many days. */
export interface PurchaseRows {
  readonly byCustomer: SparseRows;
  readonly byProduct: SparseRows;
  /** How many bought both products of a pair, as far as it was asked: many customers are told of the same pairs. */
  readonly both: Map<number, number>;
}

export function purchaseRows(train: Interactions): PurchaseRows {
  const byCustomer: SparseRows = {
    width: train.products,
    offsets: train.offsets,
    columns: train.items,
    values: new Float64Array(train.items.length).fill(1),
  };
  return { byCustomer, byProduct: transposed(byCustomer), both: new Map() };
}

/** Of the other customers who bought `owned`, how many bought `product` too? */
export function boughtToo(
  rows: PurchaseRows,
  customer: number,
  product: number,
  owned: number | null,
): RecommendationEvidence {
  if (owned === null) return { have: 0, of: 0, owned };
  const { offsets } = rows.byProduct;
  const hasOwned = holds(rows.byCustomer, customer, owned) ? 1 : 0;
  const hasBoth = hasOwned === 1 && holds(rows.byCustomer, customer, product) ? 1 : 0;
  const pair = owned * rows.byCustomer.width + product;
  const both = rows.both.get(pair) ?? boughtBoth(rows.byProduct, owned, product);
  rows.both.set(pair, both);
  return { have: both - hasBoth, of: offsets[owned + 1]! - offsets[owned]! - hasOwned, owned };
}

function boughtBoth({ offsets, columns }: SparseRows, owned: number, product: number): number {
  let both = 0;
  let b = offsets[product]!;
  const end = offsets[product + 1]!;
  for (let a = offsets[owned]!; a < offsets[owned + 1]!; a++) {
    while (b < end && columns[b]! < columns[a]!) b++;
    if (b < end && columns[b] === columns[a]) both++;
  }
  return both;
}

function holds({ offsets, columns }: SparseRows, row: number, column: number): boolean {
  for (let e = offsets[row]!; e < offsets[row + 1]!; e++) if (columns[e] === column) return true;
  return false;
}
