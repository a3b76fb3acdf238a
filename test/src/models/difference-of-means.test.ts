import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { studentQuantile } from '../../../src/math/student-t.ts';
import { differenceOfMeans } from '../../../src/models/difference-of-means.ts';

describe('studentQuantile', () => {
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [5, 2.57058],
    [10, 2.22814],
    [30, 2.04227],
    [1000, 1.96234],
  ])('with %d degrees of freedom is the table’s at 97.5 %%', (degrees, t) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(t, 4);
    expect(studentQuantile(0.025, degrees)).toBeCloseTo(-t, 4);
    expect(studentQuantile(0.5, degrees)).toBe(0);
  });
});

describe('differenceOfMeans', () => {
  it('is the interval of R’s t.test on its sleep data', () => {
    // Student (1908): t.test(extra ~ group, data = sleep) gives t = -1.8608, df = 17.776, -3.3654832 to 0.2054832.
    const one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const difference = differenceOfMeans(one, two)!;
    expect(difference.value).toBeCloseTo(-1.58, 12);
    expect(difference.low).toBeCloseTo(-3.3654832, 6);
    expect(difference.high).toBeCloseTo(0.2054832, 6);
  });

  it('covers the truth in about 95 of 100 draws with unequal groups and spreads', () => {
    const random = seededRandom(5);
    let covered = 0;
    for (let draw = 0; draw < 2000; draw++) {
      const a = Float64Array.from({ length: 40 }, () => 10 + 8 * normal(random));
      const b = Float64Array.from({ length: 9 }, () => 4 + 2 * normal(random));
      const { low, high } = differenceOfMeans(a, b)!;
      if (low <= 6 && 6 <= high) covered += 1;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.965);
  });

  it('says nothing where a group is too small or does not vary', () => {
    expect(differenceOfMeans([1], [1, 2])).toBeNull();
    expect(differenceOfMeans([], [1, 2])).toBeNull();
    expect(differenceOfMeans([0, 0, 0], [1, 2])).toBeNull();
  });
});
