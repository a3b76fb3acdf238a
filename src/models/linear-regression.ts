import { KithError } from '../lib/errors.ts';
import { cholesky, choleskyInverse, choleskySolve } from '../math/cholesky.ts';
import { checkLearnerInput, rowsOrAll } from './learner-input.ts';

export interface LinearRegression {
  readonly intercept: number;
  /** p units of the outcome per unit of each column. */
  readonly coefficients: readonly number[];
  /** p + 1, the intercept's first; NaN when there are no more rows than effective columns. */
  readonly standardErrors: readonly number[];
  /** Share of the outcome's variance on the training rows that the sum explains; NaN when the outcome does not vary. */
  readonly rSquared: number;
  /** Standard deviation of what is left, in the outcome's unit; NaN as above. */
  readonly residualDeviation: number;
  /** Trace of the hat matrix, the intercept counted: p + 1 without a penalty. */
  readonly effectiveColumns: number;
}

export interface LinearRegressionOptions {
  /** λ of ½ λ |w|² + ½ Σ residual²; 0 for ordinary least squares. The intercept is never penalised. */
  readonly penalty: number;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
}

/**
 * Answers: which amount goes with what we know, as a weighted sum?
 *
 * Assumes 1. that the outcome is linear in the columns, 2. residuals of one spread (standard errors need it), 3. independent
 * rows, 4. columns on comparable scales where `penalty` > 0: standardise first. `x`: n × p, row-major; `y`: n outcomes of any
 * unit. Throws `model-input` when a value is not finite or, without a penalty, when columns depend on each other or outnumber
 * the rows. With a penalty, standard errors are those of the held-back weights, for what the weights would be on average, not
 * of the true ones. Centred normal equations by Cholesky: n p² + p³.
 *
 * Hoerl, A. and Kennard, R. (1970). Ridge regression: biased estimation for nonorthogonal problems. Technometrics 12(1),
 * eq. 2.1 and 4.3; effective columns after Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, eq. 3.50.
 */
export function fitLinearRegression(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: LinearRegressionOptions,
): LinearRegression {
  const { penalty } = options;
  const rows = rowsOrAll(y.length, options.rows);
  checkLearnerInput(x, y, columns, rows);
  const n = rows.length;
  const p = columns;
  const means = new Float64Array(p);
  let outcome = 0;
  for (const row of rows) {
    outcome += y[row]! / n;
    for (let j = 0; j < p; j++) means[j] = means[j]! + x[row * p + j]! / n;
  }
  const products = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (const row of rows) {
    for (let j = 0; j < p; j++) {
      const value = x[row * p + j]! - means[j]!;
      right[j] = right[j]! + value * (y[row]! - outcome);
      for (let k = 0; k <= j; k++) {
        products[j * p + k] = products[j * p + k]! + value * (x[row * p + k]! - means[k]!);
      }
    }
  }
  for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) products[k * p + j] = products[j * p + k]!;
  const penalised = Float64Array.from(products);
  for (let j = 0; j < p; j++) penalised[j * p + j] = penalised[j * p + j]! + penalty;
  const lower = cholesky(penalised, p);
  if (lower === null) {
    throw new KithError(
      'model-input',
      `The ${p} columns of a linear regression of ${n} rows depend on each other; drop some or set a penalty above ${penalty}`,
    );
  }
  const coefficients = choleskySolve(lower, p, right);
  let intercept = outcome;
  for (let j = 0; j < p; j++) intercept -= coefficients[j]! * means[j]!;
  let residual = 0;
  let total = 0;
  for (const row of rows) {
    let value = intercept;
    for (let j = 0; j < p; j++) value += coefficients[j]! * x[row * p + j]!;
    residual += (y[row]! - value) ** 2;
    total += (y[row]! - outcome) ** 2;
  }
  const inverse = choleskyInverse(lower, p);
  const shrunk = multiply(inverse, products, p);
  let effectiveColumns = 1;
  for (let j = 0; j < p; j++) effectiveColumns += shrunk[j * p + j]!;
  const freedom = n - effectiveColumns;
  const variance = freedom > 1e-9 ? residual / freedom : Number.NaN;
  const spread = multiply(shrunk, inverse, p);
  let ofIntercept = 1 / n;
  for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) ofIntercept += means[j]! * spread[j * p + k]! * means[k]!;
  return {
    intercept,
    coefficients: [...coefficients],
    standardErrors: [ofIntercept, ...Array.from({ length: p }, (_, j) => spread[j * p + j]!)].map((factor) =>
      Math.sqrt(variance * factor),
    ),
    rSquared: total === 0 ? Number.NaN : 1 - residual / total,
    residualDeviation: Math.sqrt(variance),
    effectiveColumns,
  };
}

/** The outcome expected for each row of `x` (n × p, row-major). */
export function linearRegressionValues(
  fitted: Pick<LinearRegression, 'intercept' | 'coefficients'>,
  x: Float64Array,
): Float64Array {
  const p = fitted.coefficients.length;
  return Float64Array.from({ length: p === 0 ? 0 : x.length / p }, (_, i) =>
    fitted.coefficients.reduce((sum, weight, j) => sum + weight * x[i * p + j]!, fitted.intercept),
  );
}

/** The product of two p × p matrices, row-major. */
function multiply(left: Float64Array, right: Float64Array, p: number): Float64Array {
  const product = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let k = 0; k < p; k++) {
      for (let j = 0; j < p; j++) product[i * p + j] = product[i * p + j]! + left[i * p + k]! * right[k * p + j]!;
    }
  }
  return product;
}
