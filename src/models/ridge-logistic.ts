import { KithError } from '../lib/errors.ts';
import { cholesky, choleskyInverse, choleskySolve } from '../math/cholesky.ts';
import { rowsOrAll } from './learner-input.ts';
import { type LogisticPoint, type LogisticRows, logisticPoint } from './logistic-derivatives.ts';

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

/** A warm start looks at one row in so many, when that is so many rows a column at least. */
const WARM_SHARE = 16;
const WARM_ROWS = 100;
const WARM_STEPS = 10;
/** Nearer to the few rows' own optimum, in squared standard errors, is no nearer to that of all. */
const WARM_SETTLED = 0.1;

/**
 * Answers: how likely is the outcome, as a weighted sum of what we know?
 *
 * Assumes 1. that log-odds are linear in the columns, 2. that rows are independent (rows of one customer are not quite, so
 * standard errors are then too small), 3. columns on comparable scales where `penalty` > 0: standardise first.
 * `x`: n × p, row-major; `y`: n outcomes, 0 or 1. Throws `model-input` when a value is not finite, when there is only one
 * outcome, or when without a penalty the columns depend on each other or separate the outcomes. Newton's method with step
 * halving (iteratively reweighted least squares), a few passes of n p², of which the first ones are over a sixteenth of the rows where there are many.
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
  const data = { x, y, columns, rows: rowsOrAll(y.length, options.rows) };
  const { rows } = data;
  checkOutcomes(data);
  let at = logisticPoint(data, startingWeights(data, penalty), penalty);
  if (!Number.isFinite(at.loss)) checkValues(data);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const newton = newtonStep(at);
    if (newton === null) {
      throw new KithError(
        'model-input',
        `The ${columns} columns of a logistic regression depend on each other or separate the outcomes; drop some or set a penalty above ${penalty}`,
      );
    }
    const next = newton.decrement < settledBelow(at.loss) ? null : downhill(data, at, newton.step, penalty);
    if (next === null) {
      // A perfect fit: without a penalty the weights have no largest value, Newton only ran out of digits.
      if (penalty === 0 && at.loss < 1e-6 * rows.length) throw separated(rows.length);
      return finished(at, newton, penalty, iteration);
    }
    at = next;
  }
  throw separated(rows.length);
}

/** The decrement below which Newton's last step is taken unseen: the one after it would move
 * weights by less than a millionth of their standard errors, as each step is of the order of the square of the one before. */
function settledBelow(loss: number): number {
  return 1e-9 * (1 + loss);
}

interface NewtonStep {
  readonly step: Float64Array;
  /** Twice what the step should take off the loss; the squared length of the step in standard errors. */
  readonly decrement: number;
  /** Cholesky factor of the information. */
  readonly lower: Float64Array;
}

/** Null when the information is not positive definite. */
function newtonStep({ gradient, information }: LogisticPoint): NewtonStep | null {
  const q = gradient.length;
  const lower = cholesky(information, q);
  if (lower === null) return null;
  const step = choleskySolve(lower, q, gradient);
  let decrement = 0;
  for (let j = 0; j < q; j++) decrement += step[j]! * gradient[j]!;
  return { step, decrement, lower };
}

/** The point a step away, or half of it, or a quarter…: the first that is no higher; null when none is. */
function downhill(data: LogisticRows, at: LogisticPoint, step: Float64Array, penalty: number): LogisticPoint | null {
  for (let size = 1; size > 1e-8; size /= 2) {
    const next = logisticPoint(data, moved(at.weights, step, size), penalty);
    if (next.loss <= at.loss) return next;
  }
  return null;
}

function moved(weights: Float64Array, step: Float64Array, size: number): Float64Array {
  return weights.map((weight, j) => weight + size * step[j]!);
}

/**
 * Where Newton's method sets out: the log-odds of the mean outcome; with many rows, where it comes to on every 16th of
 * them, from which two or three passes over all rows remain.
 */
function startingWeights(data: LogisticRows, penalty: number): Float64Array {
  const { y, columns, rows } = data;
  const weights = new Float64Array(columns + 1);
  const rate = meanOutcome(y, rows);
  weights[0] = Math.log(rate / (1 - rate));
  if (rows.length < WARM_SHARE * WARM_ROWS * columns) return weights;
  const few = rows.filter((_, i) => i % WARM_SHARE === 0);
  const part = { ...data, rows: few };
  let at = logisticPoint(part, weights, penalty / WARM_SHARE);
  for (let step = 0; step < WARM_STEPS; step++) {
    const newton = newtonStep(at);
    if (newton === null || newton.decrement < WARM_SETTLED) break;
    const next = downhill(part, at, newton.step, penalty / WARM_SHARE);
    if (next === null) break;
    at = next;
  }
  return at.weights;
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

function finished(at: LogisticPoint, newton: NewtonStep, penalty: number, iterations: number): RidgeLogistic {
  const q = at.weights.length;
  const covariance = choleskyInverse(newton.lower, q);
  const isSettled = newton.decrement < settledBelow(at.loss);
  const weights = isSettled ? moved(at.weights, newton.step, 1) : at.weights;
  let squares = 0;
  for (let j = 1; j < q; j++) squares += weights[j]! ** 2;
  return {
    intercept: weights[0]!,
    coefficients: [...weights.subarray(1)],
    standardErrors: Array.from({ length: q }, (_, j) => Math.sqrt(covariance[j * q + j]!)),
    covariance: [...covariance],
    logLikelihood: (penalty * squares) / 2 - at.loss,
    iterations,
  };
}

function meanOutcome(y: ArrayLike<number>, rows: Int32Array): number {
  let positives = 0;
  for (const row of rows) positives += y[row]!;
  return positives / rows.length;
}

function checkOutcomes({ x, y, columns: p, rows }: LogisticRows): void {
  if (x.length !== y.length * p) {
    throw new KithError(
      'model-input',
      `${y.length} outcomes need ${y.length * p} values in ${p} columns, not ${x.length}`,
    );
  }
  const rate = meanOutcome(y, rows);
  if (!(rate > 0 && rate < 1)) {
    throw new KithError('model-input', `All ${rows.length} outcomes are the same; a logistic regression needs both`);
  }
}

/** Names the value that spoilt the loss: whatever is not finite does. */
function checkValues({ x, columns: p, rows }: LogisticRows): void {
  for (const row of rows) {
    for (let j = 0; j < p; j++) {
      if (!Number.isFinite(x[row * p + j]!)) {
        throw new KithError('model-input', `Row ${row}, column ${j} is ${x[row * p + j]}; impute missing values first`);
      }
    }
  }
}
