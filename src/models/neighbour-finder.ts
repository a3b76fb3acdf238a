import { KithError } from '../lib/errors.ts';
import { rowSizes } from '../math/bits-by-size.ts';
import { largestOf } from '../math/largest-of.ts';
import { rowProducts, type SparseRows } from '../math/sparse-rows.ts';
import { neighboursBySize } from './neighbours-by-size.ts';
import type { Neighbours, SetSimilarity } from './set-similarity.ts';

/** Up to so many pairs of how many columns are shared and of the other's size, rows can be counted by them, */
const MOST_KINDS = 1 << 18;
/** with a bit for every row and column, in words of 32: 16 MB. */
const MOST_WORDS = 1 << 22;
/** Work, as measured, where a word of a column is 1: of a size that occurs when rows are counted by it, of a row met otherwise. */
const WORK_PER_SIZE = 400;
const WORK_PER_ROW_MET = 8;

/**
 * Finds the most similar other rows of a row of ones, among those that share a column with it: where most rows do, in ascending
 * order, by size if that is less work.
 */
export function neighbourFinder(
  rows: SparseRows,
  byColumn: SparseRows,
  similarity: SetSimilarity,
  neighbours: number,
): (row: number) => Neighbours {
  if (!(neighbours >= 1)) {
    throw new KithError('model-input', `Similar ones need 1 neighbour or more, not ${neighbours}`);
  }
  const sizes = rowSizes(rows.offsets);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const occurring = new Set(sizes).size;
  const words = sizes.length / 32 + occurring;
  const amongMet = amongThoseMet({ rows, byColumn, sizes, similarity, neighbours });
  let bySize: Finder | null = null;
  return (row) => {
    let met = 0;
    for (let e = rows.offsets[row]!; e < rows.offsets[row + 1]!; e++) {
      const column = rows.columns[e]!;
      met += byColumn.offsets[column + 1]! - byColumn.offsets[column]!;
    }
    const size = sizes[row]!;
    const isFewKinds = (size + 1) * (largest + 1) <= MOST_KINDS;
    if (!isFewKinds || met <= sizes.length / 4) return amongMet(row);
    const isLessWork = size * words + WORK_PER_SIZE * occurring <= WORK_PER_ROW_MET * met;
    if (!isLessWork || (rows.width + 1) * words > MOST_WORDS) return ascending(amongMet(row));
    bySize ??= neighboursBySize(rows, similarity, neighbours);
    return bySize(row);
  };
}

/** In the order that does not depend on how they were found, nor do sums over them. */
function ascending({ rows, similarities }: Neighbours): Neighbours {
  const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  return { rows: order.map((at) => rows[at]!), similarities: Float64Array.from(order, (at) => similarities[at]!) };
}

type Finder = (row: number) => Neighbours;

interface Sets {
  readonly rows: SparseRows;
  readonly byColumn: SparseRows;
  /** How many columns each row has. */
  readonly sizes: Int32Array;
  readonly similarity: SetSimilarity;
  readonly neighbours: number;
}

/** Where few rows share a column: each of them by its similarity. */
function amongThoseMet({ rows, byColumn, sizes, similarity, neighbours }: Sets): Finder {
  const productsOf = rowProducts(byColumn);
  const similarities = new Float64Array(rows.offsets.length - 1);
  return (row) => {
    const { sums, met } = productsOf(row, rows);
    const others = new Int32Array(met.length);
    let count = 0;
    for (const other of met) {
      if (other === row) continue;
      similarities[other] = similarity(sums[other]!, sizes[row]!, sizes[other]!);
      others[count++] = other;
    }
    const found = others.subarray(0, count);
    const nearest = count <= neighbours ? found : largestOf(similarities, neighbours, found);
    const theirs = new Float64Array(nearest.length);
    for (let n = 0; n < nearest.length; n++) theirs[n] = similarities[nearest[n]!]!;
    return { rows: nearest, similarities: theirs };
  };
}
