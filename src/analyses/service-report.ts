import type { ChartSpec } from '../charts/chart-spec.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { outcomeWords } from './churn-words.ts';
import { patternParts, patternQuality, satisfactionParts } from './service-findings.ts';
import { type ItemView, servedItem, servedText } from './service-item.ts';
import { LONG_OPEN_DAYS } from './service-patterns.ts';
import { atStakeOf, type ServedCustomer, type ServiceQueue } from './service-queue.ts';
import type { ServiceSummary } from './service-summary.ts';
import { openText } from './service-words.ts';
import { trustLine } from './trust-line.ts';

/** How many customers of the queue are listed, and how many unhappy ones beside it. */
const LISTED = 6;
const LISTED_UNHAPPY = 3;

/** Whoever waits for help and whoever is unhappy, each joined with risk and value. */
export interface ServiceDesk {
  readonly open: ServiceQueue;
  readonly unhappy: ServiceQueue;
  /** Customers that were asked for by name, whether or not they wait. */
  readonly asked: ServiceQueue | null;
}

/** What needs attention first, which tickets precede leaving, how content customers are. `desk`: null for the figures alone. */
export function presentService(summary: ServiceSummary, presentation: Presentation, desk: ServiceDesk | null): Report {
  const { language, run, filter } = presentation;
  const asked = desk?.asked ?? null;
  const open = asked === null ? (desk?.open.customers ?? []) : asked.customers;
  const shown = asked === null ? open.slice(0, LISTED) : open;
  const listed = new Set(shown.map(({ row }) => row.customerId));
  const unhappy =
    asked === null
      ? (desk?.unhappy.customers ?? []).filter(({ row }) => !listed.has(row.customerId)).slice(0, LISTED_UNHAPPY)
      : [];
  const queue = asked ?? desk?.open ?? null;
  const view: ItemView = {
    language,
    run,
    currency: run.portfolio.currency,
    horizonDays: summary.horizon_days,
    churn: queue?.churn ?? null,
  };
  const withheld = presentation.withheld ?? queue?.withheld ?? null;
  const item = (customer: ServedCustomer): ReportPart =>
    servedItem(language, customer, { text: servedText(view, customer) || nothingText(language), mention: false });
  const parts: ReportPart[] = [];
  if (withheld !== null) parts.push({ kind: 'text', text: say(language, withheld) });
  if (summary.tickets === 0) parts.push({ kind: 'text', text: say(language, NO_TICKETS) });
  parts.push(...shown.map(item));
  if (asked === null && open.length > 0) {
    parts.push({ kind: 'text', text: say(language, orderText(open.length, shown.length, desk!.open, view)) });
  }
  if (unhappy.length > 0) {
    parts.push(
      {
        kind: 'heading',
        text: say(language, { en: 'Also unhappy', zh: '其他不满意的客户' }),
      },
      ...unhappy.map(item),
    );
  }
  const chart = chartOf(view, shown, queue);
  if (chart !== null) parts.push({ kind: 'chart', chart });
  if (asked === null) {
    if (filter === '' && summary.tickets > 0) parts.push(countsOf(language, summary));
    parts.push(...satisfactionParts(language, summary));
    parts.push(...patternParts(language, summary));
  }
  const level = queue === null || queue.basis === 'value' ? 0 : (queue.churn?.evidence_level ?? 0);
  return {
    language,
    headline: headlineOf(summary, view, open, filter, desk === null || withheld !== null, asked !== null),
    parts,
    trust: trustLine(language, run, level, patternQuality(summary)),
  };
}

const NO_TICKETS: Text = {
  en: 'No ticket of a customer is copied, so there is no queue, and which tickets precede leaving cannot be told. Kith reads the tickets of HubSpot’s Service Hub (the scope `tickets`) or tickets.csv of an import, each with the company or contact that it belongs to; `/kith doctor` says what is missing.',
  zh: '没有复制到任何客户工单，因此没有队列，也无法判断流失之前的工单特征。Kith 会读取 HubSpot 的工单（需要 `tickets` 权限）或导入的 tickets.csv，且每个工单都须关联公司或联系人；`/kith doctor` 会说明缺少什么。',
};

function nothingText(language: Language): string {
  return say(language, { en: 'no ticket is open', zh: '没有未关闭的工单' });
}

function headlineOf(
  summary: ServiceSummary,
  view: ItemView,
  customers: readonly ServedCustomer[],
  filter: string,
  isCountsOnly: boolean,
  isAsked: boolean,
): string {
  const { language } = view;
  const of: Text = filter === '' ? { en: '', zh: '' } : { en: ` (${filter})`, zh: `（${filter}）` };
  const [first] = customers;
  if (summary.tickets === 0) return say(language, { en: 'No tickets are copied', zh: '没有复制到工单' });
  if (isAsked && first !== undefined) {
    if (customers.length > 1) {
      return say(language, {
        en: `“${filter}” may mean ${plural('en', customers.length, { one: 'customer', other: 'customers' }, '')}`,
        zh: `“${filter}”可能指 ${customers.length} 位客户`,
      });
    }
    const text = openText(language, first.details) || nothingText(language);
    return language === 'zh' ? `${first.row.name}：${text}` : `${first.row.name}: ${text}`;
  }
  if (isCountsOnly && first === undefined) {
    const { open } = summary;
    if (filter !== '') return say(language, { en: 'The customers are not shown here', zh: '此处不显示客户' });
    return say(language, {
      en: `${waiting('en', open.customers, open.tickets)}${longer('en', open.long)}`,
      zh: `${waiting('zh', open.customers, open.tickets)}${longer('zh', open.long)}`,
    });
  }
  if (first === undefined) {
    const { unhappy } = summary;
    const mood: Text =
      unhappy === 0 || filter !== ''
        ? { en: '', zh: '' }
        : {
            en: `; ${plural('en', unhappy, { one: 'customer answered', other: 'customers answered' }, '')} that they are dissatisfied`,
            zh: `；${formatCount('zh', unhappy)} 位客户反馈不满意`,
          };
    return say(language, { en: `No ticket is open${of.en}${mood.en}`, zh: `没有未关闭的工单${of.zh}${mood.zh}` });
  }
  const tickets = customers.reduce((sum, { details }) => sum + details.open, 0);
  const long = customers.filter(({ details }) => (details.oldest ?? 0) > LONG_OPEN_DAYS).length;
  return say(language, {
    en: `${waiting('en', customers.length, tickets)}${longer('en', long)}${of.en}; first ${first.row.name}: ${openText('en', first.details)}`,
    zh: `${waiting('zh', customers.length, tickets)}${longer('zh', long)}${of.zh}；首先处理 ${first.row.name}：${openText('zh', first.details)}`,
  });
}

function waiting(language: Language, customers: number, tickets: number): string {
  if (tickets === 0) return say(language, { en: 'No ticket is open', zh: '没有未关闭的工单' });
  return say(language, {
    en: `${plural('en', customers, { one: 'customer waits', other: 'customers wait' }, '')} on ${plural('en', tickets, { one: 'open ticket', other: 'open tickets' }, '')}`,
    zh: `${formatCount('zh', customers)} 位客户有 ${formatCount('zh', tickets)} 个未关闭的工单`,
  });
}

function longer(language: Language, long: number): string {
  if (long === 0) return '';
  return say(language, {
    en: `, ${formatCount('en', long)} of them for more than ${LONG_OPEN_DAYS} days`,
    zh: `，其中 ${formatCount('zh', long)} 位已等待超过 ${LONG_OPEN_DAYS} 天`,
  });
}

function orderText(all: number, shown: number, { basis, churn }: ServiceQueue, { horizonDays }: ItemView): Text {
  const { leaving } = outcomeWords(churn?.outcome ?? { kind: 'none' }, horizonDays);
  const rest = all - shown;
  const more: Text =
    rest === 0
      ? { en: '', zh: '' }
      : { en: ` ${formatCount('en', rest)} more wait.`, zh: `另有 ${formatCount('zh', rest)} 位客户在等待。` };
  switch (basis) {
    case 'chance':
      return {
        en: `Sorted by value a year × risk of ${leaving.en}; customers without a risk (lapsed, not bought yet, under contract, outside their season) come after them, by value.${more.en}`,
        zh: `按年价值 × ${leaving.zh}的风险排序；没有风险评分的客户（已流失、尚未购买、合同期内、不在采购季）按价值排在其后。${more.zh}`,
      };
    case 'band':
      return {
        en: `Sorted by risk band of ${leaving.en}, then value a year: there is too little evidence for probabilities.${more.en}`,
        zh: `按${leaving.zh}的风险等级、再按年价值排序：证据不足以给出概率。${more.zh}`,
      };
    case 'value':
      return {
        en: `Sorted by value a year, then by the age of the oldest ticket: there are no risk scores here.${more.en}`,
        zh: `按年价值、再按最早工单的开启时间排序：此处没有风险评分。${more.zh}`,
      };
  }
}

function chartOf(view: ItemView, customers: readonly ServedCustomer[], queue: ServiceQueue | null): ChartSpec | null {
  const { language, currency, horizonDays } = view;
  if (customers.length < 2 || queue === null) return null;
  const isStake = queue.basis === 'chance' && customers.some((one) => atStakeOf(one) > 0);
  const isMoney = isStake || customers.some(({ value }) => (value ?? 0) > 0);
  const values = customers.map((one) =>
    isStake ? atStakeOf(one) : isMoney ? Math.max(0, one.value ?? 0) : (one.details.oldest ?? 0),
  );
  const { short } = outcomeWords(queue.churn?.outcome ?? { kind: 'none' }, horizonDays);
  const title: Text = isStake
    ? { en: `Value a year × risk of ${short.en}`, zh: `年价值 × ${short.zh}风险` }
    : isMoney
      ? { en: 'Value a year', zh: '年价值' }
      : { en: 'Days since the oldest open ticket', zh: '最早未关闭工单的天数' };
  const show = (value: number): string =>
    isMoney ? formatMoney(language, value, currency) : formatCount(language, value);
  const listed = customers.map(({ row }, k) => `${row.name} ${show(values[k]!)}`);
  return {
    kind: 'horizontal-bar',
    title: say(language, title),
    subtitle: say(language, { en: 'customers with open tickets', zh: '有未关闭工单的客户' }),
    alt: listed.join(language === 'zh' ? '；' : '; '),
    format: isMoney ? { kind: 'money', currency } : { kind: 'days' },
    labels: customers.map(({ row }) => row.name),
    series: [{ name: say(language, title), values }],
  };
}

function countsOf(language: Language, { open, unhappy, tickets, undated }: ServiceSummary): ReportPart {
  const facts: [Text, number][] = [
    [{ en: 'Open tickets', zh: '未关闭的工单' }, open.tickets],
    [{ en: 'Customers who wait', zh: '等待中的客户' }, open.customers],
    [{ en: `Of them for more than ${LONG_OPEN_DAYS} days`, zh: `其中超过 ${LONG_OPEN_DAYS} 天` }, open.long],
    [{ en: 'Of them with high or urgent priority', zh: '其中高优先级或紧急' }, open.urgent],
    [{ en: 'Unhappy by their newest answer', zh: '最近反馈不满意' }, unhappy],
    [{ en: 'Tickets copied', zh: '已复制的工单' }, tickets],
  ];
  if (undated > 0) facts.push([{ en: 'Closed without a date', zh: '已关闭但无日期' }, undated]);
  return {
    kind: 'facts',
    facts: facts.map(([label, count]) => ({ label: say(language, label), value: formatCount(language, count) })),
  };
}
