import { describe, expect, it } from 'vitest';
import { dueDay } from '../../../src/jobs/due-subscription.ts';
import { type Subscription, subscriptionSchema } from '../../../src/state/portal-state.ts';

function subscription(change: Partial<Subscription>): Subscription {
  return subscriptionSchema.parse({
    id: 's1',
    userId: 'U1',
    digest: 'sales',
    days: 'daily',
    time: '08:00',
    timeZone: 'Europe/London',
    language: 'en',
    ...change,
  });
}
const at = (iso: string): number => Date.parse(iso);

describe('when a copy of a digest is due', () => {
  it('is from its time on until the end of the day, in the subscriber’s own zone', () => {
    const london = subscription({});
    expect(dueDay(london, at('2026-03-09T07:59:00Z'))).toBeNull();
    expect(dueDay(london, at('2026-03-09T08:00:00Z'))).toBe('2026-03-09');
    expect(dueDay(london, at('2026-03-09T23:30:00Z'))).toBe('2026-03-09');
    expect(dueDay(london, at('2026-03-10T00:30:00Z'))).toBeNull();
    const shanghai = subscription({ timeZone: 'Asia/Shanghai' });
    expect(dueDay(shanghai, at('2026-03-08T23:59:00Z'))).toBeNull();
    expect(dueDay(shanghai, at('2026-03-09T00:00:00Z'))).toBe('2026-03-09');
    const kathmandu = subscription({ timeZone: 'Asia/Kathmandu' });
    expect(dueDay(kathmandu, at('2026-03-09T02:14:00Z'))).toBeNull();
    expect(dueDay(kathmandu, at('2026-03-09T02:15:00Z'))).toBe('2026-03-09');
    const auckland = subscription({ timeZone: 'Pacific/Auckland', days: 'monday' });
    // Sunday evening in London is Monday morning there.
    expect(dueDay(auckland, at('2026-03-08T19:00:00Z'))).toBe('2026-03-09');
  });

  it('is on the days that were chosen', () => {
    const noon = (day: number): number => at(`2026-03-${String(day).padStart(2, '0')}T12:00:00Z`);
    const due = (days: Subscription['days']): number[] =>
      // 9 March 2026 is a Monday.
      [9, 10, 11, 12, 13, 14, 15].filter((day) => dueDay(subscription({ days }), noon(day)) !== null);
    expect(due('daily')).toHaveLength(7);
    expect(due('weekdays')).toEqual([9, 10, 11, 12, 13]);
    expect(due('monday')).toEqual([9]);
    expect(due('saturday')).toEqual([14]);
    expect(due('sunday')).toEqual([15]);
  });

  it('is once on the days on which clocks change, whether their hour is left out or comes twice', () => {
    // London leaves out 01:00 to 02:00 on 29 March 2026, and has it twice on 25 October.
    const night = subscription({ time: '01:30' });
    expect(dueDay(night, at('2026-03-29T00:59:00Z'))).toBeNull();
    expect(dueDay(night, at('2026-03-29T01:00:00Z'))).toBe('2026-03-29');
    expect(dueDay(night, at('2026-10-25T00:30:00Z'))).toBe('2026-10-25');
    expect(dueDay(night, at('2026-10-25T01:30:00Z'))).toBe('2026-10-25');
    const morning = subscription({});
    expect(dueDay(morning, at('2026-03-28T08:00:00Z'))).toBe('2026-03-28');
    expect(dueDay(morning, at('2026-03-29T07:00:00Z'))).toBe('2026-03-29');
  });

  it('comes shortly after midnight where its time was at the end of the day', () => {
    const late = subscription({ time: '23:50', days: 'monday' });
    expect(dueDay(late, at('2026-03-09T23:50:00Z'))).toBe('2026-03-09');
    expect(dueDay(late, at('2026-03-10T00:00:00Z'))).toBe('2026-03-09');
    expect(dueDay(late, at('2026-03-10T01:00:00Z'))).toBeNull();
  });

  it('does not make up for what was before it held', () => {
    const since = at('2026-03-09T10:00:00Z');
    expect(dueDay(subscription({ since }), at('2026-03-09T10:15:00Z'))).toBeNull();
    expect(dueDay(subscription({ since }), at('2026-03-10T08:00:00Z'))).toBe('2026-03-10');
    expect(dueDay(subscription({ since, time: '10:30' }), at('2026-03-09T10:30:00Z'))).toBe('2026-03-09');
    expect(
      dueDay(subscription({ since: at('2026-03-10T00:05:00Z'), time: '23:50' }), at('2026-03-10T00:15:00Z')),
    ).toBeNull();
  });
});
