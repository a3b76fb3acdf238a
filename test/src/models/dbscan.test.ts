import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { dbscan, NOISE } from '../../../src/models/dbscan.ts';
import { kneeDistance } from '../../../src/models/dbscan-eps.ts';

/** Two crowds of n rows each, and three rows far from both. */
function crowds(n: number, p: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 2 * n }, (_, i) =>
    Array.from({ length: p }, () => normal(random) + (i < n ? 0 : 9)),
  );
  return Float64Array.from([...rows, Array(p).fill(40), Array(p).fill(-40), Array(p).fill(80)].flat());
}

function distance(x: Float64Array, p: number, a: number, b: number): number {
  let sum = 0;
  for (let j = 0; j < p; j++) sum += (x[a * p + j]! - x[b * p + j]!) ** 2;
  return Math.sqrt(sum);
}

describe('dbscan', () => {
  it('finds crowds of any shape and leaves loners out', () => {
    // A ring around a crowd: no centroid tells them apart.
    const ring = Array.from({ length: 60 }, (_, i) => [5 * Math.cos(i / 9.55), 5 * Math.sin(i / 9.55)]);
    const crowd = Array.from({ length: 25 }, (_, i) => [(i % 5) / 5, Math.floor(i / 5) / 5]);
    const labels = dbscan(Float64Array.from([...ring, ...crowd, [20, 20]].flat()), 2, { eps: 0.8, minPoints: 3 });
    expect(new Set(labels.subarray(0, 60))).toEqual(new Set([0]));
    expect(new Set(labels.subarray(60, 85))).toEqual(new Set([1]));
    expect(labels[85]).toBe(NOISE);
  });

  it('agrees with its definition, looked up row by row, at every density', () => {
    const p = 3;
    const x = crowds(60, p, 1);
    const n = x.length / p;
    for (const [eps, minPoints] of [
      [0.5, 2],
      [1, 5],
      [2, 20],
      [1000, 5],
    ] as const) {
      const labels = dbscan(x, p, { eps, minPoints });
      const near = Array.from({ length: n }, (_, a) =>
        Array.from({ length: n }, (_, b) => b).filter((b) => distance(x, p, a, b) <= eps),
      );
      const isCore = near.map((rows) => rows.length >= minPoints);
      for (let a = 0; a < n; a++) {
        const cores = near[a]!.filter((b) => isCore[b]);
        if (isCore[a]) for (const b of cores) expect(labels[a]).toBe(labels[b]);
        if (cores.length === 0) expect(labels[a]).toBe(NOISE);
        else expect(cores.map((b) => labels[b])).toContain(labels[a]);
      }
    }
  });

  it('counts the row itself and a distance of exactly eps', () => {
    const x = Float64Array.of(0, 1, 2, 10);
    expect([...dbscan(x, 1, { eps: 1, minPoints: 3 })]).toEqual([0, 0, 0, NOISE]);
    expect([...dbscan(x, 1, { eps: 1, minPoints: 1 })]).toEqual([0, 0, 0, 1]);
    expect([...dbscan(x, 1, { eps: 0.9, minPoints: 2 })]).toEqual([NOISE, NOISE, NOISE, NOISE]);
  });

  it('takes many rows at one place', () => {
    const x = new Float64Array(2 * 500).fill(1, 0, 998);
    const labels = dbscan(x, 2, { eps: 0.1, minPoints: 10 });
    expect(labels.subarray(0, 499).every((label) => label === 0)).toBe(true);
    expect(labels[499]).toBe(NOISE);
  });

  it('says what is wrong with its input', () => {
    expect(() => dbscan(Float64Array.of(1), 1, { eps: 0, minPoints: 1 })).toThrow(/"eps" of DBSCAN is 0/);
    expect(() => dbscan(Float64Array.of(1), 1, { eps: 1, minPoints: 0 })).toThrow(/"minPoints" of DBSCAN is 0/);
    expect(() => dbscan(Float64Array.of(1, 2, Number.NaN), 1, { eps: 1, minPoints: 1 })).toThrow(
      /Row 2, column 0 is NaN/,
    );
    expect(dbscan(new Float64Array(0), 2, { eps: 1, minPoints: 1 })).toHaveLength(0);
  });
});

describe('kneeDistance', () => {
  it('is a distance at which crowds are crowds and loners are loners', () => {
    const p = 4;
    const x = crowds(200, p, 2);
    const labels = dbscan(x, p, { eps: kneeDistance(x, p, 2 * p)!, minPoints: 2 * p });
    expect(Math.max(...labels)).toBe(1);
    expect([...labels.subarray(400)]).toEqual([NOISE, NOISE, NOISE]);
    expect(labels.filter((label) => label === NOISE).length).toBeLessThan(60);
  });

  it('is not known for fewer rows than a crowd needs, nor when all stand at one place', () => {
    expect(kneeDistance(Float64Array.of(1, 2, 3), 1, 4)).toBeNull();
    expect(kneeDistance(new Float64Array(100).fill(3), 1, 4)).toBeNull();
  });
});
