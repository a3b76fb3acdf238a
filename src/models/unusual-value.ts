import { robustSpread } from './robust-spread.ts';
import { studentQuantile, studentTail } from './tail-probability.ts';

export interface Unusual {
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  readonly usual: number;
  /** Where 95 of 100 further values would lie. */
  readonly low: number;
  readonly high: number;
}

/** How much of the normal information on the spread the median absolute deviation keeps. */
const EFFICIENCY = 0.37;
/** Variance of a median ÷ that of a mean, of normal values. */
const MEDIAN_VARIANCE = Math.PI / 2;

/**
 * How unusual is one more value, judged by the ones before it? Its distance from their median in robust standard deviations,
 * and the tail of Student's distribution with as many degrees of freedom as the spread's estimate is worth, so that few
 * values give no certainty.
 *
 * `leastSpread` is what even equal values are taken to vary by (rounding, habit). Assumption: the earlier values and the new one are normal alike (the caller transforms them). Null below 5 values or where
 * most are equal.
 *
 * Rousseeuw, P. and Croux, C. (1993). Alternatives to the median absolute deviation. JASA 88 (efficiency).
 */
export function unusualValue(earlier: ArrayLike<number>, value: number, leastSpread = 0): Unusual | null {
  const n = earlier.length;
  if (n < 5) return null;
  const found = robustSpread(earlier);
  const { centre } = found;
  const spread = Math.max(found.spread, leastSpread);
  if (!(spread > 0)) return null;
  const scale = spread * Math.sqrt(1 + MEDIAN_VARIANCE / n);
  const degrees = Math.max(1, EFFICIENCY * (n - 1));
  const z = (value - centre) / scale;
  const reach = reachOf(degrees) * scale;
  return { z, p: 2 * studentTail(Math.abs(z), degrees), usual: centre, low: centre - reach, high: centre + reach };
}

/** By degrees of freedom: a quantile costs a thousand times what the rest does, and few different ones are asked for. */
const reaches = new Map<number, number>();

function reachOf(degrees: number): number {
  const known = reaches.get(degrees) ?? studentQuantile(0.025, degrees);
  reaches.set(degrees, known);
  return known;
}
