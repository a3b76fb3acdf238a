import type { Instant } from '../domain/crm.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The calendar day ('2026-03-09'), ISO 8601 week ('2026-W11') or month ('2026-03') of an instant in a time zone. */
export function periodOf(period: 'day' | 'week' | 'month', instant: Instant, timeZone: string): string {
  // The Swedish locale writes ISO dates.
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant);
  if (period === 'day') return day;
  if (period === 'month') return day.slice(0, 7);
  // A week belongs to the year that holds its Thursday.
  const date = Date.parse(`${day}T00:00:00Z`);
  const mondayBased = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date(date + (3 - mondayBased) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
}
