import { seededRandom } from '../math/random.ts';
import { adjustedRand } from './adjusted-rand.ts';
import { fitKMeansEach, type KMeansModel, predictKMeans } from './k-means.ts';

/**
 * Would another sample of the same customers give the same clusters? Each of the models is fitted again on `resamples`
 * bootstrap samples of the rows, the same ones for all; a refit assigns all rows, and the mean adjusted Rand index with the
 * first model's assignment is the answer: 1 always the same, 0 as chance. `data` is n × p row-major, and all models have p
 * columns. Cost: `resamples` fits of two starts for each model.
 *
 * Fang, Y. and Wang, J. (2012). Selection of the number of clusters via the bootstrap method. CSDA 56.
 */
export function clusterStability(
  data: Float64Array,
  models: readonly KMeansModel[],
  options: { resamples: number; seed: number },
): number[] {
  const p = models[0]?.columns ?? 1;
  const n = data.length / p;
  const random = seededRandom(options.seed);
  const original = models.map((model) => predictKMeans(model, data));
  const sample = new Float64Array(n * p);
  const sums = new Float64Array(models.length);
  for (let r = 0; r < options.resamples; r++) {
    for (let i = 0; i < n; i++) {
      const row = Math.floor(random() * n);
      sample.set(data.subarray(row * p, row * p + p), i * p);
    }
    const seed = Math.floor(random() * 2 ** 31);
    const refits = fitKMeansEach(sample, { columns: p, ks: models.map(({ k }) => k), starts: 2, seed });
    refits.forEach((refit, m) => {
      sums[m]! += adjustedRand(original[m]!, predictKMeans(refit, data));
    });
  }
  return Array.from(sums, (sum) => sum / options.resamples);
}
