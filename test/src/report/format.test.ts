import { expect, it } from 'vitest';
import { formatCalendarDay, formatCalendarMonth } from '../../../src/report/format.ts';

it.each([
  ['en', 'Nov 2026', '9 Nov 2026'],
  ['zh', '2026年11月', '2026年11月9日'],
] as const)(
  'writes months and days of the calendar as people do, in any zone of the machine (%s)',
  (language, ...seen) => {
    expect([formatCalendarMonth(language, '2026-11'), formatCalendarDay(language, '2026-11-09')]).toEqual(seen);
  },
);
