import type { RandomSource } from '../../src/math/random.ts';
import { between, chance, erlang, exponential, logNormal, weighted } from './draws.ts';

/**
 * How customers come, buy and leave. The planted driver: trouble (a run of urgent tickets with poor marks) is followed by
 * leaving much more often than not, while customers without trouble leave seldom. Who is about to leave also misses more meetings.
 */
export const LEAVING = {
  troublesPerYear: 0.28,
  chanceAfterTrouble: 0.6,
  otherwisePerYear: 0.07,
} as const;

/** Days from the first ticket of a trouble to the day on which the customer makes up its mind. */
const TROUBLE_DAYS = 40;

export interface CustomerLife {
  readonly kind: 'regular' | 'seasonal' | 'occasional' | 'prospect';
  /** Days since the start of the history. */
  readonly firstDay: number;
  readonly purchases: readonly number[];
  /** First days of the runs of tickets. */
  readonly troubles: readonly number[];
  /** The day after which nothing is bought any more; null for who stays. */
  readonly leftOn: number | null;
  readonly cause: 'trouble' | 'other' | null;
  /** 1 to 12, for seasonal buyers. */
  readonly month: number | null;
  readonly meanGap: number;
}

export function customerLife(random: RandomSource, start: Date, days: number): CustomerLife {
  const kind = (['regular', 'seasonal', 'occasional', 'prospect'] as const)[weighted(random, [50, 7, 33, 10])]!;
  const firstDay = chance(random, 0.45) ? between(random, 0, 150) : between(random, 0, days - 20);
  const meanGap = Math.min(260, Math.max(24, logNormal(random, 76, 0.5)));
  const none = { firstDay, troubles: [], leftOn: null, cause: null, month: null, meanGap } as const;
  if (kind === 'prospect') return { ...none, kind, purchases: [] };
  if (kind === 'occasional') {
    const again = firstDay + Math.round(exponential(random, 400)) + 20;
    return { ...none, kind, purchases: chance(random, 0.15) && again < days ? [firstDay, again] : [firstDay] };
  }

  const { troubles, leftOn, cause } = partings(random, firstDay, days);
  const end = leftOn ?? days - 1;
  if (kind === 'seasonal') {
    const month = between(random, 1, 12);
    const purchases = seasonDays(random, start, month, days).filter((day) => day >= firstDay && day <= end);
    return { kind, firstDay, purchases, troubles, leftOn, cause, month, meanGap: 365 };
  }
  const purchases: number[] = [];
  for (let day = firstDay; day <= end; day += Math.max(1, Math.round(erlang(random, 5, meanGap)))) purchases.push(day);
  return { kind, firstDay, purchases, troubles, leftOn, cause, month: null, meanGap };
}

/** A customer like every other: there from the first day, buying at exponential gaps, never in trouble and never leaving. */
export function equalLife(random: RandomSource, days: number, meanGap: number): CustomerLife {
  const purchases: number[] = [];
  for (let day = exponential(random, meanGap); day < days; day += exponential(random, meanGap)) {
    if (Math.floor(day) !== purchases.at(-1)) purchases.push(Math.floor(day));
  }
  return { kind: 'regular', firstDay: 0, purchases, troubles: [], leftOn: null, cause: null, month: null, meanGap };
}

function partings(
  random: RandomSource,
  firstDay: number,
  days: number,
): { troubles: number[]; leftOn: number | null; cause: 'trouble' | 'other' | null } {
  const other = firstDay + Math.round(exponential(random, 365 / LEAVING.otherwisePerYear));
  const troubles: number[] = [];
  let trouble = firstDay + Math.round(exponential(random, 365 / LEAVING.troublesPerYear));
  while (trouble < Math.min(other, days)) {
    troubles.push(trouble);
    const decision = trouble + TROUBLE_DAYS;
    if (decision >= days) break;
    if (chance(random, LEAVING.chanceAfterTrouble)) return { troubles, leftOn: decision, cause: 'trouble' };
    trouble = decision + Math.round(exponential(random, 365 / LEAVING.troublesPerYear));
  }
  return other < days ? { troubles, leftOn: other, cause: 'other' } : { troubles, leftOn: null, cause: null };
}

/** One day in the customer's month of each year. */
function seasonDays(random: RandomSource, start: Date, month: number, days: number): number[] {
  const found: number[] = [];
  for (let year = start.getUTCFullYear(); ; year++) {
    const day = Math.round((Date.UTC(year, month - 1, between(random, 3, 26)) - start.getTime()) / 86_400_000);
    if (day >= days) return found;
    if (day >= 0) found.push(day);
  }
}
