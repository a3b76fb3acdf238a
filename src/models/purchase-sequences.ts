/** What each customer bought when, by position: customer c owns the rows `offsets[c] … offsets[c + 1] − 1`. */
export interface PurchaseSequences {
  readonly offsets: Int32Array;
  /** Days since some epoch, ascending within a customer. */
  readonly days: Int32Array;
  /** Item numbers from 0, distinct within a customer's day. */
  readonly items: Int32Array;
}

/**
 * The rows of items that enough customers bought, the items as ranks; no sequence can hold any other. What comes next within the gaps
 * behind a row are the rows from `reachFrom` to before `reachTo`.
 */
export function frequentRows(
  { offsets, days, items }: PurchaseSequences,
  options: { readonly minimumCount: number; readonly minimumGap: number; readonly maximumGap: number },
) {
  const { minimumCount, minimumGap, maximumGap } = options;
  const customers = offsets.length - 1;
  const itemCount = items.reduce((most, item) => Math.max(most, item), -1) + 1;
  const countOf = new Int32Array(itemCount);
  const lastCustomer = new Int32Array(itemCount).fill(-1);
  for (let c = 0; c < customers; c++) {
    for (let row = offsets[c]!; row < offsets[c + 1]!; row++) {
      const item = items[row]!;
      if (lastCustomer[item] !== c) countOf[item]! += 1;
      lastCustomer[item] = c;
    }
  }
  const itemOfRank = Int32Array.from({ length: itemCount }, (_, i) => i).filter((i) => countOf[i]! >= minimumCount);
  const rankOf = new Int32Array(itemCount).fill(-1);
  for (const [rank, item] of itemOfRank.entries()) rankOf[item] = rank;
  const kept = new Int32Array(items.length);
  const keptDays = new Int32Array(items.length);
  const customerOf = new Int32Array(items.length);
  const reachFrom = new Int32Array(items.length);
  const reachTo = new Int32Array(items.length);
  let end = 0;
  for (let c = 0; c < customers; c++) {
    const begin = end;
    for (let row = offsets[c]!; row < offsets[c + 1]!; row++) {
      const rank = rankOf[items[row]!]!;
      if (rank < 0) continue;
      keptDays[end] = days[row]!;
      kept[end] = rank;
      customerOf[end++] = c;
    }
    let [from, to] = [begin, begin];
    for (let row = begin; row < end; row++) {
      while (from < end && keptDays[from]! < keptDays[row]! + minimumGap) from++;
      while (to < end && keptDays[to]! <= keptDays[row]! + maximumGap) to++;
      reachFrom[row] = from;
      reachTo[row] = to;
    }
  }
  return { itemOfRank, countOf, customerOf, items: kept.subarray(0, end), reachFrom, reachTo };
}

/** Puts `rows` into `ordered` item by item, those of each found item ascending; gives back where each item's end. */
export function rowsByItem(
  rows: Int32Array,
  items: Int32Array,
  found: readonly (readonly [item: number, count: number])[],
  width: number,
  ordered: Int32Array,
): Int32Array {
  const slot = new Int32Array(width).fill(-1);
  for (const [i, [item]] of found.entries()) slot[item] = i;
  const sizes = new Int32Array(found.length);
  for (let r = 0; r < rows.length; r++) {
    const i = slot[items[rows[r]!]!]!;
    if (i >= 0) sizes[i]! += 1;
  }
  const ends = new Int32Array(found.length);
  for (let i = 1; i < found.length; i++) ends[i] = ends[i - 1]! + sizes[i - 1]!;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    const i = slot[items[row]!]!;
    if (i >= 0) ordered[ends[i]!++] = row;
  }
  return ends;
}
