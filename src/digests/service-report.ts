import type { Anomaly } from '../analyses/anomalies-summary.ts';
import { anomalySentence } from '../analyses/anomalies-words.ts';
import { reasonText } from '../analyses/churn-reasons.ts';
import { type ItemView, servedItem, servedText } from '../analyses/service-item.ts';
import { LONG_OPEN_DAYS } from '../analyses/service-patterns.ts';
import type { QueueBasis } from '../analyses/service-queue.ts';
import type { Finding, FindingRecord } from '../ledger/findings.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { Concern, ServiceCase } from './service-cases.ts';

/** What became of a customer that an earlier list named. */
export interface Ending {
  readonly finding: FindingRecord;
  readonly concern: Concern;
  readonly name: string;
  /** Null while it goes on. */
  readonly how: Text | null;
  /** Over without anything heard: neither told nor waited for. */
  readonly isForgotten: boolean;
}

export const QUALITY: Readonly<Record<QueueBasis, Text>> = {
  chance: { en: 'sorted by value a year × risk', zh: '按年价值 × 风险排序' },
  band: { en: 'sorted by value a year; risk in bands', zh: '按年价值排序；风险仅分等级' },
  value: { en: 'sorted by value a year; no risk scores', zh: '按年价值排序；没有风险评分' },
};

const LEAD: Readonly<Record<Concern, Text>> = {
  'risk-high': { en: 'at high risk, with its tickets among the reasons', zh: '高风险，且工单是相关因素之一' },
  'risk-medium': { en: 'at medium risk, with its tickets among the reasons', zh: '中风险，且工单是相关因素之一' },
  unhappy: { en: 'unhappy', zh: '不满意' },
  'long-open': { en: `waiting for more than ${LONG_OPEN_DAYS} days`, zh: `已等待超过 ${LONG_OPEN_DAYS} 天` },
  burst: { en: 'with a burst of tickets', zh: '工单激增' },
};

export function serviceHeadline(
  { language, currency }: ItemView,
  told: readonly ServiceCase[],
  isUnusual: boolean,
  ended: number,
): string {
  const [first] = told;
  if (first !== undefined) {
    const count = plural(language, told.length, { one: 'customer needs', other: 'customers need' }, ' 位客户');
    const worth = formatMoney(
      language,
      told.reduce((sum, { customer }) => sum + Math.max(0, customer.value ?? 0), 0),
      currency,
    );
    const lead = LEAD[first.finding.band];
    return say(language, {
      en: `${count} help today, worth ${worth} a year; first ${first.customer.row.name}: ${lead.en}`,
      zh: `今天有 ${count}需要关怀，合计每年 ${worth}；首先是 ${first.customer.row.name}：${lead.zh}`,
    });
  }
  if (isUnusual) return say(language, { en: 'The number of tickets is unusual', zh: '工单数量异常' });
  if (ended > 0) {
    return say(language, {
      en: `${plural('en', ended, { one: 'customer', other: 'customers' }, '')} from the last lists moved on; nobody new needs help`,
      zh: `之前名单上有 ${formatCount('zh', ended)} 位客户已有进展；今天没有新的客户需要关怀`,
    });
  }
  return say(language, { en: 'Nobody needs help today', zh: '今天没有需要关怀的客户' });
}

export function serviceChanges(
  language: Language,
  before: { readonly open: number; readonly long: number; readonly unhappy: number } | null,
  now: { readonly open: number; readonly long: number; readonly unhappy: number },
): ReportPart[] {
  if (before === null) return [];
  const labels: readonly [keyof typeof now, Text][] = [
    ['open', { en: 'Open tickets', zh: '未关闭的工单' }],
    [
      'long',
      { en: `Customers who wait for more than ${LONG_OPEN_DAYS} days`, zh: `等待超过 ${LONG_OPEN_DAYS} 天的客户` },
    ],
    ['unhappy', { en: 'Unhappy customers', zh: '不满意的客户' }],
  ];
  const changed = labels.filter(([key]) => before[key] !== now[key]);
  if (changed.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'What changed since the last list', zh: '与上次名单相比的变化' }) },
    {
      kind: 'facts',
      facts: changed.map(([key, label]) => {
        const change = now[key] - before[key];
        return {
          label: say(language, label),
          value: `${formatCount(language, now[key])} (${change > 0 ? '+' : ''}${formatCount(language, change)})`,
        };
      }),
    },
  ];
}

/** Each owner is mentioned once, at the first of the customers that they own. */
export function serviceItems(
  view: ItemView,
  told: readonly ServiceCase[],
  tickets: { readonly anomaly: Anomaly; readonly finding: Finding } | null,
): ReportPart[] {
  const { language, currency } = view;
  if (told.length === 0 && tickets === null) return [];
  const mentioned = new Set<string>();
  const items = told.map((one): ReportPart => {
    const { owner } = one.customer.row;
    const mention = owner !== null && !mentioned.has(owner.id);
    if (owner !== null) mentioned.add(owner.id);
    return { ...servedItem(language, one.customer, { text: caseText(view, one), mention }), finding: one.finding.key };
  });
  const unusual: ReportPart[] =
    tickets === null
      ? []
      : [
          {
            kind: 'item',
            finding: tickets.finding.key,
            title: say(language, { en: 'Tickets in all', zh: '全部工单' }),
            text: say(language, anomalySentence(tickets.anomaly, currency)),
          },
        ];
  return [{ kind: 'heading', text: say(language, { en: 'Who should act', zh: '谁来跟进' }) }, ...items, ...unusual];
}

function caseText(view: ItemView, { customer, reasons, burst }: ServiceCase): string {
  const { language, currency } = view;
  const list = reasons.map((reason) => reasonText(language, reason, currency)).join(' · ');
  return [
    servedText(view, customer),
    list === '' ? '' : say(language, { en: `risk associated with: ${list}`, zh: `风险相关因素：${list}` }),
    burst === null ? '' : say(language, anomalySentence(burst, currency)),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

export function serviceOutcomes(language: Language, ended: readonly Ending[], waiting: number): ReportPart[] {
  if (ended.length === 0 && waiting === 0) return [];
  const lines = ended.flatMap(({ name, how }) =>
    how === null ? [] : [language === 'zh' ? `${name}${how.zh}` : `${name} ${how.en}`],
  );
  if (waiting > 0) {
    lines.push(
      say(language, {
        en: `${plural('en', waiting, { one: 'customer is', other: 'customers are' }, '')} as before`,
        zh: `还有 ${formatCount('zh', waiting)} 位客户没有变化`,
      }),
    );
  }
  return [
    { kind: 'heading', text: say(language, { en: 'What became of the last ones', zh: '之前名单的进展' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

export function serviceChart(
  { language, currency }: ItemView,
  told: readonly ServiceCase[],
  basis: QueueBasis,
): ReportPart[] {
  const bars = told.filter(({ weight }) => weight > 0);
  if (bars.length === 0) return [];
  const title: Text =
    basis === 'chance' ? { en: 'Value a year × risk', zh: '年价值 × 风险' } : { en: 'Value a year', zh: '年价值' };
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'horizontal-bar',
        title: say(language, title),
        alt: bars
          .map(({ customer, weight }) => `${customer.row.name} ${formatMoney(language, weight, currency)}`)
          .join(language === 'zh' ? '；' : '; '),
        format: { kind: 'money', currency },
        labels: bars.map(({ customer }) => customer.row.name),
        series: [{ name: say(language, title), values: bars.map(({ weight }) => weight) }],
      },
    },
  ];
}
