import { KithError } from '../lib/errors.ts';

export type Linkage = 'ward' | 'complete' | 'average' | 'single';

export interface Dendrogram {
  readonly rows: number;
  /** n − 1 pairs, nearest first; below n a row, n + i the cluster that pair i made. */
  readonly merges: readonly (readonly [number, number])[];
  /** n − 1 distances at which the pairs were joined, rising. Ward's is R's "ward.D2". */
  readonly heights: readonly number[];
}

const MOST_ROWS = 5000;

/**
 * Answers: which rows are closest to each other, and which groups of them after that?
 *
 * Assumes columns on comparable scales (distance is Euclidean). `x`: n × p, row-major. Linkage: the distance of two clusters
 * is that of their furthest rows (complete), nearest rows (single), all pairs of rows (average), or what joining them
 * adds to the spread (ward). Equal distances are joined in the order in which SciPy joins them. Throws `model-input` when a
 * value is not finite or there are more than 5,000 rows (all pairs of distances are kept). Costs n² time and memory.
 *
 * Murtagh, F. (1983). A survey of recent advances in hierarchical clustering algorithms. Computer Journal 26(4), the
 * nearest-neighbour chain; Lance, G. and Williams, W. (1967), the update of distances.
 */
export function agglomerate(x: Float64Array, columns: number, linkage: Linkage): Dendrogram {
  const n = columns === 0 ? 0 : x.length / columns;
  if (n > MOST_ROWS) {
    throw new KithError('model-input', `${n} rows are too many to compare each with each; give ${MOST_ROWS} or fewer`);
  }
  const distances = pairDistances(x, columns, n);
  const at = (a: number, b: number): number => (a < b ? (b * (b - 1)) / 2 + a : (a * (a - 1)) / 2 + b);
  const sizes = new Int32Array(n).fill(1);
  const chain = new Int32Array(n);
  let length = 0;
  const joined: { a: number; b: number; height: number }[] = [];
  while (joined.length < n - 1) {
    if (length === 0) {
      chain[0] = sizes.findIndex((size) => size > 0);
      length = 1;
    }
    let a: number;
    let b: number;
    let height: number;
    for (;;) {
      a = chain[length - 1]!;
      // The one before is preferred among equals, or the chain could run in circles.
      b = length > 1 ? chain[length - 2]! : -1;
      height = length > 1 ? distances[at(a, b)]! : Number.POSITIVE_INFINITY;
      for (let i = 0; i < n; i++) {
        if (sizes[i] === 0 || i === a) continue;
        const distance = distances[at(a, i)]!;
        if (distance < height) {
          height = distance;
          b = i;
        }
      }
      if (length > 1 && b === chain[length - 2]) break;
      chain[length++] = b;
    }
    length -= 2;
    const gone = Math.min(a, b);
    const kept = Math.max(a, b);
    joined.push({ a: gone, b: kept, height });
    const goneSize = sizes[gone]!;
    const keptSize = sizes[kept]!;
    sizes[gone] = 0;
    sizes[kept] = goneSize + keptSize;
    for (let i = 0; i < n; i++) {
      if (sizes[i] === 0 || i === kept) continue;
      const k = at(i, kept);
      const fromGone = distances[at(i, gone)]!;
      distances[k] = joinedDistance(linkage, fromGone, distances[k]!, height, goneSize, keptSize, sizes[i]!);
    }
  }
  return inOrderOfHeight(joined, n);
}

/** Lance–Williams: how far the cluster of `a` and `b` is from a third, from the distances of both to it. */
function joinedDistance(
  linkage: Linkage,
  fromA: number,
  fromB: number,
  between: number,
  a: number,
  b: number,
  third: number,
): number {
  if (linkage === 'complete') return Math.max(fromA, fromB);
  if (linkage === 'single') return Math.min(fromA, fromB);
  if (linkage === 'average') return (a * fromA + b * fromB) / (a + b);
  const total = a + b + third;
  return Math.sqrt(((a + third) * fromA ** 2 + (b + third) * fromB ** 2 - third * between ** 2) / total);
}

/** The chain joins pairs as it meets them; sorted by height, each cluster gets the number of the pair that made it. */
function inOrderOfHeight(joined: { a: number; b: number; height: number }[], n: number): Dendrogram {
  const sorted = joined.toSorted((first, second) => first.height - second.height);
  const cluster = Int32Array.from({ length: n }, (_, i) => i);
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const root = (row: number): number => {
    let top = row;
    while (parent[top] !== top) {
      parent[top] = parent[parent[top]!]!;
      top = parent[top]!;
    }
    return top;
  };
  const merges = sorted.map(({ a, b }, i): [number, number] => {
    const first = root(a);
    const second = root(b);
    const pair = [cluster[first]!, cluster[second]!].toSorted((p, q) => p - q) as [number, number];
    parent[first] = second;
    cluster[second] = n + i;
    return pair;
  });
  return { rows: n, merges, heights: sorted.map(({ height }) => height) };
}

function pairDistances(x: Float64Array, p: number, n: number): Float64Array {
  const distances = new Float64Array((n * (n - 1)) / 2);
  for (let b = 0, k = 0; b < n; b++) {
    for (let j = 0; j < p; j++) {
      if (!Number.isFinite(x[b * p + j]!)) {
        throw new KithError('model-input', `Row ${b}, column ${j} is ${x[b * p + j]}; impute missing values first`);
      }
    }
    for (let a = 0; a < b; a++, k++) {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += (x[a * p + j]! - x[b * p + j]!) ** 2;
      distances[k] = Math.sqrt(sum);
    }
  }
  return distances;
}
