import { mainReason } from '../analyses/churn-reasons.ts';
import type { ChurnDetails } from '../analyses/churn-summary.ts';
import { outOfSeasonText } from '../analyses/likely-due.ts';
import { trustLine } from '../analyses/trust-line.ts';
import type { Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { CustomerRow } from '../privacy/privacy-reader.ts';
import { formatMoney, formatPercent } from '../report/format.ts';
import type { Report } from '../report/report.ts';

/** A customer whose risk is not in the band that it was in. */
export interface Crossing {
  readonly customerId: string;
  readonly before: string;
  readonly band: string;
  readonly details: ChurnDetails;
  /** The probability of no order; null where the evidence carries none. */
  readonly value: number | null;
}

const BANDS: Readonly<Record<string, Text>> = {
  low: { en: 'low', zh: '低' },
  medium: { en: 'medium', zh: '中' },
  high: { en: 'high', zh: '高' },
  lapsed: { en: 'lapsed', zh: '已流失' },
};

/** Only between bands that say something: who had none before has crossed nothing. */
export function isCrossing(before: string, after: string): boolean {
  return before !== after && Object.hasOwn(BANDS, before) && Object.hasOwn(BANDS, after);
}

/** What the owner is told: which band, from which, what it is associated with, and what is at stake. */
export function crossingReport(
  language: Language,
  {
    run,
    row,
    crossing,
    mention,
    asOf,
  }: { run: Run; row: CustomerRow; crossing: Crossing; mention: boolean; asOf: Instant },
): Report {
  const { currency, horizonDays } = run.portfolio;
  const { details, value } = crossing;
  const [before, band] = [BANDS[crossing.before]!, BANDS[crossing.band]!]; // a crossing's bands are among them
  const risk = value === null || details.out_of_season ? null : formatPercent(language, value);
  const worth = formatMoney(language, details.value, currency);
  const reason = mainReason(language, details, currency);
  const outside = outOfSeasonText(language, { ...run, asOf }, details);
  return {
    language,
    headline: say(language, {
      en: `${row.name}: no-order risk is now ${band.en}${risk === null ? '' : ` (${risk})`}, it was ${before.en}`,
      zh: `${row.name}：不下单风险由${before.zh}变为${band.zh}${risk === null ? '' : `（${risk}）`}`,
    }),
    parts: [
      {
        kind: 'item',
        title: row.name,
        text: say(language, {
          en: `${reason} · ${outside ?? `worth ${worth} in ${horizonDays} days while active`}`,
          zh: `${reason} · ${outside ?? `活跃时 ${horizonDays} 天价值 ${worth}`}`,
        }),
        ...(row.owner === null ? {} : { owner: { ...row.owner, mention } }),
        ...(row.link === '' ? {} : { link: row.link }),
        actions: [
          {
            action: 'why',
            label: say(language, { en: 'Why?', zh: '为什么？' }),
            value: `churn-risk:${crossing.customerId}`,
          },
        ],
      },
    ],
    trust: trustLine(language, { ...run, asOf }, row.evidence, {
      en: 'scored by the last run’s model after a change in the CRM',
      zh: 'CRM 变更后由上次分析的模型重新评分',
    }),
  };
}
