import type { ChartSpec } from '../charts/chart-spec.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { rhythmText } from './churn-reasons.ts';
import { type ChurnDetails, type ChurnSummary, churnDetailsSchema } from './churn-summary.ts';
import { trustLine } from './trust-line.ts';

interface Line {
  readonly row: PresentedRow;
  readonly details: ChurnDetails;
}

/** `/churn-risk lapsed`: customers who stopped, by what they were worth while active; `rows` are the first of that list. */
export function presentWinBack(summary: ChurnSummary, presentation: Presentation): Report {
  const { language, run, withheld, filter } = presentation;
  const { currency, horizon_days: days, customers, outcome } = summary;
  const lines = rankedByWorth(presentation.rows);
  const parts: ReportPart[] = [];
  if (outcome.kind === 'none') {
    parts.push({ kind: 'text', text: say(language, { en: `${summary.note}.`, zh: `${summary.note_zh}。` }) });
  }
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  for (const line of lines) parts.push(itemOf(language, line, summary));
  const chart = chartOf(language, lines, summary);
  if (chart !== null) parts.push({ kind: 'chart', chart });
  if (lines.length > 0) {
    parts.push({
      kind: 'text',
      text: say(language, {
        en: `Ranked by what each was worth in ${days} days while active. One personal message, then leave in peace.`,
        zh: `按活跃时 ${days} 天的价值排序。发送一封个人信息，之后不再打扰。`,
      }),
    });
  }
  const all = plural(language, customers.lapsed, { one: 'customer has', other: 'customers have' }, ' 位客户');
  const money = formatMoney(language, summary.lapsed_value, currency);
  return {
    language,
    headline:
      filter === ''
        ? say(language, {
            en: `${all} lapsed and may be won back, worth ${money} in ${days} days while active`,
            zh: `${all}已流失、可以挽回，活跃时 ${days} 天价值 ${money}`,
          })
        : headlineOfGroup(language, lines, summary, filter),
    parts,
    trust: trustLine(language, run, summary.evidence_level, {
      en: 'dates and totals, no prediction of who comes back',
      zh: '日期与合计，不预测谁会回来',
    }),
  };
}

/** By what each was worth while active. */
export function rankedByWorth(rows: readonly PresentedRow[]): Line[] {
  return rows
    .map((row) => ({ row, details: churnDetailsSchema.parse(row.details) }))
    .sort((a, b) => b.details.value - a.details.value || (a.row.customerId < b.row.customerId ? -1 : 1));
}

function headlineOfGroup(
  language: Language,
  lines: readonly Line[],
  { currency, horizon_days: days }: ChurnSummary,
  filter: string,
): string {
  if (lines.length === 0) {
    return say(language, { en: `Nobody to win back: ${filter}`, zh: `没有可挽回的客户：${filter}` });
  }
  const money = formatMoney(
    language,
    lines.reduce((sum, { details }) => sum + details.value, 0),
    currency,
  );
  const count = formatCount(language, lines.length);
  return say(language, {
    en: `${filter}: the ${count} lapsed customers worth most brought ${money} in ${days} days while active`,
    zh: `${filter}：价值最高的 ${count} 位已流失客户活跃时 ${days} 天价值 ${money}`,
  });
}

function itemOf(language: Language, { row, details }: Line, summary: ChurnSummary): ReportPart {
  const { currency, horizon_days: days } = summary;
  const worth = formatMoney(language, details.value, currency);
  const said = [
    rhythmText(language, details),
    say(language, {
      en: `worth ${worth} in ${days} days while active`,
      zh: `活跃时 ${days} 天价值 ${worth}`,
    }),
  ];
  if (details.order_size !== null) {
    const usual = formatMoney(language, details.order_size, currency);
    const orders = plural(language, details.orders, { one: 'order', other: 'orders' }, ' 笔订单');
    said.push(say(language, { en: `${orders}, ${usual} on average`, zh: `${orders}，平均 ${usual}` }));
  }
  return {
    kind: 'item',
    title: row.name,
    text: said.join(' · '),
    ...(row.owner === null ? {} : { owner: { ...row.owner, mention: false } }),
    ...(row.link === '' ? {} : { link: row.link }),
    actions: [
      { action: 'why', label: say(language, { en: 'Why?', zh: '为什么？' }), value: `churn-risk:${row.customerId}` },
    ],
  };
}

function chartOf(language: Language, lines: readonly Line[], summary: ChurnSummary): ChartSpec | null {
  if (lines.length < 2 || lines.every(({ details }) => details.value === 0)) return null;
  const { currency, horizon_days: days } = summary;
  const title: Text = { en: `Worth in ${days} days while active`, zh: `活跃时 ${days} 天的价值` };
  const listed = lines
    .slice(0, 3)
    .map(({ row, details }) => `${row.name} ${formatMoney(language, details.value, currency)}`)
    .join(language === 'zh' ? '、' : ', ');
  return {
    kind: 'horizontal-bar',
    title: say(language, title),
    subtitle: say(language, { en: 'lapsed customers', zh: '已流失客户' }),
    alt: say(language, {
      en: `Bars of worth in ${days} days while active, by lapsed customer: ${listed}.`,
      zh: `条形图，已流失客户${title.zh}：${listed}。`,
    }),
    format: { kind: 'money', currency },
    labels: lines.map(({ row }) => row.name),
    series: [{ name: say(language, title), values: lines.map(({ details }) => details.value) }],
  };
}
