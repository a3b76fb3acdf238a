import type { PurchaseHistory } from './purchase-history.ts';

/** The horizons that are tried, in days. */
export const HORIZONS = [60, 90, 120, 180, 365] as const;
/** The share of gaps that should have ended within the horizon. */
export const ENDED_SHARE = 0.8;

/** Every gap between purchases, and for each customer the open one since the last. */
export interface Gaps {
  /** Days. */
  readonly durations: Float64Array;
  /** 1 where the next purchase was seen, 0 where the gap is open at the cut-off. */
  readonly ended: Uint8Array;
}

export function gapsUpTo(history: PurchaseHistory, cutOffDay: number): Gaps {
  // No more than one for each day with a purchase.
  const durations = new Float64Array(history.day.length);
  const ended = new Uint8Array(history.day.length);
  let count = 0;
  const add = (days: number, hasEnded: 0 | 1): void => {
    durations[count] = days;
    ended[count++] = hasEnded;
  };
  for (let i = 0; i < history.offsets.length - 1; i++) {
    let last = Number.NaN;
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
      const day = history.day[row]!;
      if (day > cutOffDay) break;
      if (history.amount[row]! <= 0) continue;
      if (!Number.isNaN(last)) add(day - last, 1);
      last = day;
    }
    if (!Number.isNaN(last)) add(cutOffDay - last, 0);
  }
  return { durations: durations.subarray(0, count), ended: ended.subarray(0, count) };
}

/** The first and last day of the history up to a cut-off day; null when nothing was bought. */
export function historySpan(history: PurchaseHistory, cutOffDay: number): { first: number; days: number } | null {
  let first = Number.POSITIVE_INFINITY;
  for (let i = 0; i < history.offsets.length - 1; i++) {
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
      if (history.day[row]! > cutOffDay) break;
      if (history.amount[row]! <= 0) continue;
      first = Math.min(first, history.day[row]!);
      break;
    }
  }
  return first === Number.POSITIVE_INFINITY ? null : { first, days: cutOffDay - first };
}

/**
 * The horizon H: the smallest of 60, 90, 120, 180, 365 days by which at least 80 % of gaps have ended (`shareOpenAfter` is the
 * Kaplan–Meier estimate of the share that has not), capped at a quarter of the history.
 */
export function horizonFrom(shareOpenAfter: (days: number) => number, historyDays: number): number {
  const enough = HORIZONS.find((days) => shareOpenAfter(days) <= 1 - ENDED_SHARE + 1e-12) ?? HORIZONS.at(-1)!;
  return Math.max(1, Math.min(enough, Math.floor(historyDays / 4)));
}
