/** What a customer buys within this many days of the first order of its season is the same season's. */
export const EPISODE_DAYS = 60;
/** Seasons of a once-a-year buyer lie at least so far apart, and by their median at most so far. */
const SHORTEST_YEAR = 300;
const LONGEST_YEAR = 430;

export interface Season {
  /** Median days from the first order of one season to the first of the next. */
  readonly gap: number;
  /** Days from the first order of the newest season to the customer's last purchase. */
  readonly sinceStart: number;
}

/**
 * Does this customer buy once a year? Takes the first `count` of its gaps between purchases in their order. Orders within 60
 * days of a season's first count as one season; the customer buys once a year when there are two seasons or more, none less
 * than 300 days after the one before, with a median of at most 430 days. Null otherwise. Cost: one pass over the gaps.
 */
export function seasonOf(gaps: Float64Array, count: number): Season | null {
  const years: number[] = [];
  let sinceStart = 0;
  for (let k = 0; k < count; k++) {
    sinceStart += gaps[k]!;
    if (sinceStart <= EPISODE_DAYS) continue;
    if (sinceStart < SHORTEST_YEAR) return null;
    years.push(sinceStart);
    sinceStart = 0;
  }
  if (years.length === 0) return null;
  years.sort((a, b) => a - b);
  const gap = (years[(years.length - 1) >> 1]! + years[years.length >> 1]!) / 2;
  return gap <= LONGEST_YEAR ? { gap, sinceStart } : null;
}

/**
 * Whether a once-a-year buyer's next season begins after the next `days`: no order is expected in them, and none is missed. Not so
 * while a season is overdue.
 */
export function isOutOfSeason(
  rhythms: {
    readonly cutOffDay: number;
    readonly lastDay: Int32Array;
    readonly isYearly: Uint8Array;
    readonly expectedGap: Float64Array;
  },
  i: number,
  days: number,
): boolean {
  return rhythms.isYearly[i] === 1 && rhythms.lastDay[i]! + rhythms.expectedGap[i]! - rhythms.cutOffDay > days;
}
