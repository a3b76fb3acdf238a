import { minimise } from '../math/minimise.ts';
import { decompose, lineThrough } from './seasonal-decomposition.ts';

export interface HoltWintersModel {
  readonly season: 'additive' | 'multiplicative';
  readonly period: number;
  readonly alpha: number;
  /** β*: the share of the newest change of level in the slope. */
  readonly beta: number;
  readonly gamma: number;
  readonly last: { readonly level: number; readonly slope: number; readonly figure: readonly number[] };
  /** Σ of squared one-step errors from the second season on. */
  readonly squares: number;
}

/**
 * How does a series with a slope and a season go on? Level, slope and seasonal figure are smoothed with weights that make the
 * squared one-step errors least; the first states come from a decomposition of the first two seasons.
 *
 * Assumptions: 1. equally spaced values, none missing, at least two seasons of `period` ≥ 2 and one value; 2. seasonal swings
 * grow with the level when multiplicative (values above 0), and stay when additive. Null when the series is shorter.
 *
 * Winters, P. (1960). Forecasting sales by exponentially weighted moving averages. Management Science 6; starts and update of the
 * season from the new level as R's `HoltWinters`.
 */
export function fitHoltWinters(
  series: ArrayLike<number>,
  options: { readonly period: number; readonly season: HoltWintersModel['season'] },
): HoltWintersModel | null {
  const { period, season } = options;
  if (period < 2 || series.length <= 2 * period) return null;
  const isMultiplicative = season === 'multiplicative';
  const early = Array.from({ length: 2 * period }, (_, t) => series[t]!);
  const { trend, figure } = decompose(early, period, isMultiplicative);
  const { intercept, slope } = lineThrough(
    trend.filter((value) => !Number.isNaN(value)),
    1,
  );
  const start = { level: intercept, slope, figure };
  const scratch = new Float64Array(period);
  const squaresAt = (weights: readonly [number, number, number]) =>
    passHoltWinters(series, isMultiplicative, weights, start, scratch).squares;
  const first = squaresAt(START);
  // A sine keeps each weight within 0 and 1 and reaches both ends.
  const found = minimise(
    (u) => Math.log(squaresAt(weightsOf(u)) / first),
    START.map((weight) => Math.asin(2 * weight - 1)),
    { tolerance: 1e-9 },
  );
  const weights = weightsOf(found.x);
  const pass = passHoltWinters(series, isMultiplicative, weights, start, scratch);
  const turn = series.length % period;
  return {
    season,
    period,
    alpha: weights[0],
    beta: weights[1],
    gamma: weights[2],
    last: { level: pass.level, slope: pass.slope, figure: [...scratch.subarray(turn), ...scratch.subarray(0, turn)] },
    squares: pass.squares,
  };
}

const START = [0.3, 0.1, 0.1] as const;

function weightsOf(u: Float64Array): [number, number, number] {
  return [(1 + Math.sin(u[0]!)) / 2, (1 + Math.sin(u[1]!)) / 2, (1 + Math.sin(u[2]!)) / 2];
}

function passHoltWinters(
  series: ArrayLike<number>,
  isMultiplicative: boolean,
  [alpha, beta, gamma]: readonly [number, number, number],
  start: { level: number; slope: number; figure: Float64Array },
  figure: Float64Array,
): { squares: number; level: number; slope: number } {
  figure.set(start.figure);
  const period = figure.length;
  let { level, slope } = start;
  let squares = 0;
  for (let t = period, k = 0; t < series.length; t++) {
    const y = series[t]!;
    const base = level + slope;
    const error = y - (isMultiplicative ? base * figure[k]! : base + figure[k]!);
    squares += error * error;
    const next = alpha * (isMultiplicative ? y / figure[k]! : y - figure[k]!) + (1 - alpha) * base;
    slope = beta * (next - level) + (1 - beta) * slope;
    level = next;
    figure[k] = gamma * (isMultiplicative ? y / level : y - level) + (1 - gamma) * figure[k]!;
    k++;
    if (k === period) k = 0;
  }
  return { squares, level, slope };
}

/** The next `horizon` values. */
export function forecastHoltWinters(model: HoltWintersModel, horizon: number): Float64Array {
  const { level, slope, figure } = model.last;
  return Float64Array.from({ length: horizon }, (_, h) => {
    const base = level + (h + 1) * slope;
    const position = figure[h % model.period]!;
    return model.season === 'multiplicative' ? base * position : base + position;
  });
}
