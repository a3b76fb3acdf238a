import { seededRandom, shuffledIndices } from '../math/random.ts';

interface SilhouetteOptions {
  readonly seed: number;
  readonly maximumRows?: number;
}

/**
 * How well do rows sit in their clusters? The mean silhouette width, −1 to 1: (b − a) ÷ max(a, b), where a is the mean
 * distance to the row's own cluster (without itself) and b to the nearest other one. A row alone in its cluster counts 0.
 *
 * `data` is n × p row-major. Above `maximumRows` (5,000) rows a seeded sample of that size stands for all. Needs two
 * clusters, otherwise NaN. Cost: rows² · p.
 *
 * Rousseeuw, P. J. (1987). Silhouettes. J. Comput. Appl. Math. 20.
 */
export function silhouette(
  data: Float64Array,
  columns: number,
  assignment: Int32Array,
  options: SilhouetteOptions = { seed: 0 },
): number {
  return silhouettes(data, columns, [assignment], options)[0]!;
}

/** `silhouette` of several assignments of the same rows, at about the cost of one: they have the same distances. */
export function silhouettes(
  data: Float64Array,
  columns: number,
  assignments: readonly Int32Array[],
  options: SilhouetteOptions = { seed: 0 },
): number[] {
  const rows = sampleRows(data.length / columns, options.maximumRows ?? 5_000, options.seed);
  const ways = assignments.map((assignment) => clusteringOf(Int32Array.from(rows, (row) => assignment[row]!)));
  const judged = ways.filter(({ sizes }) => sizes.filter((size) => size > 0).length > 1);
  if (judged.length > 0) addDistances(data, columns, rows, judged);
  return ways.map((way) => (judged.includes(way) ? meanWidth(way) : Number.NaN));
}

/** One assignment of the sampled rows. */
interface Clustering {
  readonly cluster: Int32Array;
  readonly sizes: Int32Array;
  /** Σ of distances from each row to each cluster: rows × clusters, row-major. */
  readonly sums: Float64Array;
}

function clusteringOf(cluster: Int32Array): Clustering {
  const k = cluster.reduce((most, c) => Math.max(most, c), -1) + 1;
  const sizes = new Int32Array(k);
  for (const c of cluster) sizes[c]! += 1;
  return { cluster, sizes, sums: new Float64Array(cluster.length * k) };
}

/**
 * Each distance is computed once and added for both its rows. Rows that no assignment tells apart stand side by side, so that
 * what is added up in the inner loop is one sum for them all.
 */
function addDistances(data: Float64Array, p: number, rows: Int32Array, ways: readonly Clustering[]): void {
  const { order, starts } = cellsOf(ways);
  const m = order.length;
  const points = new Float64Array(m * p);
  for (let i = 0; i < m; i++) {
    const row = rows[order[i]!]! * p;
    points.set(data.subarray(row, row + p), i * p);
  }
  const add = (row: number, cell: number, sum: number): void => {
    const member = order[starts[cell]!]!;
    for (const { cluster, sizes, sums } of ways) sums[row * sizes.length + cluster[member]!]! += sum;
  };
  const back = new Float64Array(m);
  for (let one = 0; one + 1 < starts.length; one++) {
    for (let other = one; other + 1 < starts.length; other++) {
      const from = starts[other]!;
      const to = starts[other + 1]!;
      back.fill(0, from, to);
      for (let a = starts[one]!; a < starts[one + 1]!; a++) {
        const isSame = one === other;
        const sum = sumOfDistances(points, p, a, isSame ? a + 1 : from, to, isSame ? back[a]! : 0, back);
        add(order[a]!, other, sum);
      }
      if (one !== other) for (let b = from; b < to; b++) add(order[b]!, one, back[b]!);
    }
  }
}

/** `sum` + Σ of distances from row `a` to rows `from` to `to` − 1, each of which is added to its place in `back` as well. */
function sumOfDistances(
  points: Float64Array,
  p: number,
  a: number,
  from: number,
  to: number,
  sum: number,
  back: Float64Array,
): number {
  const own = a * p;
  let total = sum;
  for (let b = from, y = from * p; b < to; b++) {
    let squared = 0;
    for (let j = 0; j < p; j++) {
      const difference = points[own + j]! - points[y++]!;
      squared += difference * difference;
    }
    const distance = Math.sqrt(squared);
    total += distance;
    back[b]! += distance;
  }
  return total;
}

/** The rows (positions in the sample) by cell, the rows of a cell being in the same cluster by every assignment. */
function cellsOf(ways: readonly Clustering[]): { order: Int32Array; starts: Int32Array } {
  const m = ways[0]!.cluster.length;
  const cell = new Int32Array(m);
  let cells = 1;
  for (const { cluster, sizes } of ways) {
    const found = new Map<number, number>();
    for (let i = 0; i < m; i++) {
      const both = cell[i]! * sizes.length + cluster[i]!;
      if (!found.has(both)) found.set(both, found.size);
      cell[i] = found.get(both)!;
    }
    cells = found.size;
  }
  const starts = new Int32Array(cells + 1);
  for (const c of cell) starts[c + 1]! += 1;
  for (let c = 0; c < cells; c++) starts[c + 1]! += starts[c]!;
  const next = starts.slice();
  const order = new Int32Array(m);
  for (let i = 0; i < m; i++) order[next[cell[i]!]!++] = i;
  return { order, starts };
}

function meanWidth({ cluster, sizes, sums }: Clustering): number {
  const m = cluster.length;
  const k = sizes.length;
  let total = 0;
  for (let i = 0; i < m; i++) {
    const own = cluster[i]!;
    if (sizes[own] === 1) continue;
    const inside = sums[i * k + own]! / (sizes[own]! - 1);
    let outside = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      if (c !== own && sizes[c]! > 0) outside = Math.min(outside, sums[i * k + c]! / sizes[c]!);
    }
    const widest = Math.max(inside, outside);
    if (widest > 0) total += (outside - inside) / widest;
  }
  return total / m;
}

function sampleRows(n: number, limit: number, seed: number): Int32Array {
  if (n <= limit) return Int32Array.from({ length: n }, (_, i) => i);
  return shuffledIndices(n, seededRandom(seed)).slice(0, limit).sort();
}
