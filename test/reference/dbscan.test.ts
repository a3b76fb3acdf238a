import { describe, expect, it } from 'vitest';
import { adjustedRand } from '../../src/models/adjusted-rand.ts';
import { dbscan, NOISE } from '../../src/models/dbscan.ts';
import { silhouette } from '../../src/models/silhouette.ts';
import { entriesOf, groupsOf, isHere, load, whySkipped } from './clustering-data.ts';
import { informationOf, sizesOf } from './clustering-figures.ts';

interface Settings {
  readonly eps: number;
  readonly min_samples: number;
}

const groups = groupsOf(
  entriesOf<Settings>('dbscan'),
  ({ dataset, settings }) => `${dataset}; ${settings.features}; eps ${settings.eps}, ${settings.min_samples} points`,
);

describe.skipIf(!isHere)(`DBSCAN against scikit-learn${whySkipped}`, () => {
  it.each(groups)('%s', (_, group) => {
    const { dataset, settings } = group[0]!;
    const { data, columns, classes } = load(dataset, settings.features);
    const labels = dbscan(data, columns, { eps: settings.eps, minPoints: settings.min_samples });
    const withNoise = labels.map((label) => label + 1);
    for (const { metric, value, tolerance } of group) {
      if (metric === 'cluster_sizes') {
        expect(sizesOf(labels)).toEqual(value);
        continue;
      }
      const information = informationOf(classes, labels);
      const ours: Record<string, () => number> = {
        clusters: () => Math.max(...labels) + 1,
        noise: () => labels.filter((label) => label === NOISE).length,
        adjusted_rand_index: () => adjustedRand(classes, labels),
        homogeneity: () => information.homogeneity,
        completeness: () => information.completeness,
        v_measure: () => information.vMeasure,
        adjusted_mutual_information: () => information.adjustedMutual,
        'silhouette (noise kept as its own label)': () => silhouette(data, columns, withNoise),
      };
      expect(Math.abs(ours[metric]!() - Number(value)), metric).toBeLessThanOrEqual(tolerance!);
    }
  });
});
