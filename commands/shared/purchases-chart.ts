import type { CategoryChart } from '../../src/charts/chart-spec.ts';
import { type Language, say } from '../../src/lib/text.ts';
import { formatCalendarMonth, formatMoney, plural } from '../../src/report/format.ts';

const MONTHS = 12;

/**
 * A customer's purchases by month: the twelve months that end with the cut-off's, or with the last purchase's when there was
 * none in those. Null without purchases. Days are YYYY-MM-DD, newest first.
 */
export function purchasesChart(
  language: Language,
  purchases: readonly { readonly day: string; readonly amount: string }[],
  asOfDay: string,
  currency: string,
): CategoryChart | null {
  const newest = purchases[0];
  if (newest === undefined) return null;
  const months = monthsUntil(asOfDay.slice(0, 7));
  const shown = newest.day.slice(0, 7) >= months[0]! ? months : monthsUntil(newest.day.slice(0, 7));
  // Floats are enough for the height of a bar.
  const sums = new Map(shown.map((month) => [month, 0]));
  let count = 0;
  for (const { day, amount } of purchases) {
    const month = day.slice(0, 7);
    const sum = sums.get(month);
    if (sum === undefined) continue;
    sums.set(month, sum + Number(amount));
    count += 1;
  }
  const values = shown.map((month) => sums.get(month)!);
  const total = formatMoney(
    language,
    values.reduce((sum, value) => sum + value, 0),
    currency,
  );
  const times = plural(language, count, { one: 'purchase', other: 'purchases' }, '次购买');
  const from = formatCalendarMonth(language, shown[0]!);
  const to = formatCalendarMonth(language, shown.at(-1)!);
  return {
    kind: 'bar',
    title: say(language, { en: 'Purchases by month', zh: '每月购买金额' }),
    alt: say(language, {
      en: `${times} worth ${total} between ${from} and ${to}`,
      zh: `${from}至${to}共${times}，金额 ${total}`,
    }),
    format: { kind: 'money', currency },
    labels: shown.map((month) => formatCalendarMonth(language, month)),
    series: [{ name: say(language, { en: 'Purchases', zh: '购买金额' }), values }],
  };
}

function monthsUntil(last: string): string[] {
  const [year, month] = last.split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, i) =>
    new Date(Date.UTC(year!, month! - MONTHS + i, 1)).toISOString().slice(0, 7),
  );
}
