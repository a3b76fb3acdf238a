/** What each start of a back-test gave: `errors[o][h]` of origin o, h + 1 steps ahead. */
export interface BackTest {
  /** How many values were known at each origin, ascending. */
  readonly origins: readonly number[];
  readonly actual: readonly Float64Array[];
  readonly forecast: readonly Float64Array[];
}

/** A way to go on from a series; null when the series is too short for it. */
export type Forecaster = (series: Float64Array, horizon: number) => Float64Array | null;

/**
 * What a forecaster would have said at earlier times, refitted at each on nothing but what was known then, and what came.
 * Origins are the `first` to the last value but one; each looks as far ahead as the series goes, at most `horizon` steps.
 * Null when the forecaster could not answer at every origin or gave a number that is not finite.
 *
 * Tashman, L. (2000). Out-of-sample tests of forecasting accuracy. International Journal of Forecasting 16.
 */
export function rollingOrigin(
  series: Float64Array,
  forecaster: Forecaster,
  options: { readonly first: number; readonly horizon: number },
): BackTest | null {
  const origins: number[] = [];
  const actual: Float64Array[] = [];
  const forecast: Float64Array[] = [];
  for (let known = options.first; known < series.length; known++) {
    const ahead = Math.min(options.horizon, series.length - known);
    const made = forecaster(series.slice(0, known), ahead);
    if (made === null || !made.every(Number.isFinite)) return null;
    origins.push(known);
    actual.push(series.slice(known, known + ahead));
    forecast.push(made);
  }
  return { origins, actual, forecast };
}

/** Mean absolute error of each origin over its steps. */
export function errorByOrigin(test: BackTest): Float64Array {
  return Float64Array.from(test.origins, (_, o) => {
    const actual = test.actual[o]!;
    let sum = 0;
    for (let h = 0; h < actual.length; h++) sum += Math.abs(actual[h]! - test.forecast[o]![h]!);
    return sum / actual.length;
  });
}
