import { sigmoid } from '../math/logistic.ts';

/**
 * Answers: how sure are a logistic regression's weights when several rows are of one customer?
 *
 * Assumes that rows of different groups are independent; rows of one group may depend on each other in any way. `bread`:
 * (p + 1)², row-major, the inverse information of the fit, the intercept first; `x`: n × p, row-major; `y`: n outcomes, 0 or 1;
 * `groups`: n group numbers. Gives the sandwich bread · Σ_g s_g s_gᵀ · bread, s_g the group's score. Cost n p + groups p².
 *
 * Liang, K. and Zeger, S. (1986). Longitudinal data analysis using generalized linear models. Biometrika 73(1).
 */
export function clusteredCovariance(
  fitted: {
    readonly intercept: number;
    readonly coefficients: readonly number[];
    readonly covariance: readonly number[];
  },
  x: Float64Array,
  y: ArrayLike<number>,
  groups: ArrayLike<number>,
): number[] {
  const p = fitted.coefficients.length;
  const q = p + 1;
  const scores = new Map<number, Float64Array>();
  for (let i = 0; i < y.length; i++) {
    let odds = fitted.intercept;
    for (let j = 0; j < p; j++) odds += fitted.coefficients[j]! * x[i * p + j]!;
    const error = y[i]! - sigmoid(odds);
    let score = scores.get(groups[i]!);
    if (score === undefined) {
      score = new Float64Array(q);
      scores.set(groups[i]!, score);
    }
    score[0] = score[0]! + error;
    for (let j = 0; j < p; j++) score[j + 1] = score[j + 1]! + error * x[i * p + j]!;
  }
  const meat = new Float64Array(q * q);
  for (const score of scores.values()) {
    for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) meat[a * q + b] = meat[a * q + b]! + score[a]! * score[b]!;
  }
  return product(product(fitted.covariance, meat, q), fitted.covariance, q);
}

function product(a: ArrayLike<number>, b: ArrayLike<number>, q: number): number[] {
  const out = new Array<number>(q * q).fill(0);
  for (let i = 0; i < q; i++) {
    for (let k = 0; k < q; k++) for (let j = 0; j < q; j++) out[i * q + j]! += a[i * q + k]! * b[k * q + j]!;
  }
  return out;
}
