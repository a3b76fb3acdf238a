import type { Instant } from '../domain/crm.ts';

const DAY_MS = 86_400_000;

/** Whole days from 1970-01-01 to the calendar day on which `instant` falls in an IANA time zone. */
export function zonedDay(instant: Instant, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  const part = (type: string): number =>
    Number(parts.formatToParts(instant).find((found) => found.type === type)?.value ?? Number.NaN);
  return Math.floor(Date.UTC(part('year'), part('month') - 1, part('day')) / DAY_MS);
}
