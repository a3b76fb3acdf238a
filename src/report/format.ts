import type { Language } from '../lib/text.ts';

const LOCALES: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' };

/** Money with its currency: `£1,234`, `US$1.2m`. Whole units from 100 upwards, since nobody acts on the pence. */
export function formatMoney(
  language: Language,
  amount: number | string,
  currency: string,
  options: { exact?: boolean } = {},
): string {
  const value = Number(amount);
  const digits =
    options.exact === true || Math.abs(value) < 100 ? {} : { maximumFractionDigits: 0, minimumFractionDigits: 0 };
  return new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency, ...digits }).format(value);
}

/** Money that stands side by side in one precision: whole units for all of them once one is 100 or more. */
export function moneyFormat(
  language: Language,
  currency: string,
  amounts: readonly (number | string)[],
): (amount: number | string) => string {
  const isWhole = amounts.some((amount) => Math.abs(Number(amount)) >= 100);
  const digits = isWhole ? { maximumFractionDigits: 0, minimumFractionDigits: 0 } : {};
  const format = new Intl.NumberFormat(LOCALES[language], {
    style: 'currency',
    currency,
    signDisplay: 'negative',
    ...digits,
  });
  return (amount) => format.format(Number(amount));
}

/** A fraction as a percentage: 0.314 is `31%`. */
export function formatPercent(language: Language, fraction: number, digits = 0): string {
  return new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: digits }).format(fraction);
}

export function formatCount(language: Language, count: number): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 0 }).format(count);
}

export function formatNumber(language: Language, value: number, digits = 2): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }).format(value);
}

/** A day in the reader's zone: `9 Dec 2011`, `2011年12月9日`. */
export function formatDay(language: Language, instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeZone }).format(instant);
}

/** A month in the reader's zone: `December 2011`, `2011年12月`. */
export function formatMonth(language: Language, instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { month: 'long', year: 'numeric', timeZone }).format(instant);
}

/** A calendar month written '2011-12', short: `Dec 2011`, `2011年12月`. */
export function formatCalendarMonth(language: Language, month: string): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], { month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.format(Date.parse(`${month}-01T00:00:00Z`));
}

/** A calendar day written '2011-12-09', as `formatDay` writes it. */
export function formatCalendarDay(language: Language, day: string): string {
  return formatDay(language, Date.parse(`${day}T00:00:00Z`), 'UTC');
}

/** An instant to the minute in the reader's zone. */
export function formatInstant(language: Language, instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    instant,
  );
}

/** English plurals by count; Chinese has one form. `plural('en', 1, { one: 'customer', other: 'customers' }, '位客户')`. */
export function plural(language: Language, count: number, en: { one: string; other: string }, zh: string): string {
  const number = formatCount(language, count);
  return language === 'zh' ? `${number}${zh}` : `${number} ${count === 1 ? en.one : en.other}`;
}

/** With a capital first letter, as at the start of a cell or a sentence; the rest is as it is spelt. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
