import { distinctSorted, midpoint, upperPosition } from './ranked-columns.ts';

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
 * `maxBins`, else bins between `maxBins` quantiles; both of every so-manieth row where m is large. Cost about p m.
 */
export function packBins(x: Float64Array, columns: number, rows: Int32Array, maxBins: number): PackedBins {
  const m = rows.length;
  const bounds: Float64Array[] = [];
  const hasMissing: boolean[] = [];
  const words = Array.from({ length: Math.ceil(columns / 4) }, () => new Int32Array(m));
  const column = new Float64Array(m);
  const step = Math.max(1, Math.floor(m / BOUND_ROWS));
  const sorted = new Float64Array(Math.ceil(m / step));
  for (let j = 0; j < columns; j++) {
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
