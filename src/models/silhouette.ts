import { seededRandom, shuffledIndices } from '../math/random.ts';

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
  options: { seed: number; maximumRows?: number } = { seed: 0 },
): number {
  const p = columns;
  const rows = sampleRows(assignment.length, options.maximumRows ?? 5_000, options.seed);
  const m = rows.length;
  const cluster = Int32Array.from(rows, (row) => assignment[row]!);
  const k = cluster.reduce((most, c) => Math.max(most, c), -1) + 1;
  const sizes = new Int32Array(k);
  for (const c of cluster) sizes[c]! += 1;
  if (sizes.filter((size) => size > 0).length < 2) return Number.NaN;

  const points = new Float64Array(m * p);
  for (let i = 0; i < m; i++) points.set(data.subarray(rows[i]! * p, rows[i]! * p + p), i * p);
  // Each distance is computed once and added to both rows' sums.
  const sums = new Float64Array(m * k);
  for (let a = 0; a < m; a++) {
    const clusterA = cluster[a]!;
    for (let b = a + 1; b < m; b++) {
      let squared = 0;
      for (let j = 0, x = a * p, y = b * p; j < p; j++) {
        const difference = points[x++]! - points[y++]!;
        squared += difference * difference;
      }
      const distance = Math.sqrt(squared);
      sums[a * k + cluster[b]!]! += distance;
      sums[b * k + clusterA]! += distance;
    }
  }

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
