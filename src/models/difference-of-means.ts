import { mean } from '../math/statistics.ts';
import { studentQuantile } from '../math/student-t.ts';
import type { Estimate } from './difference-of-shares.ts';

/**
 * By how much the mean of one group is above that of another: `mean(a) − mean(b)` with Welch's interval at 95 %, in the unit of
 * the values.
 *
 * Assumes: 1. independent cases; 2. means that are nearly normal, so groups that are not tiny: money that a few customers bring
 * makes the interval too narrow below about five payers a group, where it should not be shown. The spreads may differ. Null with
 * fewer than two cases in a group, or where one of them does not vary at all, since nothing then tells how sure its mean is.
 *
 * Welch, B. L. (1947). The generalization of Student's problem when several different population variances are involved.
 * Biometrika 34; degrees of freedom by Satterthwaite (1946).
 */
export function differenceOfMeans(a: ArrayLike<number>, b: ArrayLike<number>): Estimate | null {
  const ofA = squaredError(a);
  const ofB = squaredError(b);
  if (!(ofA > 0 && ofB > 0)) return null;
  const together = ofA + ofB;
  const degrees = together ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const half = studentQuantile(0.975, degrees) * Math.sqrt(together);
  const value = mean(a) - mean(b);
  return { value, low: value - half, high: value + half };
}

/** The squared standard error of the mean: the sample variance (n − 1) ÷ n; NaN for fewer than two values. */
function squaredError(values: ArrayLike<number>): number {
  const n = values.length;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i]! - centre) ** 2;
  return n < 2 ? Number.NaN : sum / (n - 1) / n;
}
