import { BLOCK_ROWS, crossProducts } from '../math/cross-products.ts';

/** The rows of a logistic regression: `x` is n × p, row-major; `y` 0 or 1; `rows` the positions that count. */
export interface LogisticRows {
  readonly x: Float64Array;
  readonly y: ArrayLike<number>;
  readonly columns: number;
  readonly rows: Int32Array;
}

/** The penalised loss at `weights` (p + 1, the intercept first) and how it bends there. */
export interface LogisticPoint {
  readonly weights: Float64Array;
  /** Σ −log-likelihood + ½ λ |w|², the intercept not counted in |w|². */
  readonly loss: number;
  /** p + 1: downhill. */
  readonly gradient: Float64Array;
  /** (p + 1) × (p + 1), row-major: second derivatives of the loss. */
  readonly information: Float64Array;
}

/** Keeps a row that is certain from dividing by 0; it weighs nothing either way. */
const LEAST = 1e-150;

/**
 * Loss, gradient and information in one pass. With √v x of each row, v = p (1 − p), and (y − p) / √v beside it, both
 * derivatives are sums of products of two columns.
 */
export function logisticPoint(data: LogisticRows, weights: Float64Array, penalty: number): LogisticPoint {
  const { x, y, columns: p, rows } = data;
  const q = p + 1;
  const { padded, block, sums, add } = crossProducts(q + 1);
  let loss = 0;
  for (let start = 0; start < rows.length; start += BLOCK_ROWS) {
    const size = Math.min(BLOCK_ROWS, rows.length - start);
    if (size < BLOCK_ROWS) block.fill(0);
    // Σ log(1 + e) = log Π (1 + e), each factor at most 2.
    let product = 1;
    for (let i = 0; i < size; i++) {
      const row = rows[start + i]!;
      const base = row * p;
      let odds = weights[0]!;
      for (let j = 0; j < p; j++) odds += weights[j + 1]! * x[base + j]!;
      const outcome = y[row]!;
      const halved = Math.max(Math.exp(Math.abs(odds) / -2), LEAST);
      const e = halved * halved;
      product *= 1 + e;
      loss += Math.max(odds, 0) - outcome * odds;
      // √v, and (y − p) / √v, of v = e / (1 + e)².
      const root = halved / (1 + e);
      block[i] = root;
      for (let j = 0, at = BLOCK_ROWS + i; j < p; j++, at += BLOCK_ROWS) block[at] = root * x[base + j]!;
      block[q * BLOCK_ROWS + i] = (outcome * (1 + e) - (odds > 0 ? 1 : e)) / halved;
    }
    loss += Math.log(product);
    add();
  }
  const gradient = sums.slice(q * padded, q * padded + q);
  const information = new Float64Array(q * q);
  for (let j = 0; j < q; j++) {
    for (let k = 0; k <= j; k++) {
      information[j * q + k] = sums[j * padded + k]!;
      information[k * q + j] = sums[j * padded + k]!;
    }
  }
  for (let j = 1; j < q; j++) {
    const weight = weights[j]!;
    loss += (penalty * weight * weight) / 2;
    gradient[j] = gradient[j]! - penalty * weight;
    information[j * q + j] = information[j * q + j]! + penalty;
  }
  return { weights, loss, gradient, information };
}
