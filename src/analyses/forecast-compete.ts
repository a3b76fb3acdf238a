import { mean, standardDeviation } from '../math/statistics.ts';
import { chooseEts } from '../models/choose-ets.ts';
import { etsName, forecastEts } from '../models/ets.ts';
import { forecastAccuracy, seasonalScale } from '../models/forecast-accuracy.ts';
import { fitSmoothedStates, forecastSmoothedStates } from '../models/holt-winters-states.ts';
import { naive, naiveWithDrift, seasonalNaive } from '../models/naive-forecasts.ts';
import { type BackTest, errorByOrigin, type Forecaster, rollingOrigin } from '../models/rolling-origin.ts';
import { fitTheta, forecastTheta } from '../models/theta.ts';
import type { ForecasterName, ForecastSummary } from './forecast-summary.ts';

export interface Competition {
  readonly winner: ForecasterName;
  readonly incumbent: 'seasonal-naive' | 'naive';
  readonly test: BackTest;
  readonly board: ForecastSummary['board'];
  readonly forecast: Float64Array;
  readonly detail: string;
}

/** From this many origins on, a month more costs time and says little. */
const MOST_ORIGINS = 24;

/**
 * Every way of forecasting on the same earlier months, refitted at each; the seasonal naive forecast (the naive one where
 * there is no season) is the incumbent, and the best of the others replaces it when its mean absolute error is lower by more
 * than one standard error over the origins. Null when no month is left to test on.
 */
export function compete(series: Float64Array, period: number, horizon: number): Competition | null {
  const n = series.length;
  const least = period > 1 ? Math.min(n - period, 2 * period + 1) : 4;
  const first = Math.max(least, period, n - MOST_ORIGINS);
  if (first >= n) return null;
  const incumbent = period > 1 ? 'seasonal-naive' : 'naive';
  const scale = seasonalScale(series.subarray(0, first), period) || 1;
  const entrants = forecasters(period);
  const tests = new Map<ForecasterName, BackTest>();
  for (const [name, forecaster] of entrants) {
    const test = rollingOrigin(series, forecaster, { first, horizon });
    if (test !== null) tests.set(name, test);
  }
  const before = errorByOrigin(tests.get(incumbent)!);
  const board = [...tests].map(([name, test]) => {
    const gains = errorByOrigin(test).map((error, o) => before[o]! - error);
    const measures = forecastAccuracy(
      test.actual.flatMap((v) => [...v]),
      test.forecast.flatMap((v) => [...v]),
      scale,
    );
    const count = gains.length;
    return {
      name,
      mase: measures.mase,
      smape: measures.smape,
      rmse: measures.rmse,
      gain: mean(gains),
      standard_error: count > 1 ? standardDeviation(gains) / Math.sqrt(count - 1) : 0,
    };
  });
  board.sort((a, b) => a.mase - b.mase || (a.name < b.name ? -1 : 1));
  const best = board[0]!;
  const isBetter = before.length > 1 && best.gain > best.standard_error && best.gain > 0;
  const order = isBetter ? [best.name, incumbent] : [incumbent];
  for (const winner of order) {
    const forecast = entrants.get(winner as ForecasterName)!(series, horizon);
    if (forecast === null || !forecast.every(Number.isFinite)) continue;
    const ets = winner === 'ets' ? chooseEts(series, { period }) : null;
    const detail = ets === null ? '' : etsName(ets.form);
    return {
      winner: winner as ForecasterName,
      incumbent,
      test: tests.get(winner as ForecasterName)!,
      board,
      forecast,
      detail,
    };
  }
  return null;
}

function forecasters(period: number): Map<ForecasterName, Forecaster> {
  const seasonal =
    (season: 'additive' | 'multiplicative'): Forecaster =>
    (series, horizon) => {
      // Values of 0 have no multiplicative season: the additive one stands in, so that every origin has an answer.
      const shape = season === 'multiplicative' && !series.every((y) => y > 0) ? 'additive' : season;
      const model = fitSmoothedStates(series, { period, season: shape, isDamped: false });
      return model === null ? null : forecastSmoothedStates(model, horizon);
    };
  const all: [ForecasterName, Forecaster][] = [
    ['naive', naive],
    ['drift', naiveWithDrift],
    ['theta', (series, horizon) => ifFitted(fitTheta(series, { period }), (model) => forecastTheta(model, horizon))],
    ['ets', (series, horizon) => ifFitted(chooseEts(series, { period }), (model) => forecastEts(model, horizon))],
  ];
  if (period > 1) {
    all.unshift(['seasonal-naive', (series, horizon) => seasonalNaive(series, horizon, period)]);
    all.push(
      ['holt-winters-additive', seasonal('additive')],
      ['holt-winters-multiplicative', seasonal('multiplicative')],
    );
  }
  return new Map(all);
}

function ifFitted<Model>(model: Model | null, forecast: (model: Model) => Float64Array): Float64Array | null {
  return model === null ? null : forecast(model);
}
