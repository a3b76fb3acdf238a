import { logBeta } from './log-beta.ts';

const TINY = 1e-300;
const MAX_STEPS = 100_000;

/**
 * I_x(a, b), the regularised incomplete beta function, for a, b > 0 and 0 ≤ x ≤ 1: the chance that a beta(a, b) number is at most x.
 * A continued fraction, on the side of the mean where it converges within about √max(a, b) steps.
 *
 * DiDonato, A. and Morris, A. (1992). Algorithm 708. ACM TOMS 18(3), section on BFRAC; Press, W. et al. (2007). Numerical Recipes,
 * 3rd ed., 6.4.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return incompleteBetaByLogs(x, Math.log(x), Math.log1p(-x), a, b, logBeta(a, b));
}

/** The same for 0 < x < 1, where ln x, ln (1 − x) and ln B(a, b) are known from other calls. */
export function incompleteBetaByLogs(
  x: number,
  logX: number,
  logRest: number,
  a: number,
  b: number,
  logB: number,
): number {
  const front = Math.exp(a * logX + b * logRest - logB);
  return x < (a + 1) / (a + b + 2) ? (front / a) * fraction(x, a, b) : 1 - (front / b) * fraction(1 - x, b, a);
}

function fraction(x: number, a: number, b: number): number {
  let below = 1 / (1 - ((a + b) * x) / (a + 1) || TINY);
  let above = 1;
  let value = below;
  for (let m = 1; m <= MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    below = 1 / (1 + even * below || TINY);
    above = 1 + even / above || TINY;
    value *= below * above;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    below = 1 / (1 + odd * below || TINY);
    above = 1 + odd / above || TINY;
    const change = below * above;
    value *= change;
    if (Math.abs(change - 1) < 1e-14) break;
  }
  return value;
}
