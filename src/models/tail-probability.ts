import { incompleteBeta } from '../math/incomplete-beta.ts';

/** P(T ≥ t) of Student's t with `degrees` of freedom. */
export function studentTail(t: number, degrees: number): number {
  const half = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

/** The t above which a share `probability` of Student's distribution lies (at most a half), by bisection. */
export function studentQuantile(probability: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > probability && high < 1e6) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * How likely is a count of at least `count` in one period, when `history` are the counts of earlier ones? The greater of two
 * tails: of a Poisson count given the sum of all periods (a binomial, so that the unknown rate needs no estimate), and, where
 * the history varies more than a Poisson count does, of the negative binomial with its mean and variance.
 *
 * Assumption: periods are of one length and one customer's rate is steady but for what is looked for. 1 without a history.
 *
 * Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series. Biometrika 31;
 * Johnson, N., Kemp, A. and Kotz, S. (2005). Univariate Discrete Distributions, 3rd ed., section 5.
 */
export function countTail(count: number, history: ArrayLike<number>): number {
  const n = history.length;
  if (n === 0 || count <= 0) return 1;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += history[i]!;
  // P(Binomial(sum + count, 1 / (n + 1)) ≥ count).
  const poisson = incompleteBeta(1 / (n + 1), count, sum + 1);
  const mean = (sum + 0.5) / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (history[i]! - sum / n) ** 2;
  const variance = n > 1 ? squares / (n - 1) : 0;
  if (!(variance > mean)) return poisson;
  const shape = (mean * mean) / (variance - mean);
  return Math.max(poisson, incompleteBeta(mean / (mean + shape), count, shape));
}
