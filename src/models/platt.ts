/** Far from where doubles end. */
const LARGE = 1e300;

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
  const rows = { scores, outcomes, high, low };
  let at = pointOf(rows, 0, Math.log((positives + 1) / (n - positives + 1)));
  for (let iteration = 0; iteration < 100; iteration++) {
    const { ga, gb, haa, hab, hbb } = at;
    if (Math.abs(ga) < 1e-9 * n && Math.abs(gb) < 1e-9 * n) break;
    const determinant = haa * hbb - hab * hab;
    // Scores that are all the same: only the level can be learnt.
    const da = determinant > 1e-12 ? (hbb * ga - hab * gb) / determinant : 0;
    const db = determinant > 1e-12 ? (haa * gb - hab * ga) / determinant : gb / hbb;
    let next = at;
    for (let size = 1; size > 1e-10 && !(next.loss < at.loss); size /= 2) {
      next = pointOf(rows, at.slope + size * da, at.intercept + size * db);
    }
    if (!(next.loss < at.loss)) break;
    at = next;
  }
  return { slope: at.slope, intercept: at.intercept };
}

/** The loss at a slope and an intercept, how it falls, and how it bends. */
interface PlattPoint extends Platt {
  readonly loss: number;
  readonly ga: number;
  readonly gb: number;
  readonly haa: number;
  readonly hab: number;
  readonly hbb: number;
}

interface PlattRows {
  readonly scores: ArrayLike<number>;
  readonly outcomes: ArrayLike<number>;
  /** Platt's targets of outcome 1 and of outcome 0. */
  readonly high: number;
  readonly low: number;
}

/** One pass, and one exponential a row: Σ log(1 + e) = log Π (1 + e), each factor at most 2. */
function pointOf({ scores, outcomes, high, low }: PlattRows, slope: number, intercept: number): PlattPoint {
  let loss = 0;
  let product = 1;
  let ga = 0;
  let gb = 0;
  let haa = 1e-12;
  let hab = 0;
  let hbb = 1e-12;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    const odds = slope * score + intercept;
    const target = outcomes[i] === 1 ? high : low;
    const e = Math.exp(-Math.abs(odds));
    product *= 1 + e;
    if (product > LARGE) {
      loss += Math.log(product);
      product = 1;
    }
    loss += Math.max(odds, 0) - target * odds;
    const error = target - (odds > 0 ? 1 : e) / (1 + e);
    const variance = e / ((1 + e) * (1 + e));
    ga += error * score;
    gb += error;
    haa += variance * score * score;
    hab += variance * score;
    hbb += variance;
  }
  return { slope, intercept, loss: loss + Math.log(product), ga, gb, haa, hab, hbb };
}
