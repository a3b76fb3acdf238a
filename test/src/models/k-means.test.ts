import { kmeans } from 'ml-kmeans';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { fitKMeans, fitKMeansEach, predictKMeans } from '../../../src/models/k-means.ts';
import { lloyd, squaredDistance } from '../../../src/models/lloyd.ts';
import { seedCentroids } from '../../../src/models/seed-centroids.ts';

function blobs(n: number, p: number, k: number, seed: number, spread = 1): Float64Array {
  const random = seededRandom(seed);
  const centres = Float64Array.from({ length: k * p }, () => random() * 10);
  const data = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < p; j++) data[i * p + j] = centres[(i % k) * p + j]! + spread * normal(random);
  }
  return data;
}

/** Lloyd's iterations without any bound. */
function plainLloyd(data: Float64Array, p: number, start: Float64Array): { assignment: number[]; inertia: number } {
  const n = data.length / p;
  const centroids = start.slice();
  const k = centroids.length / p;
  let assignment: number[] = [];
  for (let iteration = 0; iteration < 300; iteration++) {
    const next = Array.from({ length: n }, (_, i) => {
      let best = 0;
      for (let c = 1; c < k; c++) {
        if (squaredDistance(data, i * p, centroids, c * p, p) < squaredDistance(data, i * p, centroids, best * p, p))
          best = c;
      }
      return best;
    });
    if (next.every((c, i) => c === assignment[i])) break;
    assignment = next;
    for (let c = 0; c < k; c++) {
      const members = [...assignment.keys()].filter((i) => assignment[i] === c);
      for (let j = 0; j < p; j++) {
        centroids[c * p + j] = members.reduce((sum, i) => sum + data[i * p + j]!, 0) / members.length;
      }
    }
  }
  const inertia = assignment.reduce((sum, c, i) => sum + squaredDistance(data, i * p, centroids, c * p, p), 0);
  return { assignment, inertia };
}

describe('k-means', () => {
  it('ends where plain Lloyd ends, from the same start', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const data = blobs(400, 3, 5, seed, 1.5);
      const start = data.slice(0, 15);
      const slow = plainLloyd(data, 3, start);
      const fast = lloyd(data, 3, start.slice(), { maximumIterations: 300, tolerance: 0 });
      expect([...fast.assignment]).toEqual(slow.assignment);
      expect(fast.inertia).toBeCloseTo(slow.inertia, 6);
    }
  });

  it('finds clusters at least as tight as the best of ml-kmeans on small data', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const data = blobs(150, 2, 4, seed, 2);
      const rows = Array.from({ length: 150 }, (_, i) => [data[i * 2]!, data[i * 2 + 1]!]);
      let theirs = Number.POSITIVE_INFINITY;
      for (let start = 0; start < 20; start++) {
        const result = kmeans(rows, 4, { seed: start, maxIterations: 300 });
        const inertia = result.clusters.reduce((sum, c, i) => {
          const centre = result.centroids[c]!;
          return sum + (rows[i]![0]! - centre[0]!) ** 2 + (rows[i]![1]! - centre[1]!) ** 2;
        }, 0);
        theirs = Math.min(theirs, inertia);
      }
      const ours = fitKMeans(data, { columns: 2, k: 4, starts: 20, seed: 1 }).inertia;
      expect(ours).toBeLessThanOrEqual(theirs * (1 + 1e-9));
      expect(ours).toBeGreaterThan(theirs * 0.98);
    }
  });

  it('gives each number of clusters the model that it gets alone', () => {
    const ks = [1, 2, 3, 7, 8, 9];
    const repeated = blobs(300, 2, 3, 2).map((x) => Math.round(x / 4));
    for (const data of [blobs(400, 2, 5, 1, 2), blobs(12_000, 2, 5, 1, 2), repeated]) {
      const options = { columns: 2, starts: 2, seed: 4 };
      expect(fitKMeansEach(data, { ...options, ks })).toEqual(ks.map((k) => fitKMeans(data, { ...options, k })));
    }
  });

  it('begins where one iteration of ml-kmeans leads, for several numbers of clusters at once', () => {
    const data = blobs(200, 3, 4, 7, 2);
    const rows = Array.from({ length: 200 }, (_, i) => [...data.subarray(i * 3, i * 3 + 3)]);
    const ks = [7, 2, 3, 8, 5, 20];
    const seeds = seedCentroids(data, 3, ks, 200, seededRandom(11));
    const seed = Math.floor(seededRandom(11)() * 2 ** 31);
    ks.forEach((k, i) => {
      const theirs = kmeans(rows, k, { initialization: 'kmeans++', seed, maxIterations: 1 }).centroids;
      expect([...seeds[i]!]).toEqual(theirs.flat());
    });
  });

  it('gives the same model for the same seed, above the seeding sample as well', () => {
    const data = blobs(6_000, 2, 3, 1);
    const options = { columns: 2, k: 3, starts: 3, seed: 9 };
    expect(fitKMeans(data, options)).toEqual(fitKMeans(data, options));
  });

  it('recovers well separated clusters of a data set larger than the seeding sample', () => {
    const model = fitKMeans(blobs(9_000, 4, 3, 3, 0.1), { columns: 4, k: 3, starts: 3, seed: 1 });
    expect(model.sizes).toEqual([3_000, 3_000, 3_000]);
  });

  it('comes within a thousandth of ten starts on all rows where starts compete on a sample', () => {
    const data = blobs(12_000, 2, 9, 2, 1.5);
    const theirs = Math.min(
      ...Array.from({ length: 10 }, (_, start) => {
        const random = seededRandom(start);
        const rows = Array.from({ length: 5 }, () => 2 * Math.floor(random() * 12_000));
        const centroids = Float64Array.from(rows.flatMap((row) => [data[row]!, data[row + 1]!]));
        return lloyd(data, 2, centroids, { maximumIterations: 300, tolerance: 0 }).inertia;
      }),
    );
    const ours = fitKMeans(data, { columns: 2, k: 5, starts: 10, seed: 1 });
    expect(ours.inertia).toBeLessThanOrEqual(theirs * 1.001);
  });

  it('orders clusters by size and assigns each row to its nearest centroid', () => {
    const data = Float64Array.of(0, 0.1, 0.2, 0.3, 10, 10.1);
    const model = fitKMeans(data, { columns: 1, k: 2, starts: 5, seed: 1 });
    expect(model.sizes).toEqual([4, 2]);
    expect([...predictKMeans(model, Float64Array.of(-5, 9))]).toEqual([0, 1]);
  });

  it('gives fewer clusters when there are fewer different rows', () => {
    const model = fitKMeans(Float64Array.of(1, 1, 1, 7, 7), { columns: 1, k: 4, starts: 2, seed: 1 });
    expect(model.k).toBe(2);
    expect(model.sizes).toEqual([3, 2]);
    expect(model.inertia).toBe(0);
  });

  it('fills a cluster that runs empty with the row farthest from its centroid', () => {
    const data = Float64Array.of(0, 1, 2, 100);
    const result = lloyd(data, 1, Float64Array.of(1, 500, 501), { maximumIterations: 100, tolerance: 0 });
    expect([...result.sizes].every((size) => size > 0)).toBe(true);
    expect(result.inertia).toBeLessThan(1);
  });

  it('survives data that are mostly one repeated row', () => {
    const data = new Float64Array(20_000);
    data.set([1, 2, 3, 4, 5], 100);
    const model = fitKMeans(data, { columns: 1, k: 3, starts: 3, seed: 1 });
    expect(model.sizes.reduce((a, b) => a + b, 0)).toBe(20_000);
    expect(model.inertia).toBeLessThan(60);
  });

  it('refuses what is no matrix, no number of clusters or not finite', () => {
    const options = { columns: 2, k: 2, starts: 1, seed: 1 };
    expect(() => fitKMeans(new Float64Array(0), options)).toThrow(/0 values/);
    expect(() => fitKMeans(new Float64Array(3), options)).toThrow(/rows of 2/);
    expect(() => fitKMeans(new Float64Array(4), { ...options, k: 0 })).toThrow(/0 clusters/);
    expect(() => fitKMeans(Float64Array.of(1, 2, Number.NaN, 4), options)).toThrow(/NaN in row 1/);
  });
});
