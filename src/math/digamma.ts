/** From here on the asymptotic series to 1/x¹⁴ is as exact as a double. */
const LARGE = 10;

/**
 * ψ(x) = d ln Γ(x) / dx for x > 0: the asymptotic series above 10, reached from below by ψ(x) = ψ(x + 1) − 1 ÷ x.
 *
 * Abramowitz, M. and Stegun, I. (1964). Handbook of Mathematical Functions, 6.3.5 and 6.3.18.
 */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  while (shifted < LARGE) {
    sum -= 1 / shifted;
    shifted++;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    square *
    (1 / 12 -
      square *
        (1 / 120 -
          square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760 - square / 12))))));
  return sum + Math.log(shifted) - 0.5 * inverse - series;
}
