import { describe, expect, it } from 'vitest';
import { mean } from '../../src/math/statistics.ts';
import { adjustedRand } from '../../src/models/adjusted-rand.ts';
import { agglomerate, type Dendrogram, type Linkage } from '../../src/models/agglomerative.ts';
import { calinskiHarabasz } from '../../src/models/calinski-harabasz.ts';
import { silhouette } from '../../src/models/silhouette.ts';
import { entriesOf, groupsOf, isHere, load, whySkipped } from './clustering-data.ts';
import { sizesOf } from './clustering-figures.ts';
import { cutTree } from './cut-tree.ts';

interface Settings {
  readonly linkage: Linkage;
  readonly k?: number;
}

const groups = groupsOf(
  entriesOf<Settings>('agglomerative'),
  ({ dataset, settings }) => `${dataset}; ${settings.features}; ${settings.linkage}; k = ${settings.k ?? 'none'}`,
);

/** How well the height at which two rows meet agrees with their distance. */
function copheneticCorrelation(tree: Dendrogram, data: Float64Array, p: number): number {
  const members: number[][] = Array.from({ length: tree.rows }, (_, row) => [row]);
  const heights: number[] = [];
  const distances: number[] = [];
  tree.merges.forEach(([left, right], i) => {
    for (const a of members[left]!) {
      for (const b of members[right]!) {
        heights.push(tree.heights[i]!);
        distances.push(Math.hypot(...Array.from({ length: p }, (_, j) => data[a * p + j]! - data[b * p + j]!)));
      }
    }
    members.push([...members[left]!, ...members[right]!]);
  });
  const [h, d] = [mean(heights), mean(distances)];
  let [both, ofHeights, ofDistances] = [0, 0, 0];
  heights.forEach((height, i) => {
    both += (height - h) * (distances[i]! - d);
    ofHeights += (height - h) ** 2;
    ofDistances += (distances[i]! - d) ** 2;
  });
  return both / Math.sqrt(ofHeights * ofDistances);
}

describe.skipIf(!isHere)(`agglomerative clustering against scikit-learn, SciPy and R${whySkipped}`, () => {
  it.each(groups)('%s', (_, group) => {
    const { dataset, settings } = group[0]!;
    const { data, columns, classes } = load(dataset, settings.features);
    const tree = agglomerate(data, columns, settings.linkage);
    const labels = cutTree(tree, settings.k ?? 1);
    for (const { metric, value, tolerance } of group) {
      if (metric === 'cluster_sizes') expect(sizesOf(labels)).toEqual(value);
      else if (metric === 'last 5 merge heights') {
        tree.heights.slice(-5).forEach((height, i) => {
          expect(Math.abs(height - (value as number[])[i]!)).toBeLessThanOrEqual(tolerance!);
        });
      } else {
        const ours: Record<string, () => number> = {
          silhouette: () => silhouette(data, columns, labels),
          calinski_harabasz: () => calinskiHarabasz(data, columns, labels),
          adjusted_rand_index: () => adjustedRand(classes, labels),
          cophenetic_correlation: () => copheneticCorrelation(tree, data, columns),
        };
        expect(Math.abs(ours[metric]!() - Number(value)), metric).toBeLessThanOrEqual(tolerance!);
      }
    }
  });
});
