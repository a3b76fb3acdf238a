import { isoDay } from './calendar.ts';

/** Months since the year 0: year · 12 + month − 1. */
export function monthOfDay(day: number): number {
  const [year, month] = isoDay(day).split('-');
  return Number(year) * 12 + Number(month) - 1;
}

/** `YYYY-MM` */
export function isoMonth(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** Days since 1970-01-01 of a month's first day. */
export function firstDayOf(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
}
