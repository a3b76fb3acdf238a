import { type BetaGeometric, fitBetaGeometric } from './beta-geometric.ts';
import type { BuyingHistory } from './buying-history.ts';
import type { StartOptions } from './fit-from-starts.ts';
import { expectedPurchases, outlook } from './future-purchases.ts';

/** Plain JSON; r, alpha, a, b in the history's unit of time. */
export type BgNbd = BetaGeometric;

/**
 * Answers what `fitMbgNbd` answers, assuming that a customer may leave after repeat purchases only: whoever bought once counts as
 * active for ever. For comparison with published figures and with MBG/NBD; not for judging one-time buyers. Same input, same
 * errors, same cost.
 *
 * Fader, P., Hardie, B. and Lee, K. (2005). "Counting your customers" the easy way: an alternative to the Pareto/NBD model. Marketing
 * Science 24(2), eq. 6.
 */
export function fitBgNbd(history: BuyingHistory, options: StartOptions): BgNbd {
  return fitBetaGeometric('BG/NBD', history, 0, options);
}

/** Expected purchases in the next `horizon` after age T, for n customers; of a new customer with x, t_x and T all 0. */
export function bgNbdExpected(
  fitted: BgNbd,
  x: ArrayLike<number>,
  recency: ArrayLike<number>,
  age: ArrayLike<number>,
  horizon: number,
): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) =>
    expectedPurchases(outlook(fitted, 0, x[i]!, recency[i]!, age[i]!), horizon),
  );
}
