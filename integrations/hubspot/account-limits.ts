import { createRateLimit, type RateLimit } from '../../src/lib/rate-limit.ts';
import type { Sleep } from '../../src/lib/retry.ts';
import { createDailyBudget, type DailyBudget } from './daily-budget.ts';

/** Which of HubSpot's limits a call counts against. */
export type Bucket = 'general' | 'search' | 'associations';

/** What HubSpot allows one account, and how much of it is left: one for all that talks to the account. */
export interface AccountLimits {
  readonly rates: Readonly<Record<Bucket, RateLimit>>;
  readonly budget: DailyBudget;
}

/** The lowest tier's; the answers' headers say what the account really has. */
const FIRST_LIMIT = { max: 100, intervalMs: 10_000 };
/** HubSpot allows 5 a second for the whole account and sends no headers about it. */
const SEARCH_LIMIT = { max: 4, intervalMs: 1000 };
/** Outside of the ten-second pool; enough to stay below the per-second policies. */
const ASSOCIATION_LIMIT = { max: 100, intervalMs: 1000 };

export function createAccountLimits(options: {
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Told before a call waits for its turn. */
  readonly onWait: (milliseconds: number) => void;
}): AccountLimits {
  const limit = (bucket: { max: number; intervalMs: number }) => createRateLimit({ ...bucket, ...options });
  return {
    rates: { general: limit(FIRST_LIMIT), search: limit(SEARCH_LIMIT), associations: limit(ASSOCIATION_LIMIT) },
    budget: createDailyBudget(options.now),
  };
}
