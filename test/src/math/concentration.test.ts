import { describe, expect, it } from 'vitest';
import { gini, topShare } from '../../../src/math/concentration.ts';
import { seededRandom } from '../../../src/math/random.ts';

describe('concentration', () => {
  it('is 0 where all have the same, and (n − 1) ÷ n where one has everything', () => {
    expect(gini([3, 3, 3, 3])).toBeCloseTo(0, 12);
    expect(gini([0, 0, 0, 5])).toBeCloseTo(0.75, 12);
    expect(gini([])).toBeNaN();
    expect(gini([0, 0])).toBeNaN();
  });

  it('equals the mean absolute difference over twice the mean', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 60 }, () => -Math.log(random()));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const differences = values.flatMap((a) => values.map((b) => Math.abs(a - b)));
    const oracle = differences.reduce((a, b) => a + b) / values.length ** 2 / (2 * mean);
    expect(gini(values)).toBeCloseTo(oracle, 10);
  });

  it('tells what the top hold, of whom there is at least one', () => {
    expect(topShare([1, 2, 3, 4, 90], 0.2)).toBeCloseTo(0.9, 12);
    expect(topShare([1, 3], 0.1)).toBe(0.75);
    expect(topShare(new Array(30).fill(1), 0.1)).toBeCloseTo(0.1, 12);
    expect(topShare([], 0.1)).toBeNaN();
  });
});
