import { type BetaGeometric, fitBetaGeometric } from './beta-geometric.ts';
import type { BuyingHistory } from './buying-history.ts';
import type { StartOptions } from './fit-from-starts.ts';
import { expectedPurchases, noPurchase, outlook } from './future-purchases.ts';

/** Plain JSON; r, alpha, a, b in the history's unit of time. */
export type MbgNbd = BetaGeometric;

/**
 * Answers: how often do customers buy, when do they leave, and so how many purchases are still to come?
 *
 * Assumes 1. that an active customer buys at random (Poisson) at a rate of its own, gamma(r, alpha) over customers, 2. that after
 * every purchase, the first one too, it leaves for good with a chance of its own, beta(a, b), 3. that rate and chance are independent,
 * 4. no season and no renewal dates. Unlike BG/NBD, which takes everybody who bought once for active, it lets one-time buyers have left.
 * `history`: n customers each, one unit of time (days or any other; scaled inside); `weight`: customers a row stands for. Parameters
 * by penalised maximum likelihood from several starts, in logs. Throws `model-input` when a value is impossible, when nobody
 * bought twice, or when the likelihood does not converge. Cost: about 100 passes over the distinct rows a start.
 *
 * Batislam, E., Denizel, M. and Filiztekin, A. (2007). Empirical validation and comparison of models for customer base analysis.
 * IJRM 24(3), eq. 3; Wagner, U. and Hoppe, D. (2008). Erratum on the MBG/NBD model. IJRM 25(3).
 */
export function fitMbgNbd(history: BuyingHistory, options: StartOptions): MbgNbd {
  return fitBetaGeometric('MBG/NBD', history, 1, options);
}

/** Expected purchases in the next `horizon` after age T, for n customers. */
export function mbgNbdExpected(
  fitted: MbgNbd,
  x: ArrayLike<number>,
  recency: ArrayLike<number>,
  age: ArrayLike<number>,
  horizon: number,
): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) =>
    expectedPurchases(outlook(fitted, 1, x[i]!, recency[i]!, age[i]!), horizon),
  );
}

/**
 * P(no purchase in (T, T + horizon] | x, t_x, T), exactly, for n customers: 1 − P(alive) · (1 − ((α + T) ÷ (α + T + horizon))^(r + x)).
 * A customer that is active at T leaves only after a purchase, so none is bought just when its Poisson count is 0.
 */
export function mbgNbdNoPurchase(
  fitted: MbgNbd,
  x: ArrayLike<number>,
  recency: ArrayLike<number>,
  age: ArrayLike<number>,
  horizon: number,
): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) =>
    noPurchase(outlook(fitted, 1, x[i]!, recency[i]!, age[i]!), horizon),
  );
}
