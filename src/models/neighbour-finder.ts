import { KithError } from '../lib/errors.ts';
import { largestOf } from '../math/largest-of.ts';
import { rowProducts, type SparseRows } from '../math/sparse-rows.ts';

/** Up to so many pairs of how many columns are shared and of the other's size, rows are counted by them. */
const MOST_KINDS = 1 << 18;

export interface Neighbours {
  /** In any order; of equally similar ones the lower positions are kept. */
  readonly rows: Int32Array;
  readonly similarities: Float64Array;
}

/**
 * A similarity that rests on `common` shared entries, drawn towards 0 where they are few: s · common ÷ (common + shrinkage).
 *
 * Bell, R. and Koren, Y. (2007). Scalable collaborative filtering with jointly derived neighborhood interpolation weights. ICDM.
 */
export function shrunk(similarity: number, common: number, shrinkage: number): number {
  return shrinkage === 0 ? similarity : (similarity * common) / (common + shrinkage);
}

/** How alike two rows of ones are: `common` shared columns of the first's `sizeA` and the second's `sizeB`. */
export type SetSimilarity = (common: number, sizeA: number, sizeB: number) => number;

export function shrunkCosine(shrinkage: number): SetSimilarity {
  return (common, sizeA, sizeB) => shrunk(common / Math.sqrt(sizeA * sizeB), common, shrinkage);
}

/** Finds the most similar other rows of a row of ones, among those that share a column with it. */
export function neighbourFinder(
  rows: SparseRows,
  byColumn: SparseRows,
  similarity: SetSimilarity,
  neighbours: number,
): (row: number) => Neighbours {
  if (!(neighbours >= 1)) {
    throw new KithError('model-input', `Similar ones need 1 neighbour or more, not ${neighbours}`);
  }
  const sizes = rows.offsets.subarray(1).map((end, row) => end - rows.offsets[row]!);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const sets = { rows, byColumn, sizes, largest, similarity, neighbours };
  const byTheirs = amongThoseMet(sets);
  const byKinds = amongKinds(sets);
  return (row) => {
    let met = 0;
    for (let e = rows.offsets[row]!; e < rows.offsets[row + 1]!; e++) {
      const column = rows.columns[e]!;
      met += byColumn.offsets[column + 1]! - byColumn.offsets[column]!;
    }
    const isFewKinds = (sizes[row]! + 1) * (largest + 1) <= MOST_KINDS;
    return isFewKinds && met > sizes.length / 4 ? byKinds(row) : byTheirs(row);
  };
}

type Finder = (row: number) => Neighbours;

interface Sets {
  readonly rows: SparseRows;
  readonly byColumn: SparseRows;
  /** How many columns each row has, and the largest of them. */
  readonly sizes: Int32Array;
  readonly largest: number;
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

/**
 * Where most rows share a column: similarity depends on two small numbers alone, how many are shared and the other's size, so
 * that rows are counted by both, and only what occurs is ranked. O(columns met + rows), whatever the number of neighbours.
 */
function amongKinds({ rows, byColumn, sizes, largest, similarity, neighbours }: Sets): Finder {
  const n = sizes.length;
  const common = new Uint16Array(n);
  const width = largest + 1;
  const most = Math.min(MOST_KINDS, width * width);
  const counts = new Int32Array(most);
  const similarities = new Float64Array(most);
  const kinds = new Int32Array(most);
  return (row) => {
    common.fill(0);
    for (let e = rows.offsets[row]!; e < rows.offsets[row + 1]!; e++) {
      const column = rows.columns[e]!;
      const end = byColumn.offsets[column + 1]!;
      for (let f = byColumn.offsets[column]!; f < end; f++) common[byColumn.columns[f]!]!++;
    }
    common[row] = 0;
    let kindsMet = 0;
    let met = 0;
    for (let other = 0; other < n; other++) {
      const shared = common[other]!;
      if (shared === 0) continue;
      const kind = shared * width + sizes[other]!;
      if (counts[kind]!++ === 0) kinds[kindsMet++] = kind;
      met++;
    }
    const ranked = kinds.subarray(0, kindsMet);
    for (const kind of ranked) {
      similarities[kind] = similarity(Math.floor(kind / width), sizes[row]!, kind % width);
    }
    ranked.sort((a, b) => similarities[b]! - similarities[a]!);
    const size = Math.min(neighbours, met);
    // Of the least similar kind that has a place, some may have none: those behind.
    let [least, places] = [0, 0];
    for (let k = 0, taken = 0; k < kindsMet && taken < size; k++) {
      const own = similarities[ranked[k]!]!;
      if (k === 0 || own < least) [least, places] = [own, size - taken];
      taken += counts[ranked[k]!]!;
    }
    for (const kind of ranked) counts[kind] = 0;
    const found = { rows: new Int32Array(size), similarities: new Float64Array(size) };
    for (let other = 0, at = 0; at < size; other++) {
      const shared = common[other]!;
      if (shared === 0) continue;
      const own = similarities[shared * width + sizes[other]!]!;
      if (own < least || (own === least && places-- <= 0)) continue;
      found.rows[at] = other;
      found.similarities[at++] = own;
    }
    return found;
  };
}
