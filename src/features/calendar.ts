import type { Instant } from '../domain/crm.ts';
import { zonedDay } from './zoned-day.ts';

/** The last day that was over by `asOf`: the day of `asOf` itself still runs, its purchases are not all known. */
export function lastCompleteDay(asOf: Instant, timeZone: string): number {
  return zonedDay(asOf + 1, timeZone) - 1;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
