import { kmeans } from 'ml-kmeans';
import { KithError } from '../lib/errors.ts';
import { type RandomSource, seededRandom } from '../math/random.ts';
import { exchange } from './exchange.ts';
import { lloyd, squaredDistance } from './lloyd.ts';

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

/** Seeding looks at no more rows than this. */
const SEEDING_ROWS = 5_000;
const MAXIMUM_ITERATIONS = 300;
/** Up to this many rows each start is also improved by moving single rows; above, starts differ too little for it to pay. */
const EXCHANGE_ROWS = 5_000;

/**
 * Which rows are alike? k-means: k centroids with the least sum of squared distances from rows to their nearest centroid.
 *
 * Assumes (1) columns on comparable scales, (2) clusters about as wide in every direction and of similar spread, (3) no
 * missing values. Do not use it on categories or on raw, skewed money.
 *
 * `data` is n × p row-major, finite. Each start is seeded by k-means++ (Arthur and Vassilvitskii 2007, the greedy variant
 * of `ml-kmeans`) on a sample of at most 5,000 rows, then refined on all rows by Lloyd's iterations with Hamerly's bounds
 * (and up to 5,000 rows by moving single rows); the best start is refined until no row changes its cluster. The same seed gives the same model. Cost: about
 * starts · iterations · n · p. Throws KithError('model-input') for no rows, a wrong shape or values that are not finite.
 */
export function fitKMeans(
  data: Float64Array,
  options: { columns: number; k: number; starts: number; seed: number },
): KMeansModel {
  const { columns: p, k: wanted } = options;
  checkInput(data, p, wanted);
  const n = data.length / p;
  const random = seededRandom(options.seed);
  const distinct = distinctRows(data, p, wanted);
  if (distinct.length <= wanted) {
    const centroids = Float64Array.from(distinct.flatMap((row) => [...data.subarray(row * p, row * p + p)]));
    return asModel(centroids, p, lloyd(data, p, centroids, { maximumIterations: 1, tolerance: 0 }));
  }

  // scikit-learn's stopping rule while starts compete: 1e-4 of the mean variance of the columns.
  const tolerance = 1e-4 * meanVariance(data, p);
  let best: Float64Array = new Float64Array(0);
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < options.starts; start++) {
    const centroids = seedCentroids(data, n, p, wanted, random);
    let result = lloyd(data, p, centroids, { maximumIterations: MAXIMUM_ITERATIONS, tolerance });
    if (n <= EXCHANGE_ROWS) {
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
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new KithError(
      'model-input',
      `k-means was given ${data[wrong]} in row ${Math.floor(wrong / p)}; impute it first`,
    );
  }
}

/** The first rows that differ from one another, no more than one beyond `limit`. */
function distinctRows(data: Float64Array, p: number, limit: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < data.length / p && found.length <= limit; i++) {
    if (found.every((row) => squaredDistance(data, i * p, data, row * p, p) > 0)) found.push(i);
  }
  return found;
}

/** k-means++ of `ml-kmeans` (one of its own iterations included) on a sample of the rows. */
function seedCentroids(data: Float64Array, n: number, p: number, k: number, random: RandomSource): Float64Array {
  const rows: number[][] = [];
  const size = Math.min(n, SEEDING_ROWS);
  for (let i = 0; i < size; i++) {
    const row = n <= SEEDING_ROWS ? i : Math.floor(random() * n);
    rows.push(Array.from(data.subarray(row * p, row * p + p)));
  }
  const seed = Math.floor(random() * 2 ** 31);
  const flat = Float64Array.from(rows.flat());
  const different = distinctRows(flat, p, k);
  if (different.length <= k) {
    // The sample holds too few different rows for k-means++ to draw from: Lloyd fills the clusters that run empty.
    return Float64Array.from(Array.from({ length: k }, (_, c) => rows[different[c % different.length]!]!).flat());
  }
  const seeded = kmeans(rows, k, { initialization: 'kmeans++', seed, maxIterations: 1 });
  return Float64Array.from(seeded.centroids.flat());
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
