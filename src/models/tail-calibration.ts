/** Turns a p-value into one that the portfolio's own surprises make honest. */
export type Calibration = (p: number) => number;

/** Of the surprises, the share whose tail is looked at. */
const TAIL = 0.1;
/** Fewer surprises tell nothing about a tail. */
const LEAST = 30;

/**
 * How often does something this surprising happen anyway? Where the p-values of earlier, unremarkable times are small more
 * often than they should be (heavy tails, seasons, dependence), a p-value of now is raised to what that experience says: within
 * the experience its share, beyond it an exponential tail fitted to the most surprising tenth. Never lowered.
 *
 * Assumption: the time looked at is like the earlier ones but for what is looked for. O(n log n).
 *
 * Davison, A. and Smith, R. (1990). Models for exceedances over high thresholds. JRSS B 52 (shape 0); Bates, S., Candès, E., Lei,
 * L., Romano, Y. and Sesia, M. (2023). Testing for outliers with conformal p-values. Annals of Statistics 51.
 */
export function calibrateTail(experience: ArrayLike<number>): Calibration {
  const n = experience.length;
  if (n < LEAST) return (p) => p;
  const surprises = Float64Array.from(experience, (p) => -Math.log(Math.max(p, 1e-300))).sort();
  const first = Math.floor(n * (1 - TAIL));
  const threshold = surprises[first]!;
  let excess = 0;
  for (let i = first; i < n; i++) excess += surprises[i]! - threshold;
  // Of an exact p-value the excess is exponential with mean 1; the experience's own is estimated with an error of its own.
  const count = n - first;
  const mean = Math.max(1, (excess / count) * (1 + 2 / Math.sqrt(count)));
  return (p) => {
    const surprise = -Math.log(Math.max(p, 1e-300));
    if (surprise <= threshold) return Math.max(p, share(surprises, surprise));
    return Math.max(p, (count / n) * Math.exp(-(surprise - threshold) / mean));
  };
}

/** The share of ascending values that are at least `value`. */
function share(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return (ascending.length - low + 1) / (ascending.length + 1);
}
