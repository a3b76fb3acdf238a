import { describe, expect, it } from 'vitest';
import { seededRandom, shuffledIndices } from '../../src/math/random.ts';
import { adjustedRand } from '../../src/models/adjusted-rand.ts';
import { calinskiHarabasz } from '../../src/models/calinski-harabasz.ts';
import { fitKMeans, type KMeansModel, predictKMeans } from '../../src/models/k-means.ts';
import { lloyd } from '../../src/models/lloyd.ts';
import { silhouette } from '../../src/models/silhouette.ts';
import { entriesOf, groupsOf, isHere, load, whySkipped } from './clustering-data.ts';
import { daviesBouldin } from './clustering-figures.ts';

interface Settings {
  readonly k: number;
  readonly n_init?: number;
}

const entries = entriesOf<Settings>('k-means');
const nameOf = ({ dataset, settings }: (typeof entries)[number]) =>
  `${dataset}; ${settings.features}; k = ${settings.k}`;
// Entries of ten starts tell where scikit-learn's own random starts stopped: ours must get at least as far.
const ofTenStarts = entries.filter((entry) => entry.settings.n_init === 10);
const ofTheBest = entries.filter((entry) => entry.settings.n_init !== 10);
/** R's own `kmeans(scale(USArrests), 3)` has this optimum too (78.32327). */
const BETTER_THAN_REFERENCE = [
  'usarrests; four columns; z-scored (sample sd, n-1); k = 3',
  'mall-customers; annual income, spending score; unscaled; k = 7',
];

/**
 * The optimum that the reference's 50 starts stopped at, where ours found a better one: its other figures describe this. Plain
 * iterations from random rows pass through it.
 */
function stoppedAt(data: Float64Array, columns: number, k: number, inertia: number): KMeansModel {
  const random = seededRandom(1);
  for (let start = 1; start <= 20_000; start++) {
    const rows = [...shuffledIndices(data.length / columns, random).subarray(0, k)];
    const centroids = Float64Array.from(rows.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)]));
    const result = lloyd(data, columns, centroids, { maximumIterations: 300, tolerance: 0 });
    if (Math.abs(result.inertia - inertia) > 1e-9 * inertia) continue;
    const sizes = [...result.sizes].sort((x, y) => y - x);
    return { k, columns, centroids: [...centroids], sizes, inertia: result.inertia };
  }
  throw new Error(`no start stops at ${inertia}`);
}

describe.skipIf(!isHere)(`k-means against scikit-learn${whySkipped}`, () => {
  it('compares every entry once', () => {
    expect(ofTenStarts.length + ofTheBest.length).toBe(151);
  });

  it.each(groupsOf(ofTheBest, nameOf))('%s', (name, group) => {
    const { dataset, settings } = group[0]!;
    const { data, columns, classes } = load(dataset, settings.features);
    const published = group.find((e) => e.metric === 'inertia')!;
    let model = fitKMeans(data, { columns, k: settings.k, starts: 50, seed: 1 });
    if (model.inertia < Number(published.value) - (published.tolerance ?? 1e-4)) {
      expect(BETTER_THAN_REFERENCE).toContain(name);
      model = stoppedAt(data, columns, settings.k, Number(published.value));
    }
    const assignment = predictKMeans(model, data);
    for (const { metric, value, tolerance = 1e-4 } of group) {
      if (metric === 'cluster_sizes') expect(model.sizes).toEqual(value);
      else if (metric === 'centres (rows sorted)') {
        const centres = Array.from({ length: model.k }, (_, c) =>
          model.centroids.slice(c * columns, (c + 1) * columns),
        );
        centres.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
        for (const [c, centre] of (value as number[][]).entries()) {
          centre.forEach((x, j) => {
            expect(centres[c]![j]).toBeCloseTo(x, 6);
          });
        }
      } else {
        const ours: Record<string, () => number> = {
          inertia: () => model.inertia,
          silhouette: () => silhouette(data, columns, assignment),
          calinski_harabasz: () => calinskiHarabasz(data, columns, assignment),
          davies_bouldin: () => daviesBouldin(data, columns, assignment),
          adjusted_rand_index: () => adjustedRand(assignment, classes),
        };
        expect(Math.abs(ours[metric]!() - Number(value)), metric).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it.each(groupsOf(ofTenStarts, nameOf))('%s: gets at least as far in ten starts', (_, group) => {
    const [{ dataset, settings, metric, value }] = group as [(typeof entries)[number]];
    const { data, columns } = load(dataset, settings.features);
    expect(metric).toBe('inertia');
    const model = fitKMeans(data, { columns, k: settings.k, starts: 10, seed: 1 });
    expect(model.inertia).toBeLessThanOrEqual(Number(value) * (1 + 1e-9));
  });
});
