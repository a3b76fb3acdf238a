const TINY = 1e-300;
const MAX_STEPS = 100_000;

/**
 * ₂F₁(1, b; c; −y), Gauss's hypergeometric function with one parameter 1, for c > b > 0 and y ≥ 0, by Gauss's continued fraction:
 * every partial numerator is positive there, so nothing cancels, and it converges for any y (about 10 √(1 + y) steps). NaN when it
 * has not after 100,000 steps. With Pfaff's transformation, ₂F₁(a, b; a + 1; z) = (1 − z)^−b ₂F₁(1, b; a + 1; −z ÷ (1 − z)).
 *
 * Abramowitz, M. and Stegun, I. (1964). Handbook of Mathematical Functions, 15.3.4; Cuyt, A. et al. (2008). Handbook of Continued
 * Fractions for Special Functions, 15.3.4; evaluated by the method of Lentz, in Thompson, I. and Barnett, A. (1986). Coulomb and
 * Bessel functions of complex arguments and order. Journal of Computational Physics 64.
 */
export function hypergeometricFraction(b: number, c: number, y: number): number {
  let value = 1;
  let above = 1;
  let below = 0;
  for (let k = 1; 2 * k <= MAX_STEPS; k++) {
    const odd = ((b + k - 1) * (c + k - 2) * y) / ((c + 2 * k - 3) * (c + 2 * k - 2) || TINY);
    below = 1 / (1 + odd * below || TINY);
    above = 1 + odd / above;
    let change = above * below;
    value *= change;
    if (Math.abs(change - 1) < 1e-15) return 1 / value;
    const even = (k * (c - 1 - b + k) * y) / ((c + 2 * k - 2) * (c + 2 * k - 1));
    below = 1 / (1 + even * below || TINY);
    above = 1 + even / above;
    change = above * below;
    value *= change;
    if (Math.abs(change - 1) < 1e-15) return 1 / value;
  }
  return Number.NaN;
}
