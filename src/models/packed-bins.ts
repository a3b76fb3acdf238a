import { distinctSorted, midpoint, type RankedColumns, upperPosition } from './ranked-columns.ts';

/** Columns of at most 256 bins each, four columns in a 32-bit word: one look at a row's word counts it in four histograms. */
export interface PackedBins {
  /** m */
  readonly rows: number;
  /** Of each column: ascending upper bounds of all its bins but the last. A missing value has the bin after the last. */
  readonly bounds: readonly Float64Array[];
  /** Of each column: whether one of the m rows misses it. */
  readonly hasMissing: readonly boolean[];
  /** Of each four columns: the bins of the m rows, the first column in the lowest byte. */
  readonly words: readonly Int32Array[];
}

/** Bounds of bins are read off about so many rows where there are more: some hundred to a bin. */
const BOUND_ROWS = 25_000;

/**
 * Bins the m rows `rows` of `x` (n × p, row-major, NaN = missing): a bin for each distinct value where there are at most
 * `maxBins`, else bins between `maxBins` quantiles; both of every so-manieth row where m is large. Cost about p m. `ranked`, the ranks
 * of all rows of `x`, saves sorting and searching; the bins are the same.
 */
export function packBins(
  x: Float64Array,
  columns: number,
  rows: Int32Array,
  maxBins: number,
  ranked: RankedColumns | null = null,
): PackedBins {
  const m = rows.length;
  const bounds: Float64Array[] = [];
  const hasMissing: boolean[] = [];
  const words = Array.from({ length: Math.ceil(columns / 4) }, () => new Int32Array(m));
  const column = new Float64Array(m);
  const step = Math.max(1, Math.floor(m / BOUND_ROWS));
  const sorted = new Float64Array(Math.ceil(m / step));
  for (let j = 0; j < columns; j++) {
    if (ranked !== null) {
      const [values, ranks] = [ranked.values[j]!, ranked.ranks[j]!];
      const edges = binBounds(sortedByRank(values, ranks, rows, step, sorted), maxBins);
      hasMissing.push(packRanks(values, ranks, rows, edges, words[j >> 2]!, (j & 3) * 8));
      bounds.push(edges);
      continue;
    }
    for (let i = 0; i < m; i++) column[i] = x[rows[i]! * columns + j]!;
    for (let i = 0, k = 0; i < m; i += step) sorted[k++] = column[i]!;
    const edges = binBounds(sorted.sort(), maxBins);
    hasMissing.push(packColumn(column, edges, words[j >> 2]!, (j & 3) * 8));
    bounds.push(edges);
  }
  return { rows: m, bounds, hasMissing, words };
}

/** Puts the bin of each value into its word; gives whether one is missing. */
function packColumn(column: Float64Array, edges: Float64Array, words: Int32Array, shift: number): boolean {
  let hasMissing = false;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    let bin = edges.length + 1;
    if (Number.isNaN(value)) hasMissing = true;
    else bin = upperPosition(edges, value);
    words[i] = words[i]! | (bin << shift);
  }
  return hasMissing;
}

/** Every `step`th of the rows' values in order, NaN last, written into `sorted`: counted, not compared. */
function sortedByRank(
  values: Float64Array,
  ranks: Int32Array,
  rows: Int32Array,
  step: number,
  sorted: Float64Array,
): Float64Array {
  const counts = new Int32Array(values.length + 1);
  for (let i = 0; i < rows.length; i += step) {
    const rank = ranks[rows[i]!]!;
    counts[rank] = counts[rank]! + 1;
  }
  let at = 0;
  for (let rank = 0; rank < values.length; rank++) {
    sorted.fill(values[rank]!, at, at + counts[rank]!);
    at += counts[rank]!;
  }
  return sorted.fill(Number.NaN, at);
}

/** As `packColumn`, with a bin looked up for each rank rather than for each row. */
function packRanks(
  values: Float64Array,
  ranks: Int32Array,
  rows: Int32Array,
  edges: Float64Array,
  words: Int32Array,
  shift: number,
): boolean {
  const missing = values.length;
  const binOf = new Int32Array(missing + 1);
  let bin = 0;
  for (let rank = 0; rank < missing; rank++) {
    while (bin < edges.length && edges[bin]! < values[rank]!) bin++;
    binOf[rank] = bin;
  }
  binOf[missing] = edges.length + 1;
  let hasMissing = false;
  for (let i = 0; i < rows.length; i++) {
    const rank = ranks[rows[i]!]!;
    if (rank === missing) hasMissing = true;
    words[i] = words[i]! | (binOf[rank]! << shift);
  }
  return hasMissing;
}

/** Where the bins of one column end, of its values in order, NaN last. */
function binBounds(column: Float64Array, maxBins: number): Float64Array {
  const distinct = distinctSorted(column);
  if (distinct.length <= maxBins) {
    return Float64Array.from({ length: Math.max(0, distinct.length - 1) }, (_, k) =>
      midpoint(distinct[k]!, distinct[k + 1]!),
    );
  }
  const known = Number.isNaN(column[column.length - 1]!) ? column.findIndex(Number.isNaN) : column.length;
  const quantiles = Float64Array.from({ length: maxBins - 1 }, (_, k) => {
    const at = ((k + 1) / maxBins) * (known - 1);
    return midpoint(column[Math.floor(at)]!, column[Math.ceil(at)]!);
  });
  return distinctSorted(quantiles);
}
