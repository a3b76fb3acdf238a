/**
 * Forecasts that need no fit, which every other one has to beat; all want at least one value.
 * Hyndman, R. and Athanasopoulos, G. (2021). Forecasting: Principles and Practice, 3rd ed., section 5.2.
 */

/** The newest value again. */
export function naive(series: ArrayLike<number>, horizon: number): Float64Array {
  return new Float64Array(horizon).fill(series[series.length - 1]!);
}

/** The value of the same position one season ago; `naive` where the series is shorter than a season. */
export function seasonalNaive(series: ArrayLike<number>, horizon: number, period: number): Float64Array {
  const n = series.length;
  if (n < period) return naive(series, horizon);
  return Float64Array.from({ length: horizon }, (_, h) => series[n - period + (h % period)]!);
}

/** The newest value and the mean change so far, again and again. */
export function naiveWithDrift(series: ArrayLike<number>, horizon: number): Float64Array {
  const n = series.length;
  const drift = n < 2 ? 0 : (series[n - 1]! - series[0]!) / (n - 1);
  return Float64Array.from({ length: horizon }, (_, h) => series[n - 1]! + (h + 1) * drift);
}
