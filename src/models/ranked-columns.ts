/** Columns as ranks: sorting and comparing are done once, on whole numbers, however many trees are grown. */
export interface RankedColumns {
  /** m */
  readonly rows: number;
  /** Of each column: its distinct known values, ascending. */
  readonly values: readonly Float64Array[];
  /** Of each column: m positions in its `values`; as many as it has values for a missing one. */
  readonly ranks: readonly Int32Array[];
}

/** Ranks the m rows `rows` of `x` (n × p, row-major, NaN = missing). Cost p m log m. */
export function rankColumns(x: Float64Array, columns: number, rows: Int32Array): RankedColumns {
  const m = rows.length;
  const values: Float64Array[] = [];
  const ranks: Int32Array[] = [];
  for (let j = 0; j < columns; j++) {
    const distinct = distinctSorted(Float64Array.from(rows, (row) => x[row * columns + j]!).sort());
    const rank = new Int32Array(m);
    for (let i = 0; i < m; i++) {
      const value = x[rows[i]! * columns + j]!;
      rank[i] = Number.isNaN(value) ? distinct.length : upperPosition(distinct, value);
    }
    values.push(distinct);
    ranks.push(rank);
  }
  return { rows: m, values, ranks };
}

/**
 * The ranks of all n rows of `x`, for models that are fitted on many parts of it: `someRanked` and `packBins` then sort nothing.
 * Of no use once `x` has changed.
 */
export function rankAllRows(x: Float64Array, columns: number): RankedColumns {
  return rankColumns(
    x,
    columns,
    Int32Array.from({ length: columns === 0 ? 0 : x.length / columns }, (_, row) => row),
  );
}

/** What `rankColumns` gives for the m rows `rows`, from the ranks of all rows. Cost p (n + m). */
export function someRanked(all: RankedColumns, rows: Int32Array): RankedColumns {
  const values: Float64Array[] = [];
  const ranks: Int32Array[] = [];
  for (const [j, everyValue] of all.values.entries()) {
    const everyRank = all.ranks[j]!;
    const missing = everyValue.length;
    const own = new Int32Array(missing + 1);
    for (const row of rows) own[everyRank[row]!] = 1;
    let count = 0;
    const distinct = everyValue.filter((_, rank) => own[rank] === 1);
    for (let rank = 0; rank < missing; rank++) if (own[rank] === 1) own[rank] = count++;
    own[missing] = count;
    values.push(distinct);
    ranks.push(rows.map((row) => own[everyRank[row]!]!));
  }
  return { rows: rows.length, values, ranks };
}

/** The distinct known values of `sorted`, where NaN comes last. */
export function distinctSorted(sorted: Float64Array): Float64Array {
  const distinct = new Float64Array(sorted.length);
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i]!;
    if (Number.isNaN(value)) break;
    if (count === 0 || value !== distinct[count - 1]) distinct[count++] = value;
  }
  return distinct.slice(0, count);
}

/** How many of the ascending `bounds` are below `value`: the position of the first that is not. */
export function upperPosition(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The midpoint of two neighbouring values, the lower one where doubles have no number between. */
export function midpoint(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= high || middle < low ? low : middle;
}
