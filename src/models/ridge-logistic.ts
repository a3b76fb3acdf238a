import { KithError } from '../lib/errors.ts';
import { cholesky, choleskyInverse, choleskySolve } from '../math/cholesky.ts';
import { sigmoid, softplus } from '../math/logistic.ts';

export interface RidgeLogistic {
  readonly intercept: number;
  /** p log-odds per unit of each column. */
  readonly coefficients: readonly number[];
  /** p + 1, the intercept's first: square roots of the diagonal of `covariance`. */
  readonly standardErrors: readonly number[];
  /** (p + 1) × (p + 1), row-major, the intercept first: the inverse of the penalised information matrix. */
  readonly covariance: readonly number[];
  /** Σ log-likelihood, without the penalty. */
  readonly logLikelihood: number;
  readonly iterations: number;
}

export interface RidgeOptions {
  /** λ of ½ λ |w|² + Σ loss; 0 for none. The intercept is never penalised. */
  readonly penalty: number;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
  readonly maxIterations?: number;
}

/**
 * Answers: how likely is the outcome, as a weighted sum of what we know?
 *
 * Assumes 1. that log-odds are linear in the columns, 2. that rows are independent (rows of one customer are not quite, so
 * standard errors are then too small), 3. columns on comparable scales where `penalty` > 0: standardise first.
 * `x`: n × p, row-major; `y`: n outcomes, 0 or 1. Throws `model-input` when a value is not finite, when there is only one
 * outcome, or when without a penalty the columns depend on each other or separate the outcomes. Newton's method with step
 * halving (iteratively reweighted least squares), a few passes of n p².
 *
 * le Cessie, S. and van Houwelingen, J. (1992). Ridge estimators in logistic regression. Applied Statistics 41(1), eq. 3–5.
 */
export function fitRidgeLogistic(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: RidgeOptions,
): RidgeLogistic {
  const { penalty, maxIterations = 50 } = options;
  const rows = options.rows ?? Int32Array.from({ length: y.length }, (_, i) => i);
  check(x, y, columns, rows);
  const q = columns + 1;
  let weights = new Float64Array(q);
  const rate = meanOutcome(y, rows);
  weights[0] = Math.log(rate / (1 - rate));
  let loss = penalisedLoss(x, y, columns, rows, weights, penalty);
  const gradient = new Float64Array(q);
  const information = new Float64Array(q * q);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    accumulate(x, y, columns, rows, weights, penalty, gradient, information);
    const lower = cholesky(information, q);
    if (lower === null) {
      throw new KithError(
        'model-input',
        `The ${columns} columns of a logistic regression depend on each other or separate the outcomes; drop some or set a penalty above ${penalty}`,
      );
    }
    const step = choleskySolve(lower, q, gradient);
    let size = 1;
    let next = weights;
    let nextLoss = loss;
    for (; size > 1e-8; size /= 2) {
      next = weights.map((weight, j) => weight + size * step[j]!);
      nextLoss = penalisedLoss(x, y, columns, rows, next, penalty);
      if (nextLoss <= loss) break;
    }
    const gained = loss - nextLoss;
    if (gained >= 0) {
      weights = next;
      loss = nextLoss;
    }
    let decrement = 0;
    for (let j = 0; j < q; j++) decrement += step[j]! * gradient[j]!;
    if (decrement < 1e-12 * (1 + loss) || gained < 0 || size <= 1e-8) {
      // A perfect fit: without a penalty the weights have no largest value, Newton only ran out of digits.
      if (penalty === 0 && loss < 1e-6 * rows.length) throw separated(rows.length);
      return finished(x, y, columns, rows, weights, penalty, loss, iteration);
    }
  }
  throw separated(rows.length);
}

function separated(rows: number): KithError {
  return new KithError(
    'model-input',
    `A logistic regression of ${rows} rows does not settle: the columns separate the outcomes; set a larger penalty`,
  );
}

/** Log-odds of each row of `x` (n × p, row-major). */
export function ridgeLogOdds(
  fitted: { readonly intercept: number; readonly coefficients: readonly number[] },
  x: Float64Array,
): Float64Array {
  const p = fitted.coefficients.length;
  const n = p === 0 ? 0 : x.length / p;
  const odds = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = fitted.intercept;
    for (let j = 0; j < p; j++) sum += fitted.coefficients[j]! * x[i * p + j]!;
    odds[i] = sum;
  }
  return odds;
}

function finished(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  rows: Int32Array,
  weights: Float64Array,
  penalty: number,
  loss: number,
  iterations: number,
): RidgeLogistic {
  const q = p + 1;
  const information = new Float64Array(q * q);
  accumulate(x, y, p, rows, weights, penalty, new Float64Array(q), information);
  const lower = cholesky(information, q);
  const covariance = lower === null ? new Float64Array(q * q).fill(Number.NaN) : choleskyInverse(lower, q);
  let squares = 0;
  for (let j = 1; j < q; j++) squares += weights[j]! ** 2;
  return {
    intercept: weights[0]!,
    coefficients: [...weights.subarray(1)],
    standardErrors: Array.from({ length: q }, (_, j) => Math.sqrt(covariance[j * q + j]!)),
    covariance: [...covariance],
    logLikelihood: -(loss - (penalty * squares) / 2),
    iterations,
  };
}

/** The gradient of the log-likelihood minus the penalty, and the negative of its Hessian. */
function accumulate(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  rows: Int32Array,
  weights: Float64Array,
  penalty: number,
  gradient: Float64Array,
  information: Float64Array,
): void {
  const q = p + 1;
  gradient.fill(0);
  information.fill(0);
  for (const row of rows) {
    const base = row * p;
    let odds = weights[0]!;
    for (let j = 0; j < p; j++) odds += weights[j + 1]! * x[base + j]!;
    const probability = sigmoid(odds);
    const error = y[row]! - probability;
    const variance = probability * (1 - probability);
    gradient[0] = gradient[0]! + error;
    information[0] = information[0]! + variance;
    for (let j = 0; j < p; j++) {
      const value = x[base + j]!;
      gradient[j + 1] = gradient[j + 1]! + error * value;
      const weighted = variance * value;
      const line = (j + 1) * q;
      information[line] = information[line]! + weighted;
      for (let k = 0; k <= j; k++) information[line + k + 1] = information[line + k + 1]! + weighted * x[base + k]!;
    }
  }
  for (let j = 1; j < q; j++) {
    gradient[j] = gradient[j]! - penalty * weights[j]!;
    information[j * q + j] = information[j * q + j]! + penalty;
    for (let k = 0; k < j; k++) information[k * q + j] = information[j * q + k]!;
  }
}

function penalisedLoss(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  rows: Int32Array,
  weights: Float64Array,
  penalty: number,
): number {
  let loss = 0;
  for (const row of rows) {
    let odds = weights[0]!;
    for (let j = 0; j < p; j++) odds += weights[j + 1]! * x[row * p + j]!;
    loss += softplus(odds) - y[row]! * odds;
  }
  for (let j = 1; j <= p; j++) loss += (penalty * weights[j]! ** 2) / 2;
  return loss;
}

function meanOutcome(y: ArrayLike<number>, rows: Int32Array): number {
  let positives = 0;
  for (const row of rows) positives += y[row]!;
  return positives / rows.length;
}

function check(x: Float64Array, y: ArrayLike<number>, p: number, rows: Int32Array): void {
  if (x.length !== y.length * p) {
    throw new KithError(
      'model-input',
      `${y.length} outcomes need ${y.length * p} values in ${p} columns, not ${x.length}`,
    );
  }
  for (const row of rows) {
    for (let j = 0; j < p; j++) {
      if (!Number.isFinite(x[row * p + j]!)) {
        throw new KithError('model-input', `Row ${row}, column ${j} is ${x[row * p + j]}; impute missing values first`);
      }
    }
  }
  const rate = meanOutcome(y, rows);
  if (!(rate > 0 && rate < 1)) {
    throw new KithError('model-input', `All ${rows.length} outcomes are the same; a logistic regression needs both`);
  }
}
