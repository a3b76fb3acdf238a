import type { ProductSequences } from '../features/product-sequences.ts';
import { largestOf } from '../math/largest-of.ts';
import type { Interactions } from '../models/recommender.ts';

/** Everything bought up to a day, as the recommenders take it. */
export interface PurchasesUntil {
  /** One row per customer who had bought by then, one column per product of `products`. */
  readonly train: Interactions;
  /** Of each row, the position in the sequences, and days from its last purchase to the day. */
  readonly customers: Int32Array;
  readonly quietDays: Int32Array;
  /** Of each column, the position of the product, ascending. */
  readonly products: Int32Array;
  /** By position of the product: its column, −1 for none. */
  readonly columnOf: Int32Array;
  /** Columns that are not suggested: bought by too few, or by nobody for a year. */
  readonly unsold: Int32Array;
}

/** Of more products than this, those that most customers bought are looked at. */
export const MOST_PRODUCTS = 5_000;
/** What fewer customers bought is an anecdote, and what nobody bought for a year is likely not sold any more. */
export const FEWEST_BUYERS = 3;
export const SOLD_WITHIN_DAYS = 365;
const NEVER = -1_000_000;

/**
 * What the sequences hold up to and on `day`; nothing later is looked at. `only`: of these customers, by position ascending;
 * of all when absent.
 */
export function purchasesUntil(
  sequences: ProductSequences,
  productCount: number,
  day: number,
  only: Int32Array | null = null,
): PurchasesUntil {
  const { offsets, days, items } = sequences;
  const buyers = new Float64Array(productCount);
  const lastSold = new Int32Array(productCount).fill(NEVER);
  const seenBy = new Int32Array(productCount).fill(-1);
  const rows: number[] = [];
  const quiet: number[] = [];
  for (const c of only ?? sequences.customerIds.keys()) {
    let at = offsets[c]!;
    for (; at < offsets[c + 1]! && days[at]! <= day; at++) {
      const item = items[at]!;
      lastSold[item] = Math.max(lastSold[item]!, days[at]!);
      if (seenBy[item] === c) continue;
      seenBy[item] = c;
      buyers[item]!++;
    }
    if (at === offsets[c]) continue;
    rows.push(c);
    quiet.push(day - days[at - 1]!);
  }
  const bought = Int32Array.from(buyers.keys()).filter((item) => buyers[item]! > 0);
  const products = largestOf(buyers, MOST_PRODUCTS, bought).sort();
  const columnOf = new Int32Array(productCount).fill(-1);
  for (const [column, item] of products.entries()) columnOf[item] = column;
  const isUnsold = (item: number): boolean => buyers[item]! < FEWEST_BUYERS || day - lastSold[item]! > SOLD_WITHIN_DAYS;
  return {
    train: interactions(sequences, rows, columnOf, products.length, day),
    customers: Int32Array.from(rows),
    quietDays: Int32Array.from(quiet),
    products,
    columnOf,
    unsold: Int32Array.from(products.keys()).filter((column) => isUnsold(products[column]!)),
  };
}

function interactions(
  { offsets, days, items }: ProductSequences,
  customers: readonly number[],
  columnOf: Int32Array,
  columns: number,
  day: number,
): Interactions {
  const rowOffsets = new Int32Array(customers.length + 1);
  const bought = new Int32Array(items.length);
  const weights = new Float64Array(items.length);
  const daysOf = new Float64Array(columns);
  let end = 0;
  for (const [row, c] of customers.entries()) {
    const from = end;
    for (let at = offsets[c]!; at < offsets[c + 1]! && days[at]! <= day; at++) {
      const column = columnOf[items[at]!]!;
      if (column < 0) continue;
      if (daysOf[column] === 0) bought[end++] = column;
      daysOf[column]!++;
    }
    bought.subarray(from, end).sort();
    for (let e = from; e < end; e++) {
      weights[e] = daysOf[bought[e]!]!;
      daysOf[bought[e]!] = 0;
    }
    rowOffsets[row + 1] = end;
  }
  return {
    customers: customers.length,
    products: columns,
    offsets: rowOffsets,
    items: bought.slice(0, end),
    weights: weights.slice(0, end),
  };
}
