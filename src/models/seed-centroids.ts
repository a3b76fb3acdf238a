import { kmeans } from 'ml-kmeans';
import type { RandomSource } from '../math/random.ts';
import { squaredDistance } from './lloyd.ts';

/** Of `data` (n × p, row-major): the first rows that differ from one another, no more than one beyond `limit`. */
export function distinctRows(data: Float64Array, p: number, limit: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < data.length / p && found.length <= limit; i++) {
    if (found.every((row) => squaredDistance(data, i * p, data, row * p, p) > 0)) found.push(i);
  }
  return found;
}

/** k-means++ of `ml-kmeans` (one of its own iterations included), on `limit` rows drawn where there are more. */
export function seedCentroids(
  data: Float64Array,
  p: number,
  k: number,
  limit: number,
  random: RandomSource,
): Float64Array {
  const n = data.length / p;
  const rows: number[][] = [];
  for (let i = 0; i < Math.min(n, limit); i++) {
    const row = n <= limit ? i : Math.floor(random() * n);
    rows.push(Array.from(data.subarray(row * p, row * p + p)));
  }
  const seed = Math.floor(random() * 2 ** 31);
  const flat = Float64Array.from(rows.flat());
  const different = distinctRows(flat, p, k);
  if (different.length <= k) {
    // The rows drawn hold too few different ones for k-means++ to draw from: Lloyd fills the clusters that run empty.
    return Float64Array.from(Array.from({ length: k }, (_, c) => rows[different[c % different.length]!]!).flat());
  }
  const seeded = kmeans(rows, k, { initialization: 'kmeans++', seed, maxIterations: 1 });
  return Float64Array.from(seeded.centroids.flat());
}
