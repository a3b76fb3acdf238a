import { sigmoid } from '../math/logistic.ts';

/**
 * Answers: which columns does a logistic regression keep when it pays for each?
 *
 * Assumes standardised columns. Minimises mean loss + λ Σ |w|, the intercept free, by coordinate descent on a quadratic
 * approximation. `x`: n × p, row-major; `y`: n outcomes, 0 or 1; `rows`: the rows to fit on. Gives the p coefficients. Cost: a
 * few passes of n p².
 *
 * Friedman, J., Hastie, T. and Tibshirani, R. (2010). Regularization paths for generalized linear models via coordinate
 * descent. Journal of Statistical Software 33(1), section 3.
 */
export function fitLassoLogistic(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: { lambda: number; rows: Int32Array },
): Float64Array {
  const { lambda, rows } = options;
  const n = rows.length;
  const q = columns + 1;
  const weights = new Float64Array(q);
  let positives = 0;
  for (const row of rows) positives += y[row]!;
  weights[0] = Math.log((positives + 0.5) / (n - positives + 0.5));
  const gram = new Float64Array(q * q);
  const gradient = new Float64Array(q);
  for (let outer = 0; outer < 12; outer++) {
    gram.fill(0);
    gradient.fill(0);
    for (const row of rows) {
      const base = row * columns;
      let odds = weights[0]!;
      for (let j = 0; j < columns; j++) odds += weights[j + 1]! * x[base + j]!;
      const p = sigmoid(odds);
      const variance = Math.max(1e-5, p * (1 - p)) / n;
      const error = (y[row]! - p) / n;
      for (let j = 0; j < q; j++) {
        const value = j === 0 ? 1 : x[base + j - 1]!;
        gradient[j] = gradient[j]! + error * value;
        const weighted = variance * value;
        for (let k = 0; k <= j; k++) gram[j * q + k] = gram[j * q + k]! + weighted * (k === 0 ? 1 : x[base + k - 1]!);
      }
    }
    for (let j = 0; j < q; j++) for (let k = 0; k < j; k++) gram[k * q + j] = gram[j * q + k]!;
    const change = descend(gram, gradient, weights, lambda);
    if (change < 1e-5) break;
  }
  return weights.slice(1);
}

/** Coordinate descent on the quadratic around `weights`, which it moves; gives the largest move of a weight. */
function descend(gram: Float64Array, gradient: Float64Array, weights: Float64Array, lambda: number): number {
  const q = weights.length;
  const start = Float64Array.from(weights);
  // The gradient of the quadratic at the current weights, kept up to date as they move.
  const current = Float64Array.from(gradient);
  for (let sweep = 0; sweep < 200; sweep++) {
    let largest = 0;
    for (let j = 0; j < q; j++) {
      const curvature = gram[j * q + j]!;
      if (curvature < 1e-12) continue;
      const pull = current[j]! + curvature * weights[j]!;
      const next = j === 0 ? pull / curvature : (Math.sign(pull) * Math.max(0, Math.abs(pull) - lambda)) / curvature;
      const move = next - weights[j]!;
      if (move === 0) continue;
      weights[j] = next;
      for (let k = 0; k < q; k++) current[k] = current[k]! - gram[k * q + j]! * move;
      largest = Math.max(largest, Math.abs(move));
    }
    if (largest < 1e-7) break;
  }
  let change = 0;
  for (let j = 0; j < q; j++) change = Math.max(change, Math.abs(weights[j]! - start[j]!));
  return change;
}
