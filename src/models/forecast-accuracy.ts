export interface ForecastAccuracy {
  readonly rmse: number;
  readonly mae: number;
  /** In percent; NaN where a value is 0. */
  readonly mape: number;
  /** 200 |e| ÷ (|y| + |f|), in percent. */
  readonly smape: number;
  /** Mean absolute error ÷ that of the seasonal naive forecast within the training series. */
  readonly mase: number;
}

/**
 * How far forecasts were from what came. `scale` is `seasonalScale` of the training series.
 *
 * Hyndman, R. and Koehler, A. (2006). Another look at measures of forecast accuracy. International Journal of Forecasting 22.
 */
export function forecastAccuracy(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  scale: number,
): ForecastAccuracy {
  const n = actual.length;
  let squares = 0;
  let absolute = 0;
  let relative = 0;
  let symmetric = 0;
  for (let i = 0; i < n; i++) {
    const error = Math.abs(actual[i]! - forecast[i]!);
    const size = Math.abs(actual[i]!) + Math.abs(forecast[i]!);
    squares += error * error;
    absolute += error;
    relative += error / Math.abs(actual[i]!);
    symmetric += size === 0 ? 0 : error / size;
  }
  const isRelative = Number.isFinite(relative);
  return {
    rmse: Math.sqrt(squares / n),
    mae: absolute / n,
    mape: isRelative ? (100 * relative) / n : Number.NaN,
    smape: (200 * symmetric) / n,
    mase: absolute / n / scale,
  };
}

/** Mean absolute error of the seasonal naive forecast within a series; of the naive one where it is no longer than a season. */
export function seasonalScale(series: ArrayLike<number>, period: number): number {
  const lag = series.length > period ? period : 1;
  let sum = 0;
  for (let t = lag; t < series.length; t++) sum += Math.abs(series[t]! - series[t - lag]!);
  return sum / (series.length - lag);
}
