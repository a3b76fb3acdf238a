import { squaredDistance } from './lloyd.ts';

/**
 * Improves a k-means solution that Lloyd's iterations can no longer improve: moves single rows to another cluster while
 * that lowers the sum of squares, counting that both centroids move with the row (Lloyd counts only the distances). Every
 * end point is one of Lloyd's as well, and no worse.
 *
 * `data` is n × p row-major; `centroids` (k × p, the means of the clusters of `assignment`), `assignment` and `sizes` are
 * overwritten. Cost: a few passes of n · k · p.
 *
 * Hartigan, J. A. and Wong, M. A. (1979). Algorithm AS 136. Applied Statistics 28; Telgarsky and Vattani (2010).
 */
export function exchange(
  data: Float64Array,
  p: number,
  centroids: Float64Array,
  assignment: Int32Array,
  sizes: Int32Array,
): void {
  const n = assignment.length;
  const k = sizes.length;
  for (let pass = 0, hasMoved = true; hasMoved && pass < 100; pass++) {
    hasMoved = false;
    for (let i = 0; i < n; i++) {
      const own = assignment[i]!;
      const size = sizes[own]!;
      if (size < 2) continue;
      const saved = (size / (size - 1)) * squaredDistance(data, i * p, centroids, own * p, p);
      let least = Number.POSITIVE_INFINITY;
      let target = own;
      for (let c = 0; c < k; c++) {
        if (c === own) continue;
        const cost = (sizes[c]! / (sizes[c]! + 1)) * squaredDistance(data, i * p, centroids, c * p, p);
        if (cost < least) {
          least = cost;
          target = c;
        }
      }
      if (least >= saved * (1 - 1e-9)) continue;
      for (let j = 0; j < p; j++) {
        const value = data[i * p + j]!;
        centroids[own * p + j]! += (centroids[own * p + j]! - value) / (size - 1);
        centroids[target * p + j]! += (value - centroids[target * p + j]!) / (sizes[target]! + 1);
      }
      sizes[own] = size - 1;
      sizes[target]! += 1;
      assignment[i] = target;
      hasMoved = true;
    }
  }
}
