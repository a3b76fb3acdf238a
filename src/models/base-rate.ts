export interface BaseRate {
  readonly probability: number;
  readonly rows: number;
}

/**
 * Answers: how often does it happen, whoever it is? The first incumbent of every model board.
 *
 * Assumes that all rows are alike. `y`: n outcomes, 0 or 1. Jeffreys' estimate (positives + ½) ÷ (n + 1), so that an outcome
 * never seen is rare and not impossible; ½ without rows.
 *
 * Brown, L., Cai, T. and DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical Science 16(2).
 */
export function fitBaseRate(y: ArrayLike<number>): BaseRate {
  let positives = 0;
  for (let i = 0; i < y.length; i++) positives += y[i]!;
  return { probability: (positives + 0.5) / (y.length + 1), rows: y.length };
}
