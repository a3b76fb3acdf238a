import { logFactorial } from '../math/log-factorial.ts';

/**
 * Would chance alone bring two things together this often? Fisher's exact test, one-sided: the probability, with both
 * margins fixed, of `together` or more baskets that hold both, among `n` baskets of which `left` hold one and `right` the
 * other. The upper tail of the hypergeometric distribution, summed from its own term outwards until terms no longer count.
 *
 * Fisher, R. A. (1935). The logic of inductive inference. JRSS 98.
 */
export function fisherExact(together: number, left: number, right: number, n: number): number {
  const most = Math.min(left, right);
  const least = Math.max(0, left + right - n);
  if (together <= least) return 1;
  const margins =
    logFactorial(left) + logFactorial(n - left) + logFactorial(right) + logFactorial(n - right) - logFactorial(n);
  const logTerm =
    margins -
    logFactorial(together) -
    logFactorial(left - together) -
    logFactorial(right - together) -
    logFactorial(n - left - right + together);
  // Terms relative to the first: each follows from the one before by a ratio of whole numbers.
  let term = 1;
  let sum = 1;
  for (let x = together; x < most; x++) {
    term *= ((left - x) * (right - x)) / ((x + 1) * (n - left - right + x + 1));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return Math.min(1, Math.exp(logTerm + Math.log(sum)));
}
