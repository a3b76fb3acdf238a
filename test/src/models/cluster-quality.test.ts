import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { adjustedRand } from '../../../src/models/adjusted-rand.ts';
import { calinskiHarabasz } from '../../../src/models/calinski-harabasz.ts';
import { clusterStability } from '../../../src/models/cluster-stability.ts';
import { hungarian } from '../../../src/models/hungarian.ts';
import { fitKMeans } from '../../../src/models/k-means.ts';
import { silhouette, silhouettes } from '../../../src/models/silhouette.ts';
import { fitWinsorScaler, scaleRows } from '../../../src/models/winsor-scaler.ts';

function noise(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n }, () => normal(random));
}

describe('silhouette', () => {
  it('is what its definition says, pair by pair', () => {
    const p = 2;
    const data = noise(120, 4);
    const assignment = Int32Array.from({ length: 60 }, (_, i) => (i < 1 ? 3 : i % 3));
    const distance = (a: number, b: number): number =>
      Math.hypot(data[a * p]! - data[b * p]!, data[a * p + 1]! - data[b * p + 1]!);
    const meanTo = (i: number, cluster: number): number => {
      const others = [...assignment.keys()].filter((j) => j !== i && assignment[j] === cluster);
      return others.reduce((sum, j) => sum + distance(i, j), 0) / others.length;
    };
    const widths = [...assignment.keys()].map((i) => {
      const own = assignment[i]!;
      if (own === 3) return 0;
      const outside = Math.min(...[0, 1, 2, 3].filter((c) => c !== own).map((c) => meanTo(i, c)));
      return (outside - meanTo(i, own)) / Math.max(outside, meanTo(i, own));
    });
    const expected = widths.reduce((a, b) => a + b, 0) / widths.length;
    expect(silhouette(data, p, assignment)).toBeCloseTo(expected, 12);
  });

  it('is the same for several assignments at once as for one at a time', () => {
    const data = noise(1_200, 5);
    const random = seededRandom(6);
    const ways = [2, 3, 7, 40].map((k) => Int32Array.from({ length: 400 }, () => Math.floor(random() * k)));
    const nested = [ways[1]!.map((c) => c + 5), new Int32Array(400), Int32Array.from({ length: 400 }, (_, i) => i)];
    const all = [...ways, ...nested];
    for (const options of [{ seed: 1 }, { seed: 2, maximumRows: 150 }]) {
      const together = silhouettes(data, 3, all, options);
      all.forEach((assignment, i) => {
        const alone = silhouette(data, 3, assignment, options);
        if (i === 5) expect(together[i]).toBeNaN();
        else expect(together[i]).toBeCloseTo(alone, 12);
      });
    }
    expect(silhouettes(data, 3, [])).toEqual([]);
  });

  it('comes close from a sample, and is NaN for one cluster', () => {
    const data = noise(6_000, 1).map((x, i) => x + (i % 2) * 8);
    const assignment = Int32Array.from(data, (_, i) => i % 2);
    const whole = silhouette(data, 1, assignment, { seed: 1, maximumRows: 10_000 });
    expect(silhouette(data, 1, assignment, { seed: 1, maximumRows: 500 })).toBeCloseTo(whole, 1);
    expect(silhouette(data, 1, new Int32Array(6_000), { seed: 1, maximumRows: 100 })).toBeNaN();
  });
});

describe('Calinski–Harabasz', () => {
  it('is between over within variance, each by its degrees of freedom', () => {
    // Centres 1 and 11, total mean 6: between 4 · 25 = 100, within 4.
    const index = calinskiHarabasz(Float64Array.of(0, 2, 10, 12), 1, Int32Array.of(0, 0, 1, 1));
    expect(index).toBeCloseTo(100 / 1 / (4 / 2), 12);
    expect(calinskiHarabasz(Float64Array.of(0, 2), 1, Int32Array.of(0, 0))).toBeNaN();
  });
});

describe('adjusted Rand index', () => {
  it('is 1 for the same clusters under other numbers and near 0 for unrelated ones', () => {
    expect(adjustedRand([0, 0, 1, 1, 2], [5, 5, 9, 9, 7])).toBe(1);
    const random = seededRandom(2);
    const draw = (): number[] => Array.from({ length: 4_000 }, () => Math.floor(random() * 4));
    expect(adjustedRand(draw(), draw())).toBeCloseTo(0, 1);
  });

  it('agrees with the worked example of scikit-learn', () => {
    expect(adjustedRand([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(0.5714285714, 9);
  });
});

describe('cluster stability', () => {
  it('is high for clusters that are there and low for clusters cut out of one cloud', () => {
    const apart = noise(600, 1).map((x, i) => x * 0.1 + (Math.floor(i / 2) % 3) * 5);
    const cloud = noise(600, 1);
    const models = (data: Float64Array, ...ks: number[]) =>
      ks.map((k) => fitKMeans(data, { columns: 2, k, starts: 5, seed: 1 }));
    const options = { resamples: 8, seed: 1 };
    const [found] = clusterStability(apart, models(apart, 3), options);
    const [three, five] = clusterStability(cloud, models(cloud, 3, 5), options);
    expect(found).toBeCloseTo(1, 6);
    expect(five).toBeLessThan(0.8);
    expect([three]).toEqual(clusterStability(cloud, models(cloud, 3), options));
    expect([five]).toEqual(clusterStability(cloud, models(cloud, 5), options));
  });
});

describe('Hungarian method', () => {
  it('finds the assignment of least cost, as trying all of them does', () => {
    const random = seededRandom(3);
    for (let trial = 0; trial < 60; trial++) {
      const rows = 1 + Math.floor(random() * 5);
      const columns = rows + Math.floor(random() * 2);
      const cost = Float64Array.from({ length: rows * columns }, () => Math.floor(random() * 20) - 10);
      const total = (of: ArrayLike<number>): number =>
        Array.from({ length: rows }, (_, r) => cost[r * columns + of[r]!]!).reduce((a, b) => a + b, 0);
      let least = Number.POSITIVE_INFINITY;
      const visit = (chosen: number[]): void => {
        if (chosen.length === rows) least = Math.min(least, total(chosen));
        else for (let c = 0; c < columns; c++) if (!chosen.includes(c)) visit([...chosen, c]);
      };
      visit([]);
      const found = hungarian(cost, rows, columns);
      expect(new Set(found).size).toBe(rows);
      expect(total(found)).toBe(least);
    }
  });
});

describe('winsor scaler', () => {
  it('standardises, holds outliers at the 1 % and 99 % quantiles, and makes constant columns 0', () => {
    const data = Float64Array.from({ length: 202 }, (_, i) => (i % 2 === 0 ? i / 2 : 7));
    data[200] = 1e9;
    const scaler = fitWinsorScaler(data, 2);
    const scaled = scaleRows(scaler, data, 2, [0, 1]);
    const first = [...scaled.keys()].filter((i) => i % 2 === 0).map((i) => scaled[i]!);
    expect(first.reduce((a, b) => a + b, 0) / 101).toBeCloseTo(0, 9);
    expect(first.reduce((sum, x) => sum + x * x, 0) / 101).toBeCloseTo(1, 9);
    expect(scaler.high[0]).toBe(99);
    expect(first[100]).toBe(first[99]);
    expect([...scaled].filter((_, i) => i % 2 === 1).every((x) => x === 0)).toBe(true);
    expect(scaleRows(scaler, Float64Array.of(-50, 3), 2, [0])[0]).toBeCloseTo(
      (1 - scaler.mean[0]!) / scaler.deviation[0]!,
      9,
    );
  });
});
