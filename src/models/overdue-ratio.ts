import { fitPlatt, type Platt } from './platt.ts';

/**
 * Answers: how likely is no order from a customer who is this late, by the ratio days since the last ÷ expected gap alone?
 *
 * Assumes that being late means the same for everybody. `scores`: n, log(1 + ratio) or a rising linear function of it, so that
 * twice as late counts the same at every pace; `y`: n outcomes, 0 or 1. A rule whose probabilities are read off the training
 * rows with Platt's sigmoid. Cost n. Not for customers without an expected gap.
 */
export function fitOverdueRatio(scores: ArrayLike<number>, y: ArrayLike<number>): Platt {
  return fitPlatt(scores, y);
}
