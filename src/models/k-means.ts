import { KithError } from '../lib/errors.ts';
import { type RandomSource, seededRandom } from '../math/random.ts';
import { exchange } from './exchange.ts';
import { lloyd, squaredDistance } from './lloyd.ts';
import { distinctRows, seedCentroids } from './seed-centroids.ts';

/** A fitted k-means, plain JSON. */
export interface KMeansModel {
  /** May be less than asked for when the data have fewer distinct rows. */
  readonly k: number;
  /** p */
  readonly columns: number;
  /** k × p, row-major, largest cluster first. */
  readonly centroids: readonly number[];
  readonly sizes: readonly number[];
  /** Σ of squared distances to the own centroid. */
  readonly inertia: number;
}

const MAXIMUM_ITERATIONS = 300;
/** Up to this many rows each start is refined on all of them, and by moving single rows; above, starts compete on a sample. */
const SMALL = 5_000;
const SAMPLE_ROWS = 10_000;
/** Seeding looks at no more rows than this where there are many. */
const SEEDING_ROWS = 1_000;
/** A start that ends on the sample by more than this share above the best one does not win on all rows. */
const HOPELESS = 0.01;
/** Two starts whose ends on the sample differ by no more than this share have come to the same place. */
const SAME_PLACE = 1e-4;

/**
 * Which rows are alike? k-means: k centroids with the least sum of squared distances from rows to their nearest centroid.
 *
 * Assumes (1) columns on comparable scales, (2) clusters about as wide in every direction and of similar spread, (3) no
 * missing values. Do not use it on categories or on raw, skewed money.
 *
 * `data` is n × p row-major, finite. Each start is seeded by k-means++ (Arthur and Vassilvitskii 2007, the greedy variant
 * of `ml-kmeans`) and refined by Lloyd's iterations with Hamerly's bounds. Up to 5,000 rows each is also improved by moving
 * single rows. Above, all starts are refined on one sample of 10,000 rows, and those that ended in places of their own, no
 * more than a hundredth above the best, on all rows (Bradley and Fayyad 1998). The best start is refined until no row
 * changes its cluster. The same seed gives the same model. Cost: iterations · n · p, times the starts where n is small.
 * Throws KithError('model-input') for no rows, a wrong shape or values that are not finite.
 */
export function fitKMeans(
  data: Float64Array,
  options: { columns: number; k: number; starts: number; seed: number },
): KMeansModel {
  return fitKMeansEach(data, { ...options, ks: [options.k] })[0]!;
}

/** `fitKMeans` for each k of `ks`, from starts that are drawn once for all of them. */
export function fitKMeansEach(
  data: Float64Array,
  options: { columns: number; ks: readonly number[]; starts: number; seed: number },
): KMeansModel[] {
  const { columns: p, ks } = options;
  for (const k of ks) checkInput(data, p, k);
  const n = data.length / p;
  const random = seededRandom(options.seed);
  const distinct = distinctRows(data, p, Math.max(...ks));
  const drawnFrom = n <= SMALL ? data : sampleOf(data, p, random);
  const limit = n <= SMALL ? n : SEEDING_ROWS;
  const seeded = ks.filter((k) => k < distinct.length);
  const draws = seeded.length === 0 ? 0 : options.starts;
  const starts = Array.from({ length: draws }, () => seedCentroids(drawnFrom, p, seeded, limit, random));
  // scikit-learn's stopping rule while starts compete: 1e-4 of the mean variance of the columns.
  const tolerance = 1e-4 * meanVariance(data, p);
  return ks.map((k) => {
    const at = seeded.indexOf(k);
    if (at >= 0) {
      const own = starts.map((start) => start[at]!);
      return refined(data, p, n <= SMALL ? own : promising(drawnFrom, p, own, tolerance), tolerance);
    }
    const centroids = Float64Array.from(distinct.flatMap((row) => [...data.subarray(row * p, row * p + p)]));
    return asModel(centroids, p, lloyd(data, p, centroids, { maximumIterations: 1, tolerance: 0 }));
  });
}

/** The best of `starts` (k × p each, which are overwritten), refined on all rows. */
function refined(data: Float64Array, p: number, starts: readonly Float64Array[], tolerance: number): KMeansModel {
  let best: Float64Array = new Float64Array(0);
  let least = Number.POSITIVE_INFINITY;
  for (const centroids of starts) {
    let result = lloyd(data, p, centroids, { maximumIterations: MAXIMUM_ITERATIONS, tolerance });
    if (data.length / p <= SMALL) {
      exchange(data, p, centroids, result.assignment, result.sizes);
      result = lloyd(data, p, centroids, { maximumIterations: MAXIMUM_ITERATIONS, tolerance: 0 });
    }
    if (result.inertia < least) {
      least = result.inertia;
      best = centroids;
    }
  }
  return asModel(best, p, lloyd(data, p, best, { maximumIterations: MAXIMUM_ITERATIONS, tolerance: 0 }));
}

/** The nearest centroid of each row of `data` (n × p, row-major). */
export function predictKMeans(model: KMeansModel, data: Float64Array): Int32Array {
  const p = model.columns;
  const centroids = Float64Array.from(model.centroids);
  const n = data.length / p;
  const nearest = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < model.k; c++) {
      const distance = squaredDistance(data, i * p, centroids, c * p, p);
      if (distance < least) {
        least = distance;
        nearest[i] = c;
      }
    }
  }
  return nearest;
}

function checkInput(data: Float64Array, p: number, k: number): void {
  if (data.length === 0 || p < 1 || data.length % p !== 0) {
    throw new KithError('model-input', `k-means was given ${data.length} values for rows of ${p}; give n × p values`);
  }
  if (!Number.isInteger(k) || k < 1) {
    throw new KithError('model-input', `k-means was asked for ${k} clusters; ask for 1 or more`);
  }
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(data[at]!)) continue;
    throw new KithError('model-input', `k-means was given ${data[at]} in row ${Math.floor(at / p)}; impute it first`);
  }
}

function sampleOf(data: Float64Array, p: number, random: RandomSource): Float64Array {
  const n = data.length / p;
  if (n <= SAMPLE_ROWS) return data;
  const sample = new Float64Array(SAMPLE_ROWS * p);
  for (let i = 0; i < SAMPLE_ROWS; i++) {
    const row = Math.floor(random() * n);
    for (let j = 0; j < p; j++) sample[i * p + j] = data[row * p + j]!;
  }
  return sample;
}

/** Of `starts` (k × p each, which are overwritten), refined on a sample of the rows, those that all rows have to decide between. */
function promising(
  sample: Float64Array,
  p: number,
  starts: readonly Float64Array[],
  tolerance: number,
): Float64Array[] {
  const ends = starts.map((centroids) => {
    const { inertia } = lloyd(sample, p, centroids, { maximumIterations: MAXIMUM_ITERATIONS, tolerance });
    return { centroids, inertia };
  });
  const kept: typeof ends = [];
  for (const end of ends.toSorted((a, b) => a.inertia - b.inertia)) {
    const before = kept.at(-1);
    if (before !== undefined && end.inertia <= before.inertia * (1 + SAME_PLACE)) continue;
    if (kept.length > 0 && end.inertia > kept[0]!.inertia * (1 + HOPELESS)) break;
    kept.push(end);
  }
  return kept.map(({ centroids }) => centroids);
}

function meanVariance(data: Float64Array, p: number): number {
  const n = data.length / p;
  let total = 0;
  for (let j = 0; j < p; j++) {
    let sum = 0;
    for (let i = j; i < data.length; i += p) sum += data[i]!;
    const centre = sum / n;
    for (let i = j; i < data.length; i += p) total += (data[i]! - centre) ** 2;
  }
  return total / n / p;
}

/** Clusters in an order that does not depend on the start: largest first, then by centroid. */
function asModel(centroids: Float64Array, p: number, result: { sizes: Int32Array; inertia: number }): KMeansModel {
  const clusters = Array.from(result.sizes, (size, c) => ({ size, centre: [...centroids.subarray(c * p, c * p + p)] }))
    .filter((cluster) => cluster.size > 0)
    .sort((a, b) => b.size - a.size || compareRows(a.centre, b.centre));
  return {
    k: clusters.length,
    columns: p,
    centroids: clusters.flatMap((cluster) => cluster.centre),
    sizes: clusters.map((cluster) => cluster.size),
    inertia: result.inertia,
  };
}

function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let j = 0; j < a.length; j++) if (a[j] !== b[j]) return a[j]! - b[j]!;
  return 0;
}
