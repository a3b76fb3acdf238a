import type { Run } from '../domain/results.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type Language, say } from '../lib/text.ts';
import { formatDay, plural } from '../report/format.ts';
import type { ChurnDetails } from './churn-summary.ts';

/** An order expected within this many days is due soon. */
export const SOON_DAYS = 14;

const DAY_MS = 86_400_000;

/** The day (since 1970-01-01) of the next order: the last one and the expected gap, which leads once-a-year buyers to their season. */
export function dueDay(run: Run, { days_since: since, expected_gap: gap }: ChurnDetails): number | null {
  return since === null || gap === null ? null : asOfDay(run) - since + Math.round(gap);
}

/** Whether an order is due by the as-of day, or within 14 days of it; null when it is later or not known. */
export function isDue(run: Run, day: number | null): 'now' | 'soon' | null {
  if (day === null) return null;
  const left = day - asOfDay(run);
  return left <= 0 ? 'now' : left <= SOON_DAYS ? 'soon' : null;
}

/** "expected 14 Mar 2026, in 5 days"; "due since 12 days (2 Mar 2026)". */
export function dueText(
  language: Language,
  run: Run,
  day: number | null,
  what: 'order' | 'season' | 'renewal',
): string {
  if (day === null) return say(language, { en: 'no rhythm of its own yet', zh: '尚无自身节奏' });
  const left = day - asOfDay(run);
  const date = formatDay(language, day * DAY_MS, 'UTC');
  const days = plural(language, Math.abs(left), { one: 'day', other: 'days' }, ' 天');
  switch (what) {
    case 'renewal':
      return left < 0
        ? say(language, { en: `contract ended ${date}, ${days} ago`, zh: `合同已于 ${date} 到期（${days}前）` })
        : say(language, { en: `contract ends ${date}, in ${days}`, zh: `合同于 ${date} 到期（${days}后）` });
    case 'season':
      return left <= 0
        ? say(language, {
            en: `buys once a year: its season began ${date}${left === 0 ? ', today' : `, ${days} ago`}`,
            zh: `每年购买一次：采购季始于 ${date}${left === 0 ? '（今天）' : `（${days}前）`}`,
          })
        : say(language, {
            en: `buys once a year: its season comes ${date}, in ${days}`,
            zh: `每年购买一次：采购季将于 ${date} 到来（${days}后）`,
          });
    case 'order':
      if (left === 0) return say(language, { en: `expected today (${date})`, zh: `预计今天下单（${date}）` });
      return left < 0
        ? say(language, { en: `due for ${days} (since ${date})`, zh: `${date} 起应下单，已过 ${days}` })
        : say(language, { en: `expected ${date}, in ${days}`, zh: `预计 ${date} 下单（${days}后）` });
  }
}

/** "outside its season: no order expected before 12 Nov 2027"; null for everybody who is in season or has none. */
export function outOfSeasonText(language: Language, run: Run, details: ChurnDetails): string | null {
  const day = details.out_of_season ? dueDay(run, details) : null;
  if (day === null) return null;
  const date = formatDay(language, day * DAY_MS, 'UTC');
  return say(language, {
    en: `outside its season: no order expected before ${date}`,
    zh: `不在采购季：${date} 之前预计不会下单`,
  });
}

function asOfDay({ asOf, portfolio }: Run): number {
  return zonedDay(asOf, portfolio.timeZone);
}
