import { sigmoid, softplus } from '../math/logistic.ts';

/** P = σ(slope · score + intercept). */
export interface Platt {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Answers: what probability does a score stand for?
 *
 * Assumes 1. that the log-odds are linear in the score, and 2. that the scores are out-of-fold: a model's scores of its own
 * training rows are too sure of themselves. `scores`: n, any unit; `outcomes`: n, 0 or 1. With Platt's smoothed targets, so
 * that perfect separation stays finite. Newton with step halving, a few passes of n.
 *
 * Platt, J. (1999). Probabilistic outputs for support vector machines; Lin, H., Lin, C. and Weng, R. (2007). A note on Platt's
 * probabilistic outputs, algorithm 1.
 */
export function fitPlatt(scores: ArrayLike<number>, outcomes: ArrayLike<number>): Platt {
  const n = scores.length;
  let positives = 0;
  for (let i = 0; i < n; i++) positives += outcomes[i]!;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (n - positives + 2);
  const targetOf = (i: number) => (outcomes[i] === 1 ? high : low);
  const lossOf = (a: number, b: number) => {
    let loss = 0;
    for (let i = 0; i < n; i++) loss += softplus(a * scores[i]! + b) - targetOf(i) * (a * scores[i]! + b);
    return loss;
  };
  let slope = 0;
  let intercept = Math.log((positives + 1) / (n - positives + 1));
  let loss = lossOf(slope, intercept);
  for (let iteration = 0; iteration < 100; iteration++) {
    let ga = 0;
    let gb = 0;
    let haa = 1e-12;
    let hab = 0;
    let hbb = 1e-12;
    for (let i = 0; i < n; i++) {
      const score = scores[i]!;
      const p = sigmoid(slope * score + intercept);
      const error = targetOf(i) - p;
      const variance = p * (1 - p);
      ga += error * score;
      gb += error;
      haa += variance * score * score;
      hab += variance * score;
      hbb += variance;
    }
    if (Math.abs(ga) < 1e-9 * n && Math.abs(gb) < 1e-9 * n) break;
    const determinant = haa * hbb - hab * hab;
    // Scores that are all the same: only the level can be learnt.
    const da = determinant > 1e-12 ? (hbb * ga - hab * gb) / determinant : 0;
    const db = determinant > 1e-12 ? (haa * gb - hab * ga) / determinant : gb / hbb;
    let size = 1;
    let next = loss;
    for (; size > 1e-10; size /= 2) {
      next = lossOf(slope + size * da, intercept + size * db);
      if (next < loss) break;
    }
    if (!(next < loss)) break;
    slope += size * da;
    intercept += size * db;
    loss = next;
  }
  return { slope, intercept };
}
