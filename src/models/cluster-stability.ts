import { seededRandom } from '../math/random.ts';
import { adjustedRand } from './adjusted-rand.ts';
import { fitKMeans, type KMeansModel, predictKMeans } from './k-means.ts';

/**
 * Would another sample of the same customers give the same clusters? The model is fitted again on `resamples` bootstrap
 * samples of the rows; each refit assigns all rows, and the mean adjusted Rand index with the first model's assignment is
 * the answer: 1 always the same, 0 as chance. `data` is n × p row-major. Cost: `resamples` fits of two starts.
 *
 * Fang, Y. and Wang, J. (2012). Selection of the number of clusters via the bootstrap method. CSDA 56.
 */
export function clusterStability(
  data: Float64Array,
  model: KMeansModel,
  options: { resamples: number; seed: number },
): number {
  const p = model.columns;
  const n = data.length / p;
  const random = seededRandom(options.seed);
  const original = predictKMeans(model, data);
  const sample = new Float64Array(n * p);
  let sum = 0;
  for (let r = 0; r < options.resamples; r++) {
    for (let i = 0; i < n; i++) {
      const row = Math.floor(random() * n);
      sample.set(data.subarray(row * p, row * p + p), i * p);
    }
    const seed = Math.floor(random() * 2 ** 31);
    const refit = fitKMeans(sample, { columns: p, k: model.k, starts: 2, seed });
    sum += adjustedRand(original, predictKMeans(refit, data));
  }
  return sum / options.resamples;
}
