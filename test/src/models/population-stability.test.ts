import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { orderedColumn } from '../../../src/models/ordered-column.ts';
import { populationStability } from '../../../src/models/population-stability.ts';

const draws = (n: number, mean: number, seed: number) => {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n }, () => mean + normal(random));
};

const inOrder = (values: ArrayLike<number>) => orderedColumn(values, 1, 0);

describe('the population stability index', () => {
  it('is near 0 for draws of one distribution, about (bins − 1)(1/n + 1/m)', () => {
    const psi = populationStability(inOrder(draws(5000, 0, 1)), inOrder(draws(5000, 0, 2)));
    expect(psi).toBeGreaterThan(0);
    expect(psi).toBeLessThan(3 * 9 * (2 / 5000));
  });

  it('is above 0.25 when the mean has moved by a standard deviation', () => {
    expect(populationStability(inOrder(draws(2000, 0, 1)), inOrder(draws(2000, 1, 2)))).toBeGreaterThan(0.25);
  });

  it('is Σ (b − a) log(b ÷ a) over two bins', () => {
    // Half of the first below its median, nine tenths of the second; half a row is added to each of three bins.
    const before = [...Array(100).fill(0), ...Array(100).fill(1)];
    const now = [...Array(180).fill(0), ...Array(20).fill(1)];
    const shares = (counts: number[]) => counts.map((count) => (count + 0.5) / 201.5);
    const a = shares([200, 0, 0]);
    const b = shares([200, 0, 0]);
    const expected = a.reduce((sum, share, k) => sum + (b[k]! - share) * Math.log(b[k]! / share), 0);
    // The median of the first lies between 0 and 1: an edge at 0.5.
    const split = [shares([100, 100, 0]), shares([180, 20, 0])];
    const byHand = split[0]!.reduce(
      (sum, share, k) => sum + (split[1]![k]! - share) * Math.log(split[1]![k]! / share),
      0,
    );
    expect(expected).toBe(0);
    expect(populationStability(inOrder(before), inOrder(now), 2)).toBeCloseTo(byHand, 12);
  });

  it('counts missing values as a place of their own', () => {
    const known = draws(1000, 0, 3);
    const half = known.map((value, i) => (i % 2 === 0 ? Number.NaN : value));
    expect(populationStability(inOrder(known), inOrder(half))).toBeGreaterThan(1);
    expect(populationStability(inOrder(half), inOrder(half))).toBe(0);
  });

  it('is not known without values', () => {
    expect(populationStability(inOrder([]), inOrder([1, 2]))).toBeNaN();
  });
});
