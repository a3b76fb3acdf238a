import { describe, expect, it } from 'vitest';
import { periodOf } from '../../../src/jobs/period.ts';

describe('periodOf', () => {
  it('is the calendar day in the portal’s time zone', () => {
    const instant = Date.parse('2026-03-09T23:30:00Z');
    expect(periodOf('day', instant, 'UTC')).toBe('2026-03-09');
    expect(periodOf('day', instant, 'Asia/Shanghai')).toBe('2026-03-10');
  });

  it('is the ISO 8601 week, which belongs to the year of its Thursday', () => {
    const week = (day: string): string => periodOf('week', Date.parse(`${day}T12:00:00Z`), 'UTC');
    expect(week('2026-03-09')).toBe('2026-W11');
    expect(week('2026-03-15')).toBe('2026-W11');
    expect(week('2026-03-16')).toBe('2026-W12');
    expect(week('2027-01-03')).toBe('2026-W53');
    expect(week('2027-01-04')).toBe('2027-W01');
    expect(week('2024-12-30')).toBe('2025-W01');
  });
});
