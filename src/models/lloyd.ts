/** Where one run of Lloyd's iterations ended. */
export interface LloydResult {
  /** Cluster of each row. */
  readonly assignment: Int32Array;
  /** Rows in each cluster. */
  readonly sizes: Int32Array;
  /** Σ of squared Euclidean distances of rows to their centroid. */
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * Lloyd's k-means iterations with Hamerly's bounds: one upper bound of the distance to the own centroid and one lower bound
 * of the distance to every other, so that most rows cost two comparisons an iteration. The result is that of plain Lloyd.
 *
 * `data` is n × p row-major; `centroids` is k × p row-major and is overwritten. It stops when the centroids move by no more
 * than `tolerance` (squared distance, summed over centroids); with 0, when no row changes its cluster. A cluster that runs
 * empty takes the row that lies farthest from its own centroid.
 *
 * Hamerly, G. (2010). Making k-means even faster. SIAM SDM.
 */
export function lloyd(
  data: Float64Array,
  p: number,
  centroids: Float64Array,
  options: { maximumIterations: number; tolerance: number },
): LloydResult {
  const n = data.length / p;
  const k = centroids.length / p;
  const assignment = new Int32Array(n);
  const upper = new Float64Array(n);
  const lower = new Float64Array(n);
  const sums = new Float64Array(k * p);
  const sizes = new Int32Array(k);
  const moved = new Float64Array(k);
  const halfGap = new Float64Array(k);

  /** Nearest and second nearest centroid of row i, into the bounds; true when the row changed its cluster. */
  const scan = (i: number): boolean => {
    const row = i * p;
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let c = 0; c < k; c++) {
      const centre = c * p;
      let distance = 0;
      for (let j = 0; j < p; j++) {
        const difference = data[row + j]! - centroids[centre + j]!;
        distance += difference * difference;
      }
      if (distance < best) {
        second = best;
        best = distance;
        nearest = c;
      } else if (distance < second) {
        second = distance;
      }
    }
    upper[i] = Math.sqrt(best);
    lower[i] = Math.sqrt(second);
    const changed = assignment[i] !== nearest;
    assignment[i] = nearest;
    return changed;
  };
  const sumUp = (): void => {
    sums.fill(0);
    sizes.fill(0);
    for (let i = 0, row = 0; i < n; i++) {
      const c = assignment[i]!;
      sizes[c]! += 1;
      for (let j = 0, sum = c * p; j < p; j++) sums[sum++]! += data[row++]!;
    }
  };

  for (let i = 0; i < n; i++) scan(i);
  sumUp();
  let iterations = 0;
  while (iterations < options.maximumIterations) {
    iterations++;
    if (fillEmpty(data, p, centroids, assignment, sizes)) sumUp();
    let shift = 0;
    let farthest = 0;
    let runnerUp = 0;
    let mover = 0;
    for (let c = 0; c < k; c++) {
      const size = sizes[c]!;
      let distance = 0;
      for (let j = 0; j < p; j++) {
        const next = size === 0 ? centroids[c * p + j]! : sums[c * p + j]! / size;
        const difference = next - centroids[c * p + j]!;
        distance += difference * difference;
        centroids[c * p + j] = next;
      }
      shift += distance;
      const length = Math.sqrt(distance);
      moved[c] = length;
      if (length > farthest) {
        runnerUp = farthest;
        farthest = length;
        mover = c;
      } else if (length > runnerUp) {
        runnerUp = length;
      }
    }
    if (shift <= options.tolerance) break;
    halveGaps(centroids, p, halfGap);

    for (let i = 0; i < n; i++) {
      const own = assignment[i]!;
      upper[i]! += moved[own]!;
      lower[i]! -= own === mover ? runnerUp : farthest;
      const safe = Math.max(halfGap[own]!, lower[i]!);
      if (upper[i]! <= safe) continue;
      upper[i] = Math.sqrt(squaredDistance(data, i * p, centroids, own * p, p));
      if (upper[i]! <= safe || !scan(i)) continue;
      const now = assignment[i]!;
      sizes[own]! -= 1;
      sizes[now]! += 1;
      for (let j = 0; j < p; j++) {
        const value = data[i * p + j]!;
        sums[own * p + j]! -= value;
        sums[now * p + j]! += value;
      }
    }
  }

  // The running sums carry rounding; the answer does not.
  sumUp();
  let inertia = 0;
  for (let c = 0; c < k; c++) {
    const size = sizes[c]!;
    if (size > 0) for (let j = 0; j < p; j++) centroids[c * p + j] = sums[c * p + j]! / size;
  }
  for (let i = 0; i < n; i++) inertia += squaredDistance(data, i * p, centroids, assignment[i]! * p, p);
  return { assignment, sizes, inertia, iterations };
}

/** Half the distance of each centroid to its nearest neighbour: a row nearer than that cannot belong elsewhere. */
function halveGaps(centroids: Float64Array, p: number, halfGap: Float64Array): void {
  const k = halfGap.length;
  halfGap.fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const half = Math.sqrt(squaredDistance(centroids, a * p, centroids, b * p, p)) / 2;
      if (half < halfGap[a]!) halfGap[a] = half;
      if (half < halfGap[b]!) halfGap[b] = half;
    }
  }
}

/** Gives each empty cluster the row farthest from its own centroid; true when there was one. */
function fillEmpty(
  data: Float64Array,
  p: number,
  centroids: Float64Array,
  assignment: Int32Array,
  sizes: Int32Array,
): boolean {
  let filled = false;
  for (let c = 0; c < sizes.length; c++) {
    if (sizes[c] !== 0) continue;
    let worst = -1;
    let greatest = 0;
    for (let i = 0; i < assignment.length; i++) {
      const own = assignment[i]!;
      if (sizes[own]! < 2) continue;
      const distance = squaredDistance(data, i * p, centroids, own * p, p);
      if (distance > greatest) {
        greatest = distance;
        worst = i;
      }
    }
    if (worst < 0) continue;
    sizes[assignment[worst]!]! -= 1;
    sizes[c] = 1;
    assignment[worst] = c;
    filled = true;
  }
  return filled;
}

/** Squared Euclidean distance between the rows that start at `a` and `b`. */
export function squaredDistance(left: Float64Array, a: number, right: Float64Array, b: number, p: number): number {
  let sum = 0;
  for (let j = 0; j < p; j++) {
    const difference = left[a + j]! - right[b + j]!;
    sum += difference * difference;
  }
  return sum;
}
