import { describe, expect, it } from 'vitest';
import { minimise } from '../../../src/math/minimise.ts';

const valley = (x: Float64Array): number => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2;
const slope = (x: Float64Array, into: Float64Array): void => {
  into[0] = -400 * x[0]! * (x[1]! - x[0]! ** 2) - 2 * (1 - x[0]!);
  into[1] = 200 * (x[1]! - x[0]! ** 2);
};

describe('minimise', () => {
  it('finds the end of Rosenbrock’s valley, with the slope and without it', () => {
    const known = minimise(valley, [-1.2, 1], { gradient: slope });
    const guessed = minimise(valley, [-1.2, 1]);
    for (const { x, converged } of [known, guessed]) {
      expect(converged).toBe(true);
      expect(x[0]).toBeCloseTo(1, 6);
      expect(x[1]).toBeCloseTo(1, 6);
    }
    expect(known.iterations).toBeLessThan(100);
  });

  it('says that it has not converged when it runs out of iterations or starts nowhere', () => {
    expect(minimise(valley, [-1.2, 1], { gradient: slope, maxIterations: 3 }).converged).toBe(false);
    expect(minimise(() => Number.NaN, [0]).converged).toBe(false);
  });

  it('stays where the function is finite', () => {
    const { x, converged } = minimise((at) => at[0]! - Math.log(at[0]!), [9]);
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(1, 5);
  });

  it('settles although values differ by rounding alone near the minimum', () => {
    const noisy = (x: Float64Array): number => 1e6 + (x[0]! - 2) ** 2 * 1e-3;
    const { converged, x } = minimise(noisy, [40], {
      gradient: (at, into) => {
        into[0] = 2e-3 * (at[0]! - 2);
      },
      tolerance: 1e-14,
    });
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(2, 3);
  });
});
