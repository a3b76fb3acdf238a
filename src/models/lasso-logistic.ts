import { BLOCK_ROWS, crossProducts } from '../math/cross-products.ts';
import { sigmoid } from '../math/logistic.ts';

/** A move of a weight that counts as none. */
const SETTLED = 1e-5;

/**
 * Answers: which columns does a logistic regression keep when it pays for each?
 *
 * Assumes standardised columns. Minimises mean loss + λ Σ |w|, the intercept free, by coordinate descent on a quadratic
 * approximation over the columns that may count: those with a weight, and those whose gradient is above λ. `x`: n × p,
 * row-major; `y`: n outcomes, 0 or 1; `rows`: the rows to fit on; `start`: p weights near which the solution may lie, for fewer
 * passes. Gives the p weights; of equal columns, the first one has all, or the one that `start` has.
 * Cost: a few passes of n (p + a²), a the columns that may count.
 *
 * Friedman, J., Hastie, T. and Tibshirani, R. (2010). Regularization paths for generalized linear models via coordinate
 * descent. Journal of Statistical Software 33(1), sections 2.6 and 3.
 */
export function fitLassoLogistic(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: { lambda: number; rows: Int32Array; start?: Float64Array },
): Float64Array {
  const { lambda, rows, start } = options;
  const n = rows.length;
  const q = columns + 1;
  const weights = new Float64Array(q);
  if (start !== undefined) weights.set(start, 1);
  let positives = 0;
  for (const row of rows) positives += y[row]!;
  weights[0] = Math.log((positives + 0.5) / (n - positives + 0.5));
  const variances = new Float64Array(n);
  const gradient = new Float64Array(q);
  for (let outer = 0; outer < 30; outer++) {
    let used = usedColumns(weights);
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const base = rows[i]! * columns - 1;
      let odds = weights[0]!;
      for (const j of used) odds += weights[j]! * x[base + j]!;
      const p = sigmoid(odds);
      variances[i] = Math.max(1e-5, p * (1 - p)) / n;
      const error = (y[rows[i]!]! - p) / n;
      gradient[0] = gradient[0]! + error;
      for (let j = 1; j < q; j++) gradient[j] = gradient[j]! + error * x[base + j]!;
    }
    used = Array.from({ length: columns }, (_, j) => j + 1).filter(
      (j) => weights[j] !== 0 || Math.abs(gradient[j]!) > lambda,
    );
    const change = descend(gramOf(x, columns, rows, variances, used), gradient, weights, [0, ...used], lambda);
    if (change < SETTLED) break;
  }
  return weights.slice(1);
}

function usedColumns(weights: Float64Array): number[] {
  const used: number[] = [];
  for (let j = 1; j < weights.length; j++) if (weights[j] !== 0) used.push(j);
  return used;
}

/** Σ variance · value · value over the rows for the constant and the columns `used`, (used.length + 1)². */
function gramOf(
  x: Float64Array,
  columns: number,
  rows: Int32Array,
  variances: Float64Array,
  used: readonly number[],
): Float64Array {
  const size = used.length + 1;
  const { padded, block, sums, add } = crossProducts(size);
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - start);
    if (count < BLOCK_ROWS) block.fill(0);
    for (let i = 0; i < count; i++) {
      const base = rows[start + i]! * columns - 1;
      const root = Math.sqrt(variances[start + i]!);
      block[i] = root;
      for (let a = 1; a < size; a++) block[a * BLOCK_ROWS + i] = root * x[base + used[a - 1]!]!;
    }
    add();
  }
  const gram = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      gram[a * size + b] = sums[a * padded + b]!;
      gram[b * size + a] = sums[a * padded + b]!;
    }
  }
  return gram;
}

/** Coordinate descent on the quadratic around the weights at `places`, which it moves; gives the largest move of a weight. */
function descend(
  gram: Float64Array,
  gradient: Float64Array,
  weights: Float64Array,
  places: readonly number[],
  lambda: number,
): number {
  const size = places.length;
  const start = Float64Array.from(weights);
  // The gradient of the quadratic at the current weights, kept up to date as they move.
  const current = Float64Array.from(places, (place) => gradient[place]!);
  for (let sweep = 0; sweep < 200; sweep++) {
    let largest = 0;
    for (let a = 0; a < size; a++) {
      const curvature = gram[a * size + a]!;
      if (curvature < 1e-12) continue;
      const place = places[a]!;
      const pull = current[a]! + curvature * weights[place]!;
      const next = a === 0 ? pull / curvature : (Math.sign(pull) * Math.max(0, Math.abs(pull) - lambda)) / curvature;
      const move = next - weights[place]!;
      if (move === 0) continue;
      weights[place] = next;
      for (let b = 0; b < size; b++) current[b] = current[b]! - gram[b * size + a]! * move;
      largest = Math.max(largest, Math.abs(move));
    }
    if (largest < 1e-7) break;
  }
  let change = 0;
  for (const place of places) change = Math.max(change, Math.abs(weights[place]! - start[place]!));
  return change;
}
