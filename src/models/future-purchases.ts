import { sigmoid } from '../math/logistic.ts';
import type { BetaGeometric, FirstChance } from './beta-geometric.ts';

/**
 * What a history says about a customer under a beta-geometric model. Given that the customer is still active, its rate is gamma
 * with shape `rateShape` and rate `rateTime`, its chance to leave after a purchase is beta(a, `stay`), independent of the rate.
 */
export interface Outlook {
  readonly alive: number;
  readonly rateShape: number;
  readonly rateTime: number;
  readonly leave: number;
  readonly stay: number;
}

export function outlook(
  fitted: BetaGeometric,
  firstChance: FirstChance,
  x: number,
  recency: number,
  age: number,
): Outlook {
  const { r, alpha, a, b } = fitted;
  const odds =
    x + firstChance === 0
      ? Number.NEGATIVE_INFINITY
      : Math.log(a / (b + x + firstChance - 1)) + (r + x) * Math.log1p((age - recency) / (alpha + recency));
  return {
    alive: odds === Number.NEGATIVE_INFINITY ? 1 : sigmoid(-odds),
    rateShape: r + x,
    rateTime: alpha + age,
    leave: a,
    stay: b + x + firstChance,
  };
}

/** P(no purchase in the next `horizon`): an active customer leaves only after a purchase, so its Poisson count alone decides. */
export function noPurchase(customer: Outlook, horizon: number): number {
  return 1 + customer.alive * Math.expm1(-customer.rateShape * Math.log1p(horizon / customer.rateTime));
}

/**
 * P(0), P(1), … P(count − 1) purchases in the next `horizon`, written into `into`; returns count, which is where less than `tail`
 * is left or `into` is full. An active customer buys n times when it stays each time and its Poisson count is n, or when it leaves
 * after the n-th and the count would have been at least n:
 * P(n) = S_n · NB(n) + S_(n−1) · a ÷ (a + β + n − 1) · P(NB ≥ n), with S_n = Π_(j<n) (β + j) ÷ (a + β + j).
 */
export function countDistribution(customer: Outlook, horizon: number, into: Float64Array, tail = 1e-9): number {
  const { alive, rateShape, rateTime, leave, stay } = customer;
  const share = horizon / (rateTime + horizon);
  let log = -rateShape * Math.log1p(horizon / rateTime);
  let exact = Math.exp(log);
  let below = exact;
  let stayed = 1;
  into[0] = 1 - alive + alive * exact;
  let left = alive * (1 - exact);
  let isTiny = log < LEAST_LOG;
  let n = 1;
  for (; n < into.length && left > tail; n++) {
    const ratio = ((rateShape + n - 1) / n) * share;
    if (isTiny) {
      log += Math.log(ratio);
      isTiny = log < LEAST_LOG;
      exact = isTiny ? 0 : Math.exp(log);
    } else exact *= ratio;
    const atLeast = Math.max(0, 1 - below);
    const leaves = leave / (leave + stay + n - 1);
    const probability = alive * stayed * (leaves * atLeast + (1 - leaves) * exact);
    into[n] = probability;
    left -= probability;
    below += exact;
    stayed *= 1 - leaves;
  }
  return n;
}

/**
 * Expected purchases in the next `horizon`: P(alive) · Σ_(n≥1) P(at least n), where an active customer buys at least n times when it
 * stays n − 1 times and its count is at least n. Every term is positive: unlike the closed form with ₂F₁ over (a − 1), nothing
 * cancels at a = 1 or for small a. Cost: about as many terms as purchases are possible.
 */
export function expectedPurchases(customer: Outlook, horizon: number): number {
  const { alive, rateShape, rateTime, leave, stay } = customer;
  if (alive === 0 || horizon === 0) return 0;
  const share = horizon / (rateTime + horizon);
  let log = -rateShape * Math.log1p(horizon / rateTime);
  let exact = Math.exp(log);
  let below = exact;
  let stayed = 1;
  let sum = 0;
  // While P(0) is too small for a double, counts are far from likely and P(at least n) is 1.
  let isTiny = log < LEAST_LOG;
  for (let n = 1; n < MOST_PURCHASES; n++) {
    sum += stayed * Math.max(0, 1 - below);
    const ratio = ((rateShape + n - 1) / n) * share;
    if (isTiny) {
      log += Math.log(ratio);
      isTiny = log < LEAST_LOG;
      exact = isTiny ? 0 : Math.exp(log);
    } else exact *= ratio;
    below += exact;
    stayed *= (stay + n - 1) / (leave + stay + n - 1);
    const next = ((rateShape + n) / (n + 1)) * share;
    // Later ratios are smaller still: what is left is below a geometric series' sum of sums.
    if (!isTiny && next < 1 && stayed * exact < 1e-13 * (1 - next) ** 2 * Math.max(sum, 1e-6)) break;
    if (stayed < 1e-15 * sum) break;
  }
  return alive * sum;
}

const LEAST_LOG = -690;
const MOST_PURCHASES = 1_000_000;
