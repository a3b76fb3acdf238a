/** Standard normal quantiles: of 97.5 % (5 % two-sided), and of 80 %. */
const Z_ALPHA = 1.959963984540054;
const Z_POWER = 0.8416212335729143;
const STEPS = 60;

/**
 * The smallest rise of a share above `base` that two groups of `n` and `m` cases would show: one that a two-sided test at 5 %
 * finds in four cases of five (80 % power). Null when even a rise to 1 would not show, or a group is empty.
 *
 * Assumes independent cases and the normal approximation, which is rough below about ten cases a group: it says how hopeless a
 * comparison is, not to a point. Fleiss, J. L. (1981). Statistical methods for rates and proportions, 2nd ed., 3.2, for unequal
 * groups; with equal ones it is R's `power.prop.test`.
 */
export function detectableRise(base: number, n: number, m: number): number | null {
  if (n === 0 || m === 0 || !shows(base, 1 - base, n, m)) return null;
  let low = 0;
  let high = 1 - base;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (shows(base, middle, n, m)) high = middle;
    else low = middle;
  }
  return high;
}

function shows(base: number, rise: number, n: number, m: number): boolean {
  const raised = base + rise;
  const pooled = (n * raised + m * base) / (n + m);
  const ifNone = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  const ifSome = Math.sqrt((raised * (1 - raised)) / n + (base * (1 - base)) / m);
  return rise > 0 && rise >= Z_ALPHA * ifNone + Z_POWER * ifSome;
}
