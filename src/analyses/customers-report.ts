import { type Language, say, type Text } from '../lib/text.ts';
import {
  capitalised,
  formatCalendarMonth,
  formatCount,
  formatMoney,
  formatNumber,
  formatPercent,
} from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { type CustomersSummary, DESCRIBED, type Described } from './customers-summary.ts';
import { reportTable } from './report-table.ts';
import { trustLine } from './trust-line.ts';

/** Months that a table lists; the chart shows them all. */
const MONTHS_LISTED = 13;

/** The rest of `/customers`: how they are spread, how they move, and what became of them. Aggregates alone. */
export function presentCustomers(summary: CustomersSummary, { language, run }: Presentation): Report {
  const parts: ReportPart[] =
    summary.buyers === 0
      ? []
      : [
          ...trendChart(language, summary),
          ...quantiles(language, summary),
          ...concentration(language, summary),
          ...spreadChart(language, summary),
          ...months(language, summary),
          ...cohortChart(language, summary),
          ...cohortRevenue(language, summary),
        ];
  return {
    language,
    headline: headline(language, summary),
    parts,
    trust: trustLine(language, run, 0, { en: 'counted, nothing estimated', zh: '均为计数，无估计' }),
  };
}

function headline(language: Language, summary: CustomersSummary): string {
  const buyers = formatCount(language, summary.buyers);
  const tenth = summary.concentration?.top.find(({ share }) => share === 0.1);
  if (summary.buyers === 0) return say(language, { en: 'Nobody has bought yet', zh: '还没有客户购买' });
  if (tenth === undefined)
    return say(language, { en: `Customers who have bought: ${buyers}`, zh: `已购买的客户：${buyers} 位` });
  return say(language, {
    en: `Of ${buyers} customers who have bought, the top 10% bring ${formatPercent('en', tenth.ofMoney)} of the money`,
    zh: `${buyers} 位已购买的客户中，前 10% 贡献了 ${formatPercent('zh', tenth.ofMoney)} 的金额`,
  });
}

const QUANTITIES: Readonly<Record<Described, Text>> = {
  money: { en: 'Value so far, per customer', zh: '每位客户累计价值' },
  purchases: { en: 'Purchases, per customer', zh: '每位客户购买次数' },
  order: { en: 'Size of a purchase', zh: '单次购买金额' },
  gap: { en: 'Days between purchases', zh: '购买间隔（天）' },
  recency: { en: 'Days since the last purchase', zh: '距最近购买天数' },
};

function quantiles(language: Language, summary: CustomersSummary): ReportPart[] {
  const show = (described: Described, value: number): string =>
    described === 'money' || described === 'order'
      ? formatMoney(language, value, summary.currency)
      : formatNumber(language, value, 1);
  const rows = DESCRIBED.flatMap((described) => {
    const found = summary.quantiles[described];
    if (found === undefined) return [];
    const values = [found.p10, found.p25, found.p50, found.p75, found.p90, found.mean];
    return [[say(language, QUANTITIES[described]), ...values.map((value) => show(described, value))]];
  });
  const heads: Text[] = [
    { en: 'Of those who have bought', zh: '已购买的客户' },
    { en: '10% below', zh: '10% 分位' },
    { en: '25%', zh: '25%' },
    { en: 'Median', zh: '中位数' },
    { en: '75%', zh: '75%' },
    { en: '90% below', zh: '90% 分位' },
    { en: 'Mean', zh: '平均' },
  ];
  return [reportTable(language, { en: 'How customers differ', zh: '客户差异' }, heads, rows)];
}

function concentration(language: Language, { concentration: found }: CustomersSummary): ReportPart[] {
  if (found === null) return [];
  const top = (at: Language): string =>
    found.top
      .map(({ share, customers, ofMoney }) =>
        say(at, {
          en: `the top ${formatPercent('en', share)} (${formatCount('en', customers)}) bring ${formatPercent('en', ofMoney)}`,
          zh: `前 ${formatPercent('zh', share)}（${formatCount('zh', customers)} 位）贡献 ${formatPercent('zh', ofMoney)}`,
        }),
      )
      .join(at === 'zh' ? '，' : ', ');
  const number = formatNumber(language, found.gini, 2);
  const few = found.top.length === 0;
  return [
    {
      kind: 'text',
      text: say(language, {
        en: `Of the money so far, ${few ? '' : `${top('en')}; `}the Gini coefficient is ${number} (0: all bring the same, 1: one brings everything).`,
        zh: `累计金额中，${few ? '' : `${top('zh')}；`}基尼系数为 ${number}（0 表示人人相同，1 表示集中于一人）。`,
      }),
    },
  ];
}

function spreadChart(language: Language, { spread, currency }: CustomersSummary): ReportPart[] {
  if (spread.length < 2) return [];
  const money = (value: number): string => formatMoney(language, value, currency);
  const name = ({ from, to }: (typeof spread)[number]): string => {
    if (from === null) return say(language, { en: `below ${money(to ?? 0)}`, zh: `低于 ${money(to ?? 0)}` });
    return say(language, { en: `from ${money(from)}`, zh: `${money(from)} 起` });
  };
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'bar',
        title: say(language, { en: 'Customers by value so far', zh: '客户累计价值分布' }),
        alt: spread
          .map((bar) => `${name(bar)}: ${formatCount(language, bar.buyers)}`)
          .join(language === 'zh' ? '；' : '; '),
        format: { kind: 'count' },
        labels: spread.map(name),
        series: [
          { name: say(language, { en: 'Customers', zh: '客户数' }), values: spread.map(({ buyers }) => buyers) },
        ],
      },
    },
  ];
}

/** Customers who bought, by month; the month that still runs is left out, it would look like a fall. */
function trendChart(language: Language, summary: CustomersSummary): ReportPart[] {
  const whole = summary.months.filter(({ isWhole }) => isWhole);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined || whole.length < 2) return [];
  const said = (month: typeof first): string =>
    say(language, {
      en: `${formatCalendarMonth('en', month.month)}: ${formatCount('en', month.active)}, of them ${formatCount('en', month.fresh)} new`,
      zh: `${formatCalendarMonth('zh', month.month)}：${formatCount('zh', month.active)} 位，其中新客户 ${formatCount('zh', month.fresh)} 位`,
    });
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'line',
        title: say(language, { en: 'Customers who bought, by month', zh: '每月购买客户数' }),
        alt: say(language, { en: `${said(first)} … ${said(last)}`, zh: `${said(first)} …… ${said(last)}` }),
        format: { kind: 'count' },
        xTitle: say(language, { en: 'Month', zh: '月份' }),
        labels: whole.map(({ month }) => formatCalendarMonth(language, month)),
        series: [
          { name: say(language, { en: 'All who bought', zh: '购买客户' }), values: whole.map(({ active }) => active) },
          { name: say(language, { en: 'Came back', zh: '回头客户' }), values: whole.map(({ returning }) => returning) },
          { name: say(language, { en: 'New', zh: '新客户' }), values: whole.map(({ fresh }) => fresh) },
        ],
      },
    },
  ];
}

function months(language: Language, summary: CustomersSummary): ReportPart[] {
  const shown = summary.months.slice(-MONTHS_LISTED).reverse();
  if (shown.length === 0) return [];
  const heads: Text[] = [
    { en: 'Month', zh: '月份' },
    { en: 'Bought', zh: '购买客户' },
    { en: 'New', zh: '新客户' },
    { en: 'Came back', zh: '回头客户' },
    { en: 'Revenue', zh: '收入' },
  ];
  const soFar = say(language, { en: ' (so far)', zh: '（截至目前）' });
  return [
    reportTable(
      language,
      { en: 'Month by month', zh: '逐月变化' },
      heads,
      shown.map(({ month, active, fresh, returning, revenue, isWhole }) => [
        `${formatCalendarMonth(language, month)}${isWhole ? '' : soFar}`,
        formatCount(language, active),
        formatCount(language, fresh),
        formatCount(language, returning),
        formatMoney(language, revenue, summary.currency),
      ]),
    ),
  ];
}

const PERIOD_NAMES: Readonly<Record<CustomersSummary['period'], { one: string; other: string; zh: string }>> = {
  month: { one: 'month', other: 'months', zh: '月' },
  quarter: { one: 'quarter', other: 'quarters', zh: '季度' },
  year: { one: 'year', other: 'years', zh: '年' },
};

/** The triangle: one row a cohort, one column a period after that of the first purchase. */
function cohortChart(language: Language, summary: CustomersSummary): ReportPart[] {
  const { rows: all, columns } = cohortRows(summary);
  if (columns < 2) return [];
  // Who bought first in the newest period cannot have come back yet.
  const rows = all.filter(({ active }) => active.length > 1);
  const { one, other, zh } = PERIOD_NAMES[summary.period];
  const share = ({ customers, active }: (typeof rows)[number], since: number): number | null =>
    since >= active.length ? null : customers === 0 ? 0 : active[since]! / customers;
  const came = rows.reduce((sum, { active }) => sum + active[1]!, 0);
  const could = rows.reduce((sum, { customers }) => sum + customers, 0);
  const part = could === 0 ? '–' : formatPercent(language, came / could);
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'heatmap',
        title: say(language, { en: 'How many bought again', zh: '再次购买的客户比例' }),
        subtitle: say(language, {
          en: `Share of customers, by the ${one} of their first purchase and the ${other} since`,
          zh: `按首购${zh}分组，此后各${zh}的购买比例`,
        }),
        alt: say(language, {
          en: `In the ${one} after their first purchase ${part} of ${formatCount('en', could)} customers bought again`,
          zh: `${formatCount('zh', could)} 位客户中，${part} 在首购后的下一${zh}再次购买`,
        }),
        format: { kind: 'percent' },
        xTitle: say(language, { en: `${capitalised(other)} since`, zh: `首购后第几个${zh}` }),
        yTitle: say(language, { en: 'First purchase', zh: '首购' }),
        // In the period of the first purchase everybody bought.
        columns: Array.from({ length: columns - 1 }, (_, since) => String(since + 1)),
        rows: rows.map(({ start, customers }) =>
          say(language, {
            en: `${periodName('en', summary.period, start)} (${formatCount('en', customers)})`,
            zh: `${periodName('zh', summary.period, start)}（${formatCount('zh', customers)}）`,
          }),
        ),
        values: rows.map((row) => Array.from({ length: columns - 1 }, (_, since) => share(row, since + 1))),
      },
    },
  ];
}

function cohortRows({ cohorts }: CustomersSummary) {
  const rows = cohorts.filter(({ active }) => active.length > 0);
  return { rows, columns: Math.max(0, ...rows.map(({ active }) => active.length)) };
}

function cohortRevenue(language: Language, summary: CustomersSummary): ReportPart[] {
  const { rows, columns } = cohortRows(summary);
  if (columns < 2) return [];
  const { one, other, zh } = PERIOD_NAMES[summary.period];
  const heads: Text[] = [
    { en: 'First purchase', zh: '首购' },
    { en: 'Customers', zh: '客户数' },
    ...Array.from({ length: columns }, (_, since) => ({ en: String(since), zh: String(since) })),
  ];
  return [
    reportTable(
      language,
      {
        en: `Revenue of customers by the ${one} of their first purchase, by ${other} since`,
        zh: `按首购${zh}分组：此后各${zh}的收入`,
      },
      heads,
      rows.map(({ start, customers, active, revenue }) => [
        periodName(language, summary.period, start),
        formatCount(language, customers),
        ...Array.from({ length: columns }, (_, since) =>
          since >= active.length ? '' : shortMoney(language, revenue[since]!, summary.currency),
        ),
      ]),
    ),
  ];
}

/** Twelve amounts beside one another have room for three digits each. */
function shortMoney(language: Language, amount: number, currency: string): string {
  return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumSignificantDigits: 3,
  }).format(amount);
}

export function periodName(language: Language, period: CustomersSummary['period'], start: string): string {
  const year = start.slice(0, 4);
  if (period === 'year') return year;
  if (period === 'month') return formatCalendarMonth(language, start.slice(0, 7));
  const quarter = Math.ceil(Number(start.slice(5, 7)) / 3);
  return say(language, { en: `Q${quarter} ${year}`, zh: `${year} 年 ${quarter} 季度` });
}
