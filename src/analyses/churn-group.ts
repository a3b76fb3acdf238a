import { type Language, say, type Text } from '../lib/text.ts';
import { formatMoney, plural } from '../report/format.ts';
import type { ChurnDetails, ChurnSummary } from './churn-summary.ts';

/** "€1,234 at risk with the 3 customers to look at first": what the listed customers at risk stand for. `whose`: "of yours ". */
export function lookFirst(
  language: Language,
  { revenue_at_risk: revenue, currency, horizon_days: days }: ChurnSummary,
  atRisk: readonly ChurnDetails[],
  whose: Text = { en: '', zh: '' },
): string {
  const count = plural(language, atRisk.length, { one: 'customer', other: 'customers' }, ' 位客户');
  const sum = (of: (details: ChurnDetails) => number): string =>
    formatMoney(
      language,
      atRisk.reduce((total, one) => total + of(one), 0),
      currency,
    );
  if (revenue !== null) {
    const money = sum((one) => one.at_risk ?? 0);
    return say(language, {
      en: `${money} at risk with the ${count} ${whose.en}to look at first`,
      zh: `${whose.zh}${count}需优先关注，${money} 面临风险`,
    });
  }
  const worth = sum(({ value }) => value);
  return say(language, {
    en: `${count} ${whose.en}to look at first, worth ${worth} in ${days} days while active`,
    zh: `${whose.zh}${count}需优先关注，活跃时 ${days} 天价值 ${worth}`,
  });
}

/** The headline of an answer about a part of the customers: of the rows that are shown, and of nobody else. */
export function groupHeadline(
  language: Language,
  summary: ChurnSummary,
  rows: readonly { readonly row: { readonly band: string }; readonly details: ChurnDetails }[],
  { filter, isWithheld }: { readonly filter: string; readonly isWithheld: boolean },
): string {
  if (summary.outcome.kind === 'none') {
    return say(language, {
      en: `No risk is shown, this is a business of projects: ${filter}`,
      zh: `项目型业务，不显示流失风险：${filter}`,
    });
  }
  if (summary.evidence_level === 0) {
    return say(language, { en: `Too little history to score: ${filter}`, zh: `历史不足，无法评分：${filter}` });
  }
  if (rows.length === 0 && isWithheld) {
    return say(language, { en: `The customers are not shown here: ${filter}`, zh: `此处不显示客户：${filter}` });
  }
  const atRisk = rows.filter(({ row }) => row.band === 'high' || row.band === 'medium');
  if (atRisk.length > 0) {
    const first = lookFirst(
      language,
      summary,
      atRisk.map(({ details }) => details),
    );
    const begun = filter.slice(0, 1).toLocaleUpperCase('en') + filter.slice(1);
    return language === 'zh' ? `${begun}：${first}` : `${begun}: ${first}`;
  }
  const listed = plural(language, rows.length, { one: 'customer is', other: 'customers are' }, ' 位客户');
  return rows.length === 0
    ? say(language, { en: `Nobody at risk: ${filter}`, zh: `没有有风险的客户：${filter}` })
    : say(language, {
        en: `Nobody at risk: ${filter}; ${listed} listed`,
        zh: `没有有风险的客户：${filter}；以下列出 ${listed.trim()}`,
      });
}
