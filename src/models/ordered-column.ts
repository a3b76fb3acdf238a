/** A column in order: sorted once, however much is read off it. */
export interface OrderedColumn {
  /** The known values, ascending. */
  readonly ascending: Float64Array;
  /** How many are NaN. */
  readonly missing: number;
}

/** Orders column `j` of `rows` (n × p, row-major, NaN = missing). Cost n log n. */
export function orderedColumn(rows: ArrayLike<number>, p: number, j: number): OrderedColumn {
  const n = rows.length / p;
  const known = new Float64Array(n);
  let count = 0;
  for (let at = j; at < rows.length; at += p) {
    const value = rows[at]!;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  return { ascending: known.subarray(0, count).sort(), missing: n - count };
}

/** How many of the ascending values are at most `limit`. */
export function countUpTo(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
