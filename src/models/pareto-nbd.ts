import { distinctValues } from '../math/distinct-values.ts';
import { hypergeometricFraction } from '../math/hypergeometric-fraction.ts';
import { softplus } from '../math/logistic.ts';
import { type BuyingHistory, type BuyingRows, buyingRows } from './buying-history.ts';
import { fitFromStarts, type StartOptions } from './fit-from-starts.ts';

/** Plain JSON; all in the history's unit of time. */
export interface ParetoNbd {
  /** Purchase rates are gamma with shape r and rate alpha (per unit of time). */
  readonly r: number;
  readonly alpha: number;
  /** Rates of leaving are gamma with shape s and rate beta. */
  readonly s: number;
  readonly beta: number;
  /** Σ weight · log-likelihood, in the history's unit of time and without the penalty. */
  readonly logLikelihood: number;
  /** Always so: a fit that does not converge is refused. */
  readonly converged: true;
  readonly starts: number;
}

/**
 * Answers what `fitMbgNbd` answers, for customers who may leave at any time, not only after a purchase: the oldest of these models,
 * for comparison.
 *
 * Assumes 1. that an active customer buys at random (Poisson) at a rate of its own, gamma(r, alpha) over customers, 2. that it leaves at a
 * rate of its own, gamma(s, beta), 3. that the two are independent, 4. no season. `history` and errors as for `fitMbgNbd`. Slopes by
 * differences and a continued fraction per row make it some 50 times slower than the beta-geometric models.
 *
 * Schmittlein, D., Morrison, D. and Colombo, R. (1987). Counting your customers. Management Science 33(1); likelihood as in Fader, P.
 * and Hardie, B. (2005). A note on deriving the Pareto/NBD model, eq. 15–17, brucehardie.com/notes/009.
 */
export function fitParetoNbd(history: BuyingHistory, options: StartOptions): ParetoNbd {
  const rows = buyingRows(history);
  const { parameters, logLikelihood, starts } = fitFromStarts('Pareto/NBD', negativeLogLikelihood(rows), [1, 1, 1, 2], {
    ...options,
    hasSlope: false,
  });
  const [r, alpha, s, beta] = parameters;
  let repeats = 0;
  for (let i = 0; i < rows.count; i++) repeats += rows.weight[i]! * rows.x[i]!;
  return {
    r: r!,
    alpha: alpha! * rows.unit,
    s: s!,
    beta: beta! * rows.unit,
    logLikelihood: logLikelihood - repeats * Math.log(rows.unit),
    converged: true,
    starts,
  };
}

/** P(the customer is still active at age T), for n customers. */
export function paretoNbdAlive(
  fitted: ParetoNbd,
  x: ArrayLike<number>,
  recency: ArrayLike<number>,
  age: ArrayLike<number>,
): Float64Array {
  const { r, alpha, s, beta } = fitted;
  return Float64Array.from(
    { length: x.length },
    (_, i) => 1 / (1 + Math.exp(oddsOfLeft(r, alpha, s, beta, x[i]!, recency[i]!, age[i]!))),
  );
}

/** Expected purchases in the next `horizon` after age T, for n customers. */
export function paretoNbdExpected(
  fitted: ParetoNbd,
  x: ArrayLike<number>,
  recency: ArrayLike<number>,
  age: ArrayLike<number>,
  horizon: number,
): Float64Array {
  const { r, alpha, s, beta } = fitted;
  return paretoNbdAlive(fitted, x, recency, age).map((alive, i) => {
    const spread = Math.log1p(horizon / (beta + age[i]!));
    // (1 − e^(−(s − 1) L)) ÷ (s − 1), which is L at s = 1.
    const time = s === 1 ? spread : -Math.expm1(-(s - 1) * spread) / (s - 1);
    return (alive * (r + x[i]!) * (beta + age[i]!) * time) / (alpha + age[i]!);
  });
}

/**
 * What depends on the age alone, or on purchases and a time, is worked out once for the rows that share them: with
 * (x, t_x), above all those who never came back.
 */
function negativeLogLikelihood(rows: BuyingRows) {
  const { distinct: ages, group: ageOf } = distinctValues(rows.age);
  const atLast = distinctTimes(rows.x, rows.recency);
  const atNow = distinctTimes(rows.x, rows.age);
  const rising = new Float64Array(rows.mostRepeats + 1);
  const byAge = { alpha: ages.slice(), beta: ages.slice(), logAlpha: ages.slice(), logBeta: ages.slice() };
  return (parameters: Float64Array): number => {
    const r = parameters[0]!;
    const alpha = parameters[1]!;
    const s = parameters[2]!;
    const beta = parameters[3]!;
    const logS = Math.log(s);
    const logAlpha = Math.log(alpha);
    for (let x = 1; x < rising.length; x++) rising[x] = rising[x - 1]! + Math.log(r + x - 1);
    for (let k = 0; k < ages.length; k++) {
      const age = ages[k]!;
      byAge.alpha[k] = Math.log1p(age / alpha);
      byAge.beta[k] = Math.log1p(age / beta);
      byAge.logAlpha[k] = Math.log(alpha + age);
      byAge.logBeta[k] = Math.log(beta + age);
    }
    for (const { x, t, tail } of [atLast, atNow]) {
      for (let k = 0; k < tail.length; k++) tail[k] = logTail(r, alpha, s, beta, x[k]!, t[k]!);
    }
    let sum = 0;
    for (let i = 0; i < rows.count; i++) {
      const x = rows.x[i]!;
      const k = ageOf[i]!;
      const stays = rising[x]! - x * logAlpha - (r + x) * byAge.alpha[k]! - s * byAge.beta[k]!;
      const odds = logOdds(
        logS + (r + x) * byAge.logAlpha[k]! + s * byAge.logBeta[k]!,
        atLast.tail[atLast.group[i]!]!,
        atNow.tail[atNow.group[i]!]!,
      );
      sum += rows.weight[i]! * (stays + softplus(odds));
    }
    return -sum;
  };
}

/** The pairs of `x` and `t` that differ from one another, and room for what is worked out of each. */
function distinctTimes(x: Int32Array, t: Float64Array) {
  const times = distinctValues(t);
  const pairs = distinctValues(Float64Array.from(x, (repeats, i) => repeats * times.distinct.length + times.group[i]!));
  const tail = new Float64Array(pairs.distinct.length);
  return {
    x: pairs.distinct.map((pair) => Math.floor(pair / times.distinct.length)),
    t: pairs.distinct.map((pair) => times.distinct[pair % times.distinct.length]!),
    group: pairs.group,
    tail,
  };
}

/**
 * ln of P(left) ÷ P(active) = s (α + T)^(r + x) (β + T)^s ∫_(t_x)^T (α + τ)^−(r + x) (β + τ)^−(s + 1) dτ. The integral is a difference of
 * hypergeometric functions at t_x and at T.
 */
function oddsOfLeft(
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  recency: number,
  age: number,
): number {
  return logOdds(
    Math.log(s) + (r + x) * Math.log(alpha + age) + s * Math.log(beta + age),
    logTail(r, alpha, s, beta, x, recency),
    logTail(r, alpha, s, beta, x, age),
  );
}

/** `oddsOfLeft` from the logs of its factor and of the integrals from t_x and from T on. */
function logOdds(factor: number, atLast: number, atNow: number): number {
  if (Number.isNaN(atLast) || Number.isNaN(atNow)) return Number.NaN;
  const difference = atNow - atLast;
  if (difference >= 0) return Number.NEGATIVE_INFINITY;
  return factor + atLast + Math.log(-Math.expm1(difference));
}

/** ln ∫_t^∞ (α + τ)^−(r + x) (β + τ)^−(s + 1) dτ. */
function logTail(r: number, alpha: number, s: number, beta: number, x: number, t: number): number {
  const total = r + s + x;
  const power = alpha >= beta ? s + 1 : r + x;
  const larger = Math.max(alpha, beta) + t;
  const smaller = Math.min(alpha, beta) + t;
  const fraction = hypergeometricFraction(power, total + 1, (larger - smaller) / smaller);
  return -Math.log(total) - (total - power) * Math.log(larger) - power * Math.log(smaller) + Math.log(fraction);
}
