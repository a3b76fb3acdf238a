import type { Instant } from '../domain/crm.ts';
import { localTime } from '../lib/time-zone.ts';
import type { Subscription, SubscriptionDays } from '../state/portal-state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** What is due late in the evening may come to its turn after midnight. */
const LATE_FROM = '23:00';
const LATE_UNTIL = '01:00';

/**
 * The day of whose edition it is time now, `YYYY-MM-DD` in the subscriber's zone; null when it is not, or when it was before the
 * subscription held as it does. Where clocks leave out the hour it is sent when they have passed it; where an hour comes twice
 * it is the same day.
 */
export function dueDay({ days, time, timeZone, since }: Subscription, now: Instant): string | null {
  const clock = localTime(now, timeZone);
  const began = localTime(since, timeZone);
  const isBegun = (day: string): boolean => `${began.day} ${began.time}` < `${day} ${time}`;
  if (fits(days, clock.day) && time <= clock.time && isBegun(clock.day)) return clock.day;
  if (time < LATE_FROM || clock.time >= LATE_UNTIL) return null;
  const before = new Date(Date.parse(`${clock.day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
  return fits(days, before) && isBegun(before) ? before : null;
}

function fits(days: SubscriptionDays, day: string): boolean {
  const weekday = WEEK[new Date(`${day}T00:00:00Z`).getUTCDay()]!;
  if (days === 'daily') return true;
  return days === 'weekdays' ? weekday !== 'saturday' && weekday !== 'sunday' : weekday === days;
}
