import { describe, expect, it } from 'vitest';
import { rSquared } from '../../../src/models/regression-metrics.ts';

describe('the quality of predicted amounts', () => {
  const [predicted, outcomes] = [
    [2.5, 0, 2, 8],
    [3, -0.5, 2, 7],
  ];

  it('gives the worked figure of scikit-learn’s handbook', () => {
    expect(rSquared(predicted, outcomes)).toBeCloseTo(0.9486081370449679, 12);
  });

  it('has no R² where every outcome is the same, and one below 0 where the mean does better', () => {
    expect(rSquared([1, 2], [3, 3])).toBeNaN();
    expect(rSquared([3, 1], [1, 3])).toBe(-3);
  });
});
