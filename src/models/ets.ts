import { nelderMead } from '../math/nelder-mead.ts';
import { etsStart } from './ets-start.ts';
import { type EtsForm, type EtsParameters, isAdmissible, passEts } from './ets-states.ts';

export interface EtsModel {
  readonly form: EtsForm;
  readonly period: number;
  readonly parameters: EtsParameters;
  /** Seasonal states before the first value, that of the first value first; [] without a season. */
  readonly season: readonly number[];
  /** After the last value; `season` is that of the next values, in their order. */
  readonly last: { readonly level: number; readonly slope: number; readonly season: readonly number[] };
  /** −2 log-likelihood without the constants of n alone. */
  readonly deviance: number;
  readonly aic: number;
  readonly aicc: number;
  readonly bic: number;
  /** Mean squared one-step error over the series. */
  readonly mse: number;
}

export interface EtsOptions {
  /** Values a season; 1 for none. */
  readonly period: number;
  /** What is made smallest: the likelihood's deviance, or the squared one-step errors. */
  readonly criterion?: 'likelihood' | 'squared-errors';
}

/** Bounds of α, β, γ and of φ: at 0 or 1 a state would never move, or forget everything. */
const LOW = 1e-4;
const HIGH = 0.9999;
const PHI_LOW = 0.8;
const PHI_HIGH = 0.98;
const FORBIDDEN = Number.POSITIVE_INFINITY;

/**
 * How does the series go on, when its level, slope and seasonal figure drift? One exponential-smoothing model in state-space
 * form, by maximum likelihood over smoothing parameters and first states together.
 *
 * Assumptions: 1. values are equally spaced, none is missing; 2. one-step errors (relative ones when the error is
 * multiplicative) are independent with one variance; 3. a multiplicative error or season wants values above 0. Parameters stay
 * in the usual region 0 < β < α < 1, 0 < γ < 1 − α, 0.8 ≤ φ ≤ 0.98 and in the admissible one.
 *
 * Null when the series is too short for the form's parameters. Deterministic; some 2,000 passes of O(n).
 *
 * Hyndman, R., Koehler, A., Ord, J. and Snyder, R. (2008). Forecasting with Exponential Smoothing, chapters 2 and 5; starts
 * and simplex as in R's `forecast::ets` (Hyndman and Khandakar 2008, Journal of Statistical Software 27).
 */
export function fitEts(series: ArrayLike<number>, form: EtsForm, options: EtsOptions): EtsModel | null {
  const period = form.season === 'N' ? 1 : options.period;
  const n = series.length;
  const isBySquares = options.criterion === 'squared-errors';
  const start = etsStart(series, form, period);
  if (start === null || start.length >= n - 1) return null;
  const season = new Float64Array(form.season === 'N' ? 0 : period);
  const found = nelderMead((x) => {
    const parameters = unpack(x, form);
    if (!isWithin(parameters, form) || !isAdmissible(parameters, period)) return FORBIDDEN;
    if (!unpackSeason(x, form, season)) return FORBIDDEN;
    const pass = passEts(series, form, parameters, season);
    return isBySquares ? pass.squares / n : Math.max(devianceOf(pass, n, form), -1e10);
  }, start);
  const parameters = unpack(found.x, form);
  if (!Number.isFinite(found.value) || !unpackSeason(found.x, form, season)) return null;
  const first = [...season];
  const pass = passEts(series, form, parameters, season);
  const deviance = devianceOf(pass, n, form);
  const count = start.length + 1;
  const turn = season.length === 0 ? 0 : n % period;
  return {
    form,
    period,
    parameters,
    season: first,
    last: { level: pass.level, slope: pass.slope, season: [...season.subarray(turn), ...season.subarray(0, turn)] },
    deviance,
    aic: deviance + 2 * count,
    aicc:
      n - count - 1 <= 0
        ? Number.POSITIVE_INFINITY
        : deviance + 2 * count + (2 * count * (count + 1)) / (n - count - 1),
    bic: deviance + Math.log(n) * count,
    mse: pass.squares / n,
  };
}

/** The next `horizon` values. */
export function forecastEts(model: EtsModel, horizon: number): Float64Array {
  const { level, slope, season } = model.last;
  let damping = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, h) => {
    power *= model.parameters.phi;
    damping += power;
    const base = level + damping * slope;
    if (model.form.season === 'A') return base + season[h % model.period]!;
    return model.form.season === 'M' ? base * season[h % model.period]! : base;
  });
}

/** `ETS(M,Ad,M)`. */
export function etsName({ error, trend, season }: EtsForm): string {
  return `ETS(${error},${trend},${season})`;
}

function devianceOf(pass: { errorSquares: number; logForecasts: number }, n: number, form: EtsForm): number {
  return n * Math.log(pass.errorSquares) + (form.error === 'M' ? 2 * pass.logForecasts : 0);
}

/** α, then β, γ and φ as far as the form has them, then level, slope and all seasonal states but that of the first value. */
function unpack(x: Float64Array, form: EtsForm): EtsParameters {
  let k = 0;
  const hasTrend = form.trend !== 'N';
  const alpha = x[k++]!;
  const beta = hasTrend ? x[k++]! : 0;
  const gamma = form.season === 'N' ? 0 : x[k++]!;
  const phi = form.trend === 'Ad' ? x[k++]! : 1;
  const level = x[k++]!;
  return { alpha, beta, gamma, phi, level, slope: hasTrend ? x[k]! : 0 };
}

function isWithin({ alpha, beta, gamma, phi }: EtsParameters, form: EtsForm): boolean {
  if (!(alpha >= LOW && alpha <= HIGH)) return false;
  if (form.trend !== 'N' && !(beta >= LOW && beta <= Math.min(alpha, HIGH))) return false;
  if (form.trend === 'Ad' && !(phi >= PHI_LOW && phi <= PHI_HIGH)) return false;
  return form.season === 'N' || (gamma >= LOW && gamma <= Math.min(1 - alpha, HIGH));
}

/** The seasonal states sum to 0, or when multiplicative to the period: the first follows from the others. False: forbidden. */
function unpackSeason(x: Float64Array, form: EtsForm, season: Float64Array): boolean {
  const period = season.length;
  if (period === 0) return true;
  const from = x.length - (period - 1);
  let sum = 0;
  for (let k = 1; k < period; k++) {
    season[k] = x[from + period - 1 - k]!;
    sum += season[k]!;
  }
  season[0] = (form.season === 'M' ? period : 0) - sum;
  if (form.season === 'A') return true;
  for (let k = 0; k < period; k++) if (!(season[k]! >= 0)) return false;
  return true;
}
