import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { fitLassoLogistic } from './lasso-logistic.ts';

export interface StabilityOptions {
  readonly random: RandomSource;
  /** n group numbers, 0 … groups − 1: rows of one group are drawn together. */
  readonly groups: Int32Array;
  readonly draws?: number;
  /** The share of draws in which a column must be chosen. */
  readonly threshold?: number;
  /** Rows used of a draw at most. */
  readonly maxRows?: number;
}

/**
 * Answers: which columns say something about the outcome whichever half of the customers is asked?
 *
 * Assumes standardised columns, both outcomes present. Lasso on random halves of the groups with the universal penalty
 * √(2 ln p ÷ n) times the outcome's standard deviation; gives for each of the p columns the share of draws that chose it, and
 * whether that reaches the threshold (0.6). `x`: n × p, row-major; `y`: n outcomes, 0 or 1. Cost: draws × lasso.
 *
 * Meinshausen, N. and Bühlmann, P. (2010). Stability selection. JRSS B 72(4).
 */
export function selectStable(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: StabilityOptions,
): { readonly shares: readonly number[]; readonly kept: readonly number[] } {
  const { random, groups, draws = 40, threshold = 0.6, maxRows = 4000 } = options;
  const n = y.length;
  let groupCount = 0;
  for (let i = 0; i < n; i++) groupCount = Math.max(groupCount, groups[i]! + 1);
  const chosen = new Float64Array(columns);
  let counted = 0;
  let weights: Float64Array = new Float64Array(columns);
  for (let draw = 0; draw < draws; draw++) {
    const inHalf = new Uint8Array(groupCount);
    const order = shuffledIndices(groupCount, random);
    for (let k = 0; k < groupCount >> 1; k++) inHalf[order[k]!] = 1;
    const found: number[] = [];
    for (let i = 0; i < n; i++) if (inHalf[groups[i]!] === 1) found.push(i);
    // Every k-th row, so that all cut-offs stay represented.
    const stride = Math.max(1, Math.ceil(found.length / maxRows));
    const rows = Int32Array.from(found.filter((_, i) => i % stride === draw % stride));
    let positives = 0;
    for (const row of rows) positives += y[row]!;
    if (positives === 0 || positives === rows.length) continue;
    const rate = positives / rows.length;
    const lambda = Math.sqrt(rate * (1 - rate)) * Math.sqrt((2 * Math.log(Math.max(2, columns))) / rows.length);
    // Halves are much alike: what one chose is near to what the next one does.
    weights = fitLassoLogistic(x, y, columns, { lambda, rows, start: weights });
    for (let j = 0; j < columns; j++) if (weights[j] !== 0) chosen[j] = chosen[j]! + 1;
    counted++;
  }
  const shares = Array.from(chosen, (count) => (counted === 0 ? 0 : count / counted));
  return { shares, kept: shares.flatMap((share, j) => (share >= threshold ? [j] : [])) };
}
