/**
 * How far apart are clusters for how wide they are? The variance-ratio criterion: between-cluster variance ÷ (k − 1) over
 * within-cluster variance ÷ (n − k); larger is better. `data` is n × p row-major. NaN for fewer than two clusters or no
 * more rows than clusters.
 *
 * Caliński, T. and Harabasz, J. (1974). A dendrite method for cluster analysis. Communications in Statistics 3.
 */
export function calinskiHarabasz(data: Float64Array, columns: number, assignment: Int32Array): number {
  const p = columns;
  const n = assignment.length;
  const highest = assignment.reduce((most, c) => Math.max(most, c), -1) + 1;
  const sizes = new Int32Array(highest);
  const centres = new Float64Array(highest * p);
  const centre = new Float64Array(p);
  for (let i = 0; i < n; i++) {
    const c = assignment[i]!;
    sizes[c]! += 1;
    for (let j = 0; j < p; j++) {
      centres[c * p + j]! += data[i * p + j]!;
      centre[j]! += data[i * p + j]!;
    }
  }
  const k = sizes.filter((size) => size > 0).length;
  if (k < 2 || n <= k) return Number.NaN;
  for (let j = 0; j < p; j++) centre[j]! /= n;

  let between = 0;
  for (let c = 0; c < highest; c++) {
    if (sizes[c] === 0) continue;
    for (let j = 0; j < p; j++) {
      centres[c * p + j]! /= sizes[c]!;
      between += sizes[c]! * (centres[c * p + j]! - centre[j]!) ** 2;
    }
  }
  let within = 0;
  for (let i = 0; i < n; i++) {
    const c = assignment[i]!;
    for (let j = 0; j < p; j++) within += (data[i * p + j]! - centres[c * p + j]!) ** 2;
  }
  if (within === 0) return Number.POSITIVE_INFINITY;
  return between / (k - 1) / (within / (n - k));
}
