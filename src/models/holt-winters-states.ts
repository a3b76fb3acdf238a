import { minimise } from '../math/minimise.ts';
import { standardDeviation } from '../math/statistics.ts';
import { etsStart } from './ets-start.ts';
import { type EtsForm, type EtsParameters, passEts } from './ets-states.ts';
import { fitHoltWinters } from './holt-winters.ts';

export interface SmoothedStates {
  readonly season: 'additive' | 'multiplicative';
  readonly isDamped: boolean;
  readonly period: number;
  readonly parameters: EtsParameters;
  readonly last: { readonly level: number; readonly slope: number; readonly figure: readonly number[] };
  /** Σ of squared one-step errors. */
  readonly squares: number;
}

const PHI_LOW = 0.8;
const PHI_HIGH = 0.995;
/** Weights that a search starts from besides those of the classical fit: α, β*, γ ÷ (1 − α). */
const STARTS = [
  [0.2, 0.05, 0.1],
  [0.5, 0.05, 0.3],
  [0.8, 0.02, 0.05],
] as const;
const NEAR_EDGE = 0.02;

/**
 * Holt–Winters with its first states estimated together with the weights, so that the squared one-step errors are least: for
 * short series the first season's accidents weigh less than in the classical form. Weights obey 0 ≤ β* ≤ 1 and 0 ≤ γ ≤ 1 − α.
 *
 * Assumptions: 1. equally spaced values, none missing, more than two seasons of `period` ≥ 2; 2. above 0 when multiplicative.
 * Null when the series is shorter. The surface has several optima: the best of four starts is kept. Some thousand passes of O(n).
 *
 * Hyndman, R. and Athanasopoulos, G. (2021). Forecasting: Principles and Practice, 3rd ed., sections 8.3 and 8.4.
 */
export function fitSmoothedStates(
  series: ArrayLike<number>,
  options: { readonly period: number; readonly season: SmoothedStates['season']; readonly isDamped: boolean },
): SmoothedStates | null {
  const { period, season, isDamped } = options;
  const classical = fitHoltWinters(series, { period, season });
  const form: EtsForm = { error: 'A', trend: isDamped ? 'Ad' : 'A', season: season === 'additive' ? 'A' : 'M' };
  const states = etsStart(series, form, period);
  if (classical === null || states === null) return null;
  const weights = isDamped ? 4 : 3;
  const spread = standardDeviation(series) || 1;
  // States are counted in the series' spread, multiplicative indices as they are, so that all moves are alike.
  const unit = form.season === 'M' ? 1 : spread;
  const figure = new Float64Array(period);
  const unpack = (u: Float64Array): EtsParameters => {
    const alpha = share(u[0]!);
    const phi = isDamped ? PHI_LOW + (PHI_HIGH - PHI_LOW) * share(u[3]!) : 1;
    for (let k = 0; k < period; k++) figure[k] = u[weights + 2 + k]! * unit;
    const slope = u[weights + 1]! * spread;
    return {
      alpha,
      beta: alpha * share(u[1]!),
      gamma: (1 - alpha) * share(u[2]!),
      phi,
      level: u[weights]! * spread,
      slope,
    };
  };
  const squaresAt = (u: Float64Array): number => {
    const parameters = unpack(u);
    return parameters.alpha === 0 ? Number.POSITIVE_INFINITY : passEts(series, form, parameters, figure).squares;
  };
  const found = states.subarray(weights);
  const latestFirst = [...found.subarray(2)];
  const first = (form.season === 'M' ? period : 0) - latestFirst.reduce((sum, value) => sum + value, 0);
  const indices = [first, ...latestFirst.reverse()].map((value) => value / unit);
  const scale = series.length * spread * spread;
  const { alpha, beta, gamma } = classical;
  let best: { x: Float64Array; value: number } | null = null;
  for (const [a, b, c] of [[alpha, beta, gamma] as const, ...STARTS]) {
    const start = [a, b, c, ...(isDamped ? [0.9] : [])].map(angle);
    const at = minimise((u) => squaresAt(u) / scale, [...start, found[0]! / spread, found[1]! / spread, ...indices], {
      tolerance: 1e-7,
      maxIterations: 200,
    });
    if (Number.isFinite(at.value) && (best === null || at.value < best.value)) best = at;
  }
  if (best === null) return null;
  const parameters = unpack(best.x);
  const pass = passEts(series, form, parameters, figure);
  const turn = series.length % period;
  const { level, slope, squares } = pass;
  const turned = [...figure.subarray(turn), ...figure.subarray(0, turn)];
  return { season, isDamped, period, parameters, last: { level, slope, figure: turned }, squares };
}

/** The next `horizon` values. */
export function forecastSmoothedStates(model: SmoothedStates, horizon: number): Float64Array {
  const { level, slope, figure } = model.last;
  let damping = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, h) => {
    power *= model.parameters.phi;
    damping += power;
    const base = level + damping * slope;
    const position = figure[h % model.period]!;
    return model.season === 'multiplicative' ? base * position : base + position;
  });
}

/** Between 0 and 1, both reached. */
function share(u: number): number {
  return (1 + Math.sin(u)) / 2;
}

/** The way back; away from the ends, where the slope is 0 and no search would leave. */
function angle(value: number): number {
  return Math.asin(2 * Math.min(1 - NEAR_EDGE, Math.max(NEAR_EDGE, value)) - 1);
}
