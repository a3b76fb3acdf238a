import { incompleteBeta } from './incomplete-beta.ts';

const STEPS = 200;

/**
 * The quantile of Student's t with `degrees` > 0 degrees of freedom (not necessarily whole), for 0 < probability < 1: the number
 * below which t lies with that probability. By bisection, to the last digits of a double.
 *
 * P(|T| > t) = I_x(ν/2, 1/2) with x = ν / (ν + t²): Abramowitz, M. and Stegun, I. (1964), 26.7.1 and 26.5.27.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability === 0.5) return 0;
  const tail = 2 * Math.min(probability, 1 - probability);
  const beyond = (t: number): number => incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  let low = 0;
  let high = 1;
  while (beyond(high) > tail && high < 1e12) high *= 2;
  for (let step = 0; step < STEPS && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (beyond(middle) > tail) low = middle;
    else high = middle;
  }
  return probability < 0.5 ? -(low + high) / 2 : (low + high) / 2;
}
