const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** From here on Stirling's series to 1/x¹³ is as exact as a double. */
const LARGE = 10;

/**
 * ln Γ(x) for x > 0, +Infinity at 0: Stirling's series above 10, reached from below by Γ(x) = Γ(x + 1) ÷ x. Relative error
 * about 1e-15, absolute about 1e-15 near the zeros at 1 and 2.
 *
 * Abramowitz, M. and Stegun, I. (1964). Handbook of Mathematical Functions, 6.1.15 and 6.1.41.
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < LARGE) {
    product *= shifted;
    shifted++;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square / 156))))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + series - Math.log(product);
}
