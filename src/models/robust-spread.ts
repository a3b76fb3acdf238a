import { median } from '../math/statistics.ts';

/** Makes the median absolute deviation of normal values their standard deviation. */
const NORMAL = 1.4826;

/**
 * The median, and the median absolute deviation on the scale of a standard deviation; that is 0 when more than half of the values
 * are equal, since then nothing tells what is far.
 *
 * Iglewicz, B. and Hoaglin, D. (1993). How to Detect and Handle Outliers.
 */
export function robustSpread(values: ArrayLike<number>): { centre: number; spread: number } {
  const centre = median(values);
  const distances = Float64Array.from({ length: values.length }, (_, i) => Math.abs(values[i]! - centre));
  return { centre, spread: NORMAL * median(distances) };
}
