/** The trend and the seasonal figure of a series. */
export interface Decomposition {
  /** Centred moving average over one season; NaN at both ends, half a season each. */
  readonly trend: Float64Array;
  /** One value a position in the season, the series' own start first: mean 0 when additive, mean 1 when multiplicative. */
  readonly figure: Float64Array;
}

/**
 * Classical decomposition of a series of at least two seasons of `period` ≥ 2 into a centred moving average and the mean
 * deviation (additive) or ratio (multiplicative) at each position of the season. O(n · period).
 *
 * Macaulay, F. (1931). The Smoothing of Time Series; as R's `decompose`.
 */
export function decompose(series: ArrayLike<number>, period: number, isMultiplicative: boolean): Decomposition {
  const n = series.length;
  const trend = new Float64Array(n).fill(Number.NaN);
  const half = Math.floor(period / 2);
  for (let t = half; t + half < n; t++) {
    let sum = 0;
    for (let k = -half; k <= half; k++) {
      const weight = period % 2 === 0 && Math.abs(k) === half ? 0.5 : 1;
      sum += weight * series[t + k]!;
    }
    trend[t] = sum / period;
  }
  const figure = new Float64Array(period);
  let total = 0;
  for (let position = 0; position < period; position++) {
    let sum = 0;
    let count = 0;
    for (let t = position; t < n; t += period) {
      const deviation = isMultiplicative ? series[t]! / trend[t]! : series[t]! - trend[t]!;
      if (Number.isNaN(deviation)) continue;
      sum += deviation;
      count++;
    }
    figure[position] = sum / count;
    total += figure[position]!;
  }
  const mean = total / period;
  for (let k = 0; k < period; k++) figure[k] = isMultiplicative ? figure[k]! / mean : figure[k]! - mean;
  return { trend, figure };
}

/** Least-squares line through (from, y₀), (from + 1, y₁), …; NaN are left out. */
export function lineThrough(values: ArrayLike<number>, from: number): { intercept: number; slope: number } {
  let n = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    n++;
    x += from + i;
    y += values[i]!;
  }
  x /= n;
  y /= n;
  let xy = 0;
  let xx = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    xy += (from + i - x) * (values[i]! - y);
    xx += (from + i - x) ** 2;
  }
  const slope = xx === 0 ? 0 : xy / xx;
  return { intercept: y - slope * x, slope };
}
