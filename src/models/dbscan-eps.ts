import { kthDistances } from '../math/kd-search.ts';
import { buildKdTree } from '../math/kd-tree.ts';

/**
 * Answers: how far apart are neighbours in this data, so that DBSCAN can tell a crowd from a loner?
 *
 * Assumes that most rows stand in crowds. `x`: n × p, row-major. Takes every row's distance to its `minPoints`-th nearest
 * row (itself counted), sorts them, and returns the distance at the knee: where the curve lies furthest below the straight
 * line from the smallest to the largest. Null when the knee is at 0 or rows are fewer than `minPoints`: then no distance
 * tells crowds from loners. Costs n searches of a k-d tree.
 *
 * Ester et al. (1996), section 4.2, the sorted k-distance graph; Satopää, V. et al. (2011). Finding a "kneedle" in a
 * haystack. ICDCS workshops, the point of greatest difference.
 */
export function kneeDistance(x: Float64Array, columns: number, minPoints: number): number | null {
  const n = columns === 0 ? 0 : x.length / columns;
  if (n < minPoints) return null;
  const distances = kthDistances(buildKdTree(x, columns), minPoints).sort();
  const low = distances[0]!;
  const range = distances[n - 1]! - low;
  let knee = distances[n - 1]!;
  let deepest = 0;
  for (let i = 0; i < n; i++) {
    const below = i / (n - 1) - (distances[i]! - low) / range;
    if (below > deepest) {
      deepest = below;
      knee = distances[i]!;
    }
  }
  return knee > 0 ? knee : null;
}
