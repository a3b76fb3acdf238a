/** Error, trend and season of an exponential-smoothing model: N none, A additive, Ad additive damped, M multiplicative. */
export interface EtsForm {
  readonly error: 'A' | 'M';
  readonly trend: 'N' | 'A' | 'Ad';
  readonly season: 'N' | 'A' | 'M';
}

export interface EtsParameters {
  readonly alpha: number;
  /** α · β*; 0 without a trend. */
  readonly beta: number;
  /** 0 without a season. */
  readonly gamma: number;
  /** 1 without damping. */
  readonly phi: number;
  readonly level: number;
  /** 0 without a trend. */
  readonly slope: number;
}

/** What one pass over the series leaves: how well it fitted and the states after its last value. */
export interface EtsPass {
  /** Σ ε², of relative errors when the error is multiplicative. */
  readonly errorSquares: number;
  /** Σ log |forecast|, of the multiplicative error's likelihood. */
  readonly logForecasts: number;
  /** Σ (y − forecast)². */
  readonly squares: number;
  readonly level: number;
  readonly slope: number;
}

const SMALLEST = 1e-10;

/**
 * One pass of the state equations over the series. `season` holds the `period` seasonal states, that of the first value
 * first, and is left as those of the values after the last one, rotated by n mod `period`; `fitted`, when given, takes the
 * one-step forecasts. O(n).
 *
 * Hyndman, R., Koehler, A., Ord, J. and Snyder, R. (2008). Forecasting with Exponential Smoothing: The State Space Approach,
 * table 2.2 in component form.
 */
export function passEts(
  series: ArrayLike<number>,
  form: EtsForm,
  parameters: EtsParameters,
  season: Float64Array,
  fitted?: Float64Array,
): EtsPass {
  const { alpha, gamma, phi } = parameters;
  const trendWeight = parameters.beta / alpha;
  const hasTrend = form.trend !== 'N';
  const isAdditiveSeason = form.season === 'A';
  const isMultiplicativeSeason = form.season === 'M';
  const isRelative = form.error === 'M';
  const period = season.length;
  const n = series.length;
  let { level, slope } = parameters;
  let errorSquares = 0;
  let logForecasts = 0;
  let squares = 0;
  let product = 1;
  for (let t = 0, k = 0; t < n; t++) {
    const y = series[t]!;
    const damped = phi * slope;
    const base = hasTrend ? level + damped : level;
    let forecast = base;
    let deseasoned = y;
    if (isAdditiveSeason) {
      forecast = base + season[k]!;
      deseasoned = y - season[k]!;
    } else if (isMultiplicativeSeason) {
      forecast = base * season[k]!;
      deseasoned = Math.abs(season[k]!) < SMALLEST ? SMALLEST : y / season[k]!;
    }
    if (fitted !== undefined) fitted[t] = forecast;
    const error = y - forecast;
    squares += error * error;
    if (isRelative) {
      const scale = Math.abs(forecast) < SMALLEST ? SMALLEST : forecast;
      errorSquares += (error / scale) * (error / scale);
      // Logs are dear: a product of several is taken at once.
      product *= Math.abs(scale);
      if (product > 1e200 || product < 1e-200) {
        logForecasts += Math.log(product);
        product = 1;
      }
    }
    const before = level;
    level = base + alpha * (deseasoned - base);
    if (hasTrend) slope = damped + trendWeight * (level - before - damped);
    if (isAdditiveSeason) season[k] = season[k]! + gamma * (y - base - season[k]!);
    else if (isMultiplicativeSeason) {
      const ratio = Math.abs(base) < SMALLEST ? SMALLEST : y / base;
      season[k] = season[k]! + gamma * (ratio - season[k]!);
    }
    k++;
    if (k === period) k = 0;
  }
  logForecasts += Math.log(product);
  return { errorSquares: isRelative ? errorSquares : squares, logForecasts, squares, level, slope };
}

/**
 * Whether the forecasts forget the distant past, so that the model is usable: no root of the characteristic equation lies
 * outside the unit circle. Checked by stepping the polynomial down (Schur and Cohn), O(period²).
 *
 * Hyndman et al. (2008), chapter 10; Hyndman, R., Akram, M. and Archibald, B. (2008). The admissible parameter space for
 * exponential smoothing models. Annals of the Institute of Statistical Mathematics 60.
 */
export function isAdmissible(parameters: EtsParameters, period: number): boolean {
  const { alpha, beta, gamma, phi } = parameters;
  if (phi < 0 || phi > 1 + 1e-8) return false;
  if (period < 2) return alpha >= 1 - 1 / phi && alpha <= 1 + 1 / phi && beta <= (1 + phi) * (2 - alpha);
  if (gamma < Math.max(1 - 1 / phi - alpha, 0) || gamma > 1 + 1 / phi - alpha) return false;
  if (alpha < 1 - 1 / phi - (gamma * (1 - period + phi + phi * period)) / (2 * phi * period)) return false;
  if (beta < -(1 - phi) * (gamma / period + alpha)) return false;
  const middle = alpha + beta - alpha * phi;
  const degree = period + 1;
  // Falling powers of a polynomial whose first coefficient is 1.
  const polynomial = new Float64Array(degree + 1).fill(middle);
  polynomial[0] = 1;
  polynomial[1] = alpha + beta - phi;
  polynomial[period] = middle + gamma - 1;
  polynomial[degree] = phi * (1 - alpha - gamma);
  for (let d = degree; d >= 1; d--) {
    const last = polynomial[d]!;
    const rest = 1 - last * last;
    if (rest < -1e-10) return false;
    if (rest < 1e-12) return true;
    // In place, from both ends at once; the coefficient of degree d is not looked at again.
    for (let k = 0; 2 * k <= d; k++) {
      const [low, high] = [polynomial[k]!, polynomial[d - k]!];
      polynomial[k] = (low - last * high) / rest;
      polynomial[d - k] = (high - last * low) / rest;
    }
  }
  return true;
}
