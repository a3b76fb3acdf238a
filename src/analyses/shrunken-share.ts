/** What is needed of m customers with N_i orders each, n_i of which hold a product; s = Σ n_i ÷ Σ N_i. */
export interface ShareTotals {
  readonly customers: number;
  /** Σ N_i */
  readonly orders: number;
  /** Σ n_i */
  readonly held: number;
  /** Σ N_i² */
  readonly squaredOrders: number;
  /** Σ N_i · (n_i ÷ N_i − s)² */
  readonly spread: number;
}

/** A prior for shares: s, and how many orders it counts for (k). */
export interface SharePrior {
  readonly share: number;
  readonly weight: number;
}

/** Within which k is kept: below, one order would decide; above, no customer could differ from all. */
const LEAST_WEIGHT = 1;
const MOST_WEIGHT = 100;

/**
 * How much of a customer's share of orders with a product to believe, and how much of everybody's: the beta prior of beta-binomial
 * shares, by the method of moments.
 *
 * Assumptions: 1. each customer has a share of its own, drawn from one beta distribution; 2. its orders hold the product
 * independently of each other; 3. the share does not change over time.
 *
 * With m customers, ρ = (spread ÷ (s(1 − s)) − (m − 1)) ÷ (ΣN − ΣN² ÷ ΣN − (m − 1)) and k = 1 ÷ ρ − 1, kept within 1 to 100. Where
 * customers differ by no more than chance, k is 100. Cost: constant. Kleinman, J. C. (1973), JASA 68(341), 46–54, with
 * weights N_i.
 */
export function sharePrior({ customers, orders, held, squaredOrders, spread }: ShareTotals): SharePrior {
  if (orders === 0) return { share: 0, weight: MOST_WEIGHT };
  const share = held / orders;
  const chance = customers - 1;
  const room = orders - squaredOrders / orders - chance;
  const variance = share * (1 - share);
  const correlation = variance === 0 || room <= 0 ? 0 : (spread / variance - chance) / room;
  if (correlation <= 0) return { share, weight: MOST_WEIGHT };
  return { share, weight: Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, 1 / correlation - 1)) };
}

/** (n + k · s) ÷ (N + k): the posterior mean of a customer with `held` of `orders`. */
export function shrunkenShare({ share, weight }: SharePrior, held: number, orders: number): number {
  return (held + weight * share) / (orders + weight);
}
