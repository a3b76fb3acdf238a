import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { KithError } from '../lib/errors.ts';

export interface TextbookLogistic {
  readonly intercept: number;
  readonly coefficients: readonly number[];
}

/**
 * Answers: what would the logistic regression of a textbook say — plain gradient ascent, no penalty?
 *
 * Assumes what ridge-logistic.ts assumes. `x`: n × p, row-major, standardised; `y`: n outcomes, 0 or 1, both present (throws
 * `model-input` otherwise). `ml-logistic-regression` has no intercept and a step that is not scaled by n, so a column of ones
 * is added and the rate divided by n; its classifier for "not 0" is the one that is kept. It stops after `steps` steps,
 * settled or not, at n p each: give it a sample.
 *
 * Hastie, T., Tibshirani, R. and Friedman, J. (2009). The Elements of Statistical Learning, 2nd ed., section 4.4.
 */
export function fitTextbookLogistic(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: { steps: number; rate: number },
): TextbookLogistic {
  const n = y.length;
  const classes = new Set(Array.from(y));
  if (!(classes.has(0) && classes.has(1) && classes.size === 2)) {
    throw new KithError(
      'model-input',
      `The outcomes of ${n} rows must be 0 and 1, both of them, not ${[...classes].join(', ')}`,
    );
  }
  const design = new Matrix(n, columns + 1);
  for (let i = 0; i < n; i++) {
    design.set(i, 0, 1);
    for (let j = 0; j < columns; j++) design.set(i, j + 1, x[i * columns + j]!);
  }
  const regression = new LogisticRegression({ numSteps: options.steps, learningRate: options.rate / n });
  regression.train(design, Matrix.columnVector(Array.from(y)));
  const [intercept, ...coefficients] = regression.toJSON().classifiers[0]!.weights.to1DArray();
  return { intercept: intercept!, coefficients };
}
