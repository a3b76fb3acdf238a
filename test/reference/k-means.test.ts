import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mean, standardDeviation } from '../../src/math/statistics.ts';
import { adjustedRand } from '../../src/models/adjusted-rand.ts';
import { calinskiHarabasz } from '../../src/models/calinski-harabasz.ts';
import { fitKMeans, predictKMeans } from '../../src/models/k-means.ts';
import { silhouette } from '../../src/models/silhouette.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

interface Entry {
  dataset: string;
  task: string;
  metric: string;
  settings: { features: string; k: number; n_init?: number };
  value: number | number[] | number[][];
  source: string;
  tolerance?: number;
}
const entries: Entry[] = isHere
  ? (JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Entry[]).filter((e) => e.task === 'k-means')
  : [];

const COLUMNS: Record<string, number[]> = {
  'four measurements': [0, 1, 2, 3],
  'annual income, spending score': [3, 4],
  'age, annual income, spending score': [2, 3, 4],
  'four columns': [1, 2, 3, 4],
};
const FILES: Record<string, string> = {
  iris: 'iris/iris.csv',
  'mall-customers': 'mall-customers/mall.csv',
  usarrests: 'usarrests/usarrests.csv',
};

function load(dataset: string, features: string): { data: Float64Array; columns: number; lines: string[][] } {
  const text = readFileSync(join(folder, FILES[dataset]!), 'utf8').trim();
  const lines = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replaceAll('"', '').split(','));
  const picked = COLUMNS[features.split(';')[0]!]!;
  const data = Float64Array.from(lines.flatMap((line) => picked.map((column) => Number(line[column]))));
  if (features.includes('z-scored')) {
    const p = picked.length;
    const n = lines.length;
    for (let j = 0; j < p; j++) {
      const column = Float64Array.from({ length: n }, (_, i) => data[i * p + j]!);
      const spread = standardDeviation(column) * (features.includes('sample') ? Math.sqrt(n / (n - 1)) : 1);
      const centre = mean(column);
      for (let i = 0; i < n; i++) data[i * p + j] = (data[i * p + j]! - centre) / spread;
    }
  }
  return { data, columns: picked.length, lines };
}

// Entries of fewer starts tell where scikit-learn's own random starts stopped; only the best of 50 is everybody's figure.
const comparable = entries.filter((e) => (e.settings.n_init ?? 50) >= 50 && !['davies_bouldin'].includes(e.metric));
/** R's own `kmeans(scale(USArrests), 3)` has this optimum too (78.32327). */
const BETTER_THAN_REFERENCE = [
  'usarrests; four columns; z-scored (sample sd, n-1); k = 3',
  'mall-customers; annual income, spending score; unscaled; k = 7',
];
const groups = new Map<string, Entry[]>();
for (const entry of comparable) {
  const name = `${entry.dataset}; ${entry.settings.features}; k = ${entry.settings.k}`;
  groups.set(name, [...(groups.get(name) ?? []), entry]);
}

describe.skipIf(!isHere)(
  `k-means against scikit-learn${isHere ? '' : ` (skipped: no reference data in ${folder})`}`,
  () => {
    it.each([...groups])('%s', (name, group) => {
      const { dataset, settings } = group[0]!;
      const { data, columns, lines } = load(dataset, settings.features);
      const model = fitKMeans(data, { columns, k: settings.k, starts: 50, seed: 1 });
      const assignment = predictKMeans(model, data);
      const published = group.find((e) => e.metric === 'inertia')!;
      if (model.inertia < Number(published.value) - (published.tolerance ?? 1e-4)) {
        // A better optimum than 50 starts of scikit-learn found: its other figures describe other clusters.
        expect(BETTER_THAN_REFERENCE).toContain(name);
        return;
      }
      for (const { metric, value, tolerance = 1e-4 } of group) {
        if (metric === 'inertia') expect(Math.abs(model.inertia - Number(value))).toBeLessThanOrEqual(tolerance);
        else if (metric === 'silhouette') {
          expect(Math.abs(silhouette(data, columns, assignment) - Number(value))).toBeLessThanOrEqual(tolerance);
        } else if (metric === 'calinski_harabasz') {
          expect(Math.abs(calinskiHarabasz(data, columns, assignment) - Number(value))).toBeLessThanOrEqual(tolerance);
        } else if (metric === 'cluster_sizes') expect(model.sizes).toEqual(value);
        else if (metric === 'adjusted_rand_index') {
          const species = lines.map((line) => [...new Set(lines.map((l) => l[4]))].indexOf(line[4]));
          expect(adjustedRand(assignment, species)).toBeCloseTo(Number(value), 9);
        } else {
          expect(metric).toBe('centres (rows sorted)');
          const centres = Array.from({ length: model.k }, (_, c) =>
            model.centroids.slice(c * columns, (c + 1) * columns),
          );
          centres.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
          for (const [c, centre] of (value as number[][]).entries()) {
            centre.forEach((x, j) => {
              expect(centres[c]![j]).toBeCloseTo(x, 6);
            });
          }
        }
      }
    });
  },
);
