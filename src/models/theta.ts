import { mean } from '../math/statistics.ts';
import { fitEts } from './ets.ts';
import { decompose, lineThrough } from './seasonal-decomposition.ts';

export interface ThetaModel {
  readonly period: number;
  /** [] where no season was found. */
  readonly figure: readonly number[];
  readonly alpha: number;
  /** The smoothed level after the last value. */
  readonly level: number;
  /** Half the slope of the straight line through the series. */
  readonly drift: number;
  readonly length: number;
}

/** One-sided 5 % of the normal distribution. */
const SEASONAL_FROM = 1.6448536269514722;
const LEAST_INDEX = 1e-4;

/**
 * How does a series go on, halfway between its long straight trend and its newest level? The line of θ = 0 and the smoothed
 * line of θ = 2 in equal parts, which is simple exponential smoothing with half the trend's slope as drift. A season that the
 * autocorrelation shows (at 90 %) is divided out first and multiplied back.
 *
 * Assumptions: equally spaced values, none missing, at least 4; above 0 where there is a season (else it is left in). Null
 * when the series is shorter.
 *
 * Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model. International Journal of Forecasting 16; Hyndman, R. and
 * Billah, B. (2003). Unmasking the Theta method. International Journal of Forecasting 19.
 */
export function fitTheta(series: ArrayLike<number>, options: { readonly period: number }): ThetaModel | null {
  const { period } = options;
  const n = series.length;
  if (n < 4) return null;
  let adjusted = Float64Array.from(series);
  let figure: number[] = [];
  if (isSeasonal(adjusted, period)) {
    const found = decompose(series, period, true).figure;
    if (found.every((index) => index > LEAST_INDEX)) {
      figure = [...found];
      adjusted = adjusted.map((y, t) => y / found[t % period]!);
    }
  }
  const smooth = fitEts(adjusted, { error: 'A', trend: 'N', season: 'N' }, { period: 1 });
  const alpha = smooth?.parameters.alpha ?? 1;
  const level = smooth?.last.level ?? adjusted[n - 1]!;
  return { period, figure, alpha, level, drift: lineThrough(adjusted, 0).slope / 2, length: n };
}

/** The next `horizon` values. */
export function forecastTheta(model: ThetaModel, horizon: number): Float64Array {
  const { period, figure, alpha, level, drift, length } = model;
  const lag = (1 - (1 - alpha) ** length) / alpha;
  return Float64Array.from({ length: horizon }, (_, h) => {
    const base = level + drift * (h + lag);
    return figure.length === 0 ? base : base * figure[(length + h) % period]!;
  });
}

/** Whether the autocorrelation at the season's lag is larger than those before it let expect. */
function isSeasonal(series: Float64Array, period: number): boolean {
  const n = series.length;
  if (period < 2 || n <= 2 * period || !series.every((y) => y > 0)) return false;
  const centre = mean(series);
  const at = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (series[t]! - centre) * (series[t - lag]! - centre);
    return sum;
  };
  const variance = at(0);
  if (!(variance > 0)) return false;
  let before = 0;
  for (let lag = 1; lag < period; lag++) before += (at(lag) / variance) ** 2;
  return Math.abs(at(period) / variance) / Math.sqrt((1 + 2 * before) / n) > SEASONAL_FROM;
}
