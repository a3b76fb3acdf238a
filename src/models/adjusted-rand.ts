/**
 * Do two clusterings of the same rows agree? The adjusted Rand index: 1 for the same clusters (whatever their numbers), 0
 * for what chance gives, below 0 for less. 1 when both put everything into one cluster.
 *
 * Hubert, L. and Arabie, P. (1985). Comparing partitions. Journal of Classification 2, equation 5.
 */
export function adjustedRand(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const n = left.length;
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const a = left[i]!;
    const b = right[i]!;
    const cell = `${a},${b}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
    rows.set(a, (rows.get(a) ?? 0) + 1);
    columns.set(b, (columns.get(b) ?? 0) + 1);
  }
  const together = pairs(cells.values());
  const inRows = pairs(rows.values());
  const inColumns = pairs(columns.values());
  const expected = (inRows * inColumns) / pairs([n]);
  const most = (inRows + inColumns) / 2;
  return most === expected || n < 2 ? 1 : (together - expected) / (most - expected);
}

function pairs(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += (count * (count - 1)) / 2;
  return sum;
}
