import { KithError } from '../lib/errors.ts';
import { cholesky, choleskySolve } from '../math/cholesky.ts';
import { checkBothOutcomes, checkLearnerInput, rowsOrAll } from './learner-input.ts';
import { ridgeLogOdds } from './ridge-logistic.ts';

export interface LinearSvm {
  readonly intercept: number;
  /** p margins per unit of each column. */
  readonly coefficients: readonly number[];
  /** ½ (|w|² + b²) + C Σ max(0, 1 − margin)² at its minimum. */
  readonly objective: number;
  readonly iterations: number;
}

export interface LinearSvmOptions {
  /** C of ½ |w|² + C Σ max(0, 1 − margin)²: the larger, the less the weights are held back. */
  readonly cost: number;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
}

const MAX_ITERATIONS = 100;

/**
 * Answers: which side of a straight border is a row on, and how far from it?
 *
 * Assumes 1. that one straight border parts the outcomes about as well as any, 2. columns on comparable scales: standardise
 * first, 3. that the intercept may be held back with the weights (it is a column of ones, as in LIBLINEAR; so standardise).
 * `x`: n × p, row-major; `y`: n outcomes, 0 or 1. A score is a signed margin, no probability: calibrate it (Platt) before it
 * is shown as one. Throws `model-input` when a value is not finite, when there is only one outcome, or when `cost` is not
 * above 0. The squared hinge loss, as scikit-learn's LinearSVC, by Newton's method in the primal with step halving: with
 * fewer columns than rows it ends at the minimum after about ten passes of n p², where dual coordinate descent takes
 * hundreds. Nothing is drawn: the same rows give the same bytes.
 *
 * Keerthi, S. S. and DeCoste, D. (2005). A modified finite Newton method for fast solution of large scale linear SVMs. JMLR
 * 6, section 3.
 */
export function fitLinearSvm(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: LinearSvmOptions,
): LinearSvm {
  const { cost } = options;
  if (!(cost > 0 && Number.isFinite(cost))) {
    throw new KithError('model-input', `The cost of a linear support vector machine is ${cost}; set it above 0`);
  }
  const rows = rowsOrAll(y.length, options.rows);
  checkLearnerInput(x, y, columns, rows);
  checkBothOutcomes(y, rows, 'a linear support vector machine');
  const q = columns + 1;
  const gradient = new Float64Array(q);
  const curvature = new Float64Array(q * q);
  let weights = new Float64Array(q);
  let objective = objectiveAt(x, y, columns, rows, weights, cost);
  for (let iteration = 1; ; iteration++) {
    accumulate(x, y, columns, rows, weights, cost, gradient, curvature);
    // The curvature is the identity and something positive: it always has a factor.
    const step = choleskySolve(cholesky(curvature, q)!, q, gradient);
    let size = 1;
    let next = weights;
    let nextObjective = objective;
    for (; size > 1e-10; size /= 2) {
      next = weights.map((weight, j) => weight - size * step[j]!);
      nextObjective = objectiveAt(x, y, columns, rows, next, cost);
      if (nextObjective < objective) break;
    }
    const gained = objective - nextObjective;
    if (gained > 0) {
      weights = next;
      objective = nextObjective;
    }
    if (gained <= 1e-14 * objective || iteration >= MAX_ITERATIONS) {
      return { intercept: weights[0]!, coefficients: [...weights.subarray(1)], objective, iterations: iteration };
    }
  }
}

/** Signed margin of each row of `x` (n × p, row-major), above 0 on the side of outcome 1: the intercept plus Σ coefficient × value. */
export function linearSvmScores(fitted: Pick<LinearSvm, 'intercept' | 'coefficients'>, x: Float64Array): Float64Array {
  return ridgeLogOdds(fitted, x);
}

/** The slope of the objective and its second derivative where rows inside the margin stay inside. */
function accumulate(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  rows: Int32Array,
  weights: Float64Array,
  cost: number,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  const q = p + 1;
  gradient.set(weights);
  curvature.fill(0);
  for (let j = 0; j < q; j++) curvature[j * q + j] = 1;
  for (let i = 0; i < rows.length; i++) addRow(x, y, p, rows[i]!, weights, cost, gradient, curvature);
  for (let j = 1; j < q; j++) for (let k = 0; k < j; k++) curvature[k * q + j] = curvature[j * q + k]!;
}

function addRow(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  row: number,
  weights: Float64Array,
  cost: number,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  const q = p + 1;
  const side = y[row] === 1 ? 1 : -1;
  const inside = 1 - side * scoreOf(x, row * p, p, weights);
  if (inside <= 0) return;
  const pull = -2 * cost * side * inside;
  gradient[0] = gradient[0]! + pull;
  curvature[0] = curvature[0]! + 2 * cost;
  for (let j = 0; j < p; j++) {
    const value = x[row * p + j]!;
    gradient[j + 1] = gradient[j + 1]! + pull * value;
    const line = (j + 1) * q;
    curvature[line] = curvature[line]! + 2 * cost * value;
    for (let k = 0; k <= j; k++) {
      curvature[line + k + 1] = curvature[line + k + 1]! + 2 * cost * value * x[row * p + k]!;
    }
  }
}

function objectiveAt(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  rows: Int32Array,
  weights: Float64Array,
  cost: number,
): number {
  let sum = 0;
  for (const weight of weights) sum += weight ** 2 / 2;
  for (const row of rows) {
    const score = scoreOf(x, row * p, p, weights);
    sum += cost * Math.max(0, 1 - (y[row] === 1 ? score : -score)) ** 2;
  }
  return sum;
}

function scoreOf(x: Float64Array, base: number, p: number, weights: Float64Array): number {
  let score = weights[0]!;
  for (let j = 0; j < p; j++) score += weights[j + 1]! * x[base + j]!;
  return score;
}
