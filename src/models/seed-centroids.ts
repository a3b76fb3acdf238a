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

/**
 * Where clusters begin, for each number of them in `ks`: k-means++ of `ml-kmeans` with one iteration, on `limit` rows drawn
 * where there are more. `data`: n × p, row-major; returns k × p for each. The numbers share rows and seed, so that what one
 * of them gets does not depend on the others.
 */
export function seedCentroids(
  data: Float64Array,
  p: number,
  ks: readonly number[],
  limit: number,
  random: RandomSource,
): Float64Array[] {
  const n = data.length / p;
  const drawn = n <= limit ? data : new Float64Array(limit * p);
  if (n > limit) {
    for (let i = 0; i < limit; i++) {
      const row = Math.floor(random() * n);
      for (let j = 0; j < p; j++) drawn[i * p + j] = data[row * p + j]!;
    }
  }
  const seed = Math.floor(random() * 2 ** 31);
  const different = distinctRows(drawn, p, Math.max(...ks));
  const seedable = ks.filter((k) => k < different.length);
  const most = new Map(seedable.toSorted((a, b) => a - b).map((k) => [trialsFor(k), k]));
  const picked = new Map([...most].map(([trials, k]) => [trials, pickedBy(drawn, p, k, seed)]));
  return ks.map((k) => {
    const picks = picked.get(trialsFor(k));
    if (k < different.length && picks !== undefined) return meansOfNearest(drawn, p, picks.slice(0, k * p));
    // The rows drawn hold too few different ones for k-means++ to draw from: Lloyd fills the clusters that run empty.
    const rows = Array.from({ length: k }, (_, c) => different[c % different.length]! * p);
    return Float64Array.from(rows.flatMap((row) => [...drawn.subarray(row, row + p)]));
  });
}

/** The greedy variant tries so many rows for each centre: numbers of clusters that try as many pick the same rows, one by one. */
function trialsFor(k: number): number {
  return 2 + Math.floor(Math.log(k));
}

/** The k rows that k-means++ picks. The package shows them to its measure of distance alone, before an iteration of its own. */
function pickedBy(data: Float64Array, p: number, k: number, seed: number): Float64Array {
  const rows = new Array<number[]>(data.length / p);
  for (let i = 0; i < rows.length; i++) {
    const row = new Array<number>(p);
    for (let j = 0; j < p; j++) row[j] = data[i * p + j]!;
    rows[i] = row;
  }
  const picks: number[][] = [];
  const distanceFunction = (_row: number[], centre: number[]): number => {
    if (picks.length < k) picks.push(centre);
    return 0;
  };
  kmeans(rows, k, { initialization: 'kmeans++', seed, maxIterations: 1, distanceFunction });
  return Float64Array.from(picks.flatMap((pick) => [...pick]));
}

/** One iteration of k-means: the mean of the rows that are nearest to each of `centres` (k × p), which stays where none are. */
function meansOfNearest(data: Float64Array, p: number, centres: Float64Array): Float64Array {
  const k = centres.length / p;
  const means = new Float64Array(k * p);
  const sizes = new Int32Array(k);
  for (let row = 0; row < data.length; row += p) {
    let least = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let c = 0; c < k; c++) {
      const distance = squaredDistance(data, row, centres, c * p, p);
      if (distance < least) {
        least = distance;
        nearest = c;
      }
    }
    sizes[nearest]! += 1;
    for (let j = 0; j < p; j++) means[nearest * p + j]! += data[row + j]!;
  }
  return means.map((sum, at) => {
    const size = sizes[Math.floor(at / p)]!;
    return size === 0 ? centres[at]! : sum / size;
  });
}
