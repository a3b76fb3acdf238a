/**
 * The area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann and Whitney's U).
 * NaN with one outcome only, or where a score is no number. Cost: n log n.
 */
export function areaUnderCurve(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  const n = scores.length;
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(scores[i]!)) return Number.NaN;
    if (outcomes[i] === 1) count++;
  }
  const positives = new Float64Array(count);
  const negatives = new Float64Array(n - count);
  let [p, q] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (outcomes[i] === 1) positives[p++] = scores[i]!;
    else negatives[q++] = scores[i]!;
  }
  if (p === 0 || q === 0) return Number.NaN;
  positives.sort();
  negatives.sort();
  let [below, upTo, wins] = [0, 0, 0];
  for (const score of positives) {
    while (below < q && negatives[below]! < score) below++;
    while (upTo < q && negatives[upTo]! <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (p * q);
}

/** Each row's −log of the probability given to what happened; probabilities are kept 1e-15 away from 0 and 1. */
export function logLosses(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: probabilities.length }, (_, i) => {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, probabilities[i]!));
    return outcomes[i] === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/** Mean squared distance between probability and outcome (Brier 1950). */
export function brierScore(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum += (probabilities[i]! - outcomes[i]!) ** 2;
  return sum / probabilities.length;
}

/** The share of rows on the right side of one half. */
export function accuracy(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < probabilities.length; i++) if (probabilities[i]! >= 0.5 === (outcomes[i] === 1)) right++;
  return right / probabilities.length;
}

/** Mean over ten equal bins of |predicted − seen|, weighted by the bins' rows (expected calibration error). */
export function calibrationError(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  const bins = 10;
  const predicted = new Float64Array(bins);
  const seen = new Float64Array(bins);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(probabilities[i]! * bins));
    predicted[bin] = predicted[bin]! + probabilities[i]!;
    seen[bin] = seen[bin]! + outcomes[i]!;
  }
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) sum += Math.abs(predicted[bin]! - seen[bin]!);
  return sum / probabilities.length;
}
