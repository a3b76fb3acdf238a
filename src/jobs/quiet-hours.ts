import type { Instant } from '../domain/crm.ts';
import type { MessageKind } from '../ledger/outbox.ts';
import type { PortalState } from '../state/portal-state.ts';

/** What people need to hear at any hour: that Kith itself is in trouble, and what they just asked for. */
const URGENT: ReadonlySet<string> = new Set<MessageKind>([
  'missed-jobs',
  'crm-limit',
  'undelivered',
  'not-taken-back',
  'asked',
]);

/**
 * Whether a message of a kind waits now. The quiet hours run from one time of day to another in the portal's zone, over midnight
 * where they end before they begin; with `weekends`, Saturdays and Sundays are quiet as a whole.
 */
export function isHeld(kind: string, quietHours: PortalState['quietHours'], now: Instant, timeZone: string): boolean {
  if (quietHours === null || URGENT.has(kind)) return false;
  const { from, to, weekends } = quietHours;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? '';
  if (weekends && ['Sat', 'Sun'].includes(part('weekday'))) return true;
  const time = `${part('hour')}:${part('minute')}`;
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
