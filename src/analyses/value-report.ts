import { z } from 'zod';
import { RFM_GROUP_NAMES, RFM_GROUPS } from '../features/rfm.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation, PresentedRow } from './analysis.ts';
import { customerTable } from './customer-table.ts';
import { CLASS_PLAYBOOKS, PLAYBOOKS, type PlaybookTexts, playbookText } from './playbooks.ts';
import { trustLine } from './trust-line.ts';
import { forecastParts, forecastQuality } from './value-forecast-report.ts';
import { type CustomerForecast, customerForecastSchema, type ValueSummary } from './value-summary.ts';

type ValueClass = ValueSummary['classes'][number]['name'];

const CLASS_NAMES: Readonly<Record<ValueClass, Text>> = {
  low: { en: 'Low', zh: '低价值' },
  medium: { en: 'Medium', zh: '中价值' },
  high: { en: 'High', zh: '高价值' },
};

const detailsSchema = z.object({ rfmGroup: z.enum(RFM_GROUPS).nullable() });
const forecastDetailsSchema = z.object({ forecast: customerForecastSchema });

export function presentValue(summary: ValueSummary, presentation: Presentation): Report {
  const { language, run } = presentation;
  const { currency } = run.portfolio;
  const money = (amount: number): string => formatMoney(language, amount, currency);
  const trust = trustLine(language, run, summary.evidence, forecastQuality(summary.forecast));
  if (summary.customers === 0) {
    return {
      language,
      headline: say(language, { en: 'No value yet: nobody has bought anything', zh: '尚无价值数据：还没有客户成交' }),
      parts: [],
      trust,
    };
  }
  const high = summary.classes.find((found) => found.name === 'high');
  const customers = plural(
    language,
    summary.customers,
    { one: 'customer brings', other: 'customers bring' },
    ' 位客户',
  );
  const headline =
    high === undefined || high.share === null
      ? say(language, {
          en: `${customers} ${money(summary.perYear)} a year`,
          zh: `${customers}每年贡献 ${money(summary.perYear)}`,
        })
      : say(language, {
          en: `${plural('en', high.customers, { one: 'high-value customer brings', other: 'high-value customers bring' }, '')} ${formatPercent('en', high.share)} of the ${money(summary.perYear)} a year`,
          zh: `${formatCount('zh', high.customers)} 位高价值客户贡献了每年 ${money(summary.perYear)} 中的 ${formatPercent('zh', high.share)}`,
        });
  return {
    language,
    headline,
    parts: [
      { kind: 'text', text: explanation(language, summary, money) },
      ...classTable(language, summary, money, presentation.playbooks),
      ...forecastParts(language, summary.forecast, currency),
      ...rfmParts(language, summary, money),
      ...customerTable({ ...presentation, rows: byForecast(presentation.rows) }, [
        {
          label: { en: 'A year so far', zh: '至今每年' },
          cell: (row) => (row.value === null ? '–' : money(row.value)),
        },
        { label: nextYearLabel(summary), cell: (row) => nextYear(row, money) },
        { label: { en: '80 % interval', zh: '80% 区间' }, cell: (row) => interval(row, money) },
        { label: { en: 'Class', zh: '价值等级' }, cell: (row) => className(language, row.label) },
        { label: { en: 'RFM group', zh: 'RFM 分组' }, cell: (row) => rfmName(language, row) },
      ]),
      ...chart(language, summary),
    ],
    trust,
  };
}

export function forecastOf(row: PresentedRow): CustomerForecast | null {
  return forecastDetailsSchema.safeParse(row.details).data?.forecast ?? null;
}

/** Those who will bring the most first. */
function byForecast(rows: readonly PresentedRow[]): PresentedRow[] {
  const value = (row: PresentedRow): number => forecastOf(row)?.value ?? row.value ?? Number.NEGATIVE_INFINITY;
  return [...rows].sort((a, b) => value(b) - value(a));
}

/** A fallback is named where its numbers stand. */
function nextYearLabel({ forecast }: ValueSummary): Text {
  return forecast === null || forecast.fallback !== null
    ? { en: '12 months, historic rate', zh: '12 个月（历史水平）' }
    : { en: 'Next 12 months, predicted', zh: '未来 12 个月（预测）' };
}

function nextYear(row: PresentedRow, money: (amount: number) => string): string {
  const forecast = forecastOf(row);
  return forecast === null ? '–' : money(forecast.value);
}

function interval(row: PresentedRow, money: (amount: number) => string): string {
  const forecast = forecastOf(row);
  return forecast === null || forecast.low === null || forecast.high === null
    ? '–'
    : `${money(forecast.low)} – ${money(forecast.high)}`;
}

function explanation(language: Language, summary: ValueSummary, money: (amount: number) => string): string {
  const formula = say(language, {
    en: 'Value per year is the mean amount per purchase times purchases, refunds taken off, divided by the years as a customer (at least one expected gap and 180 days).',
    zh: '年价值 = 平均单次金额 × 购买次数（扣除退款）÷ 客户年限（不少于一个预期间隔和 180 天）。',
  });
  if (summary.thresholds === null) {
    return `${formula}${say(language, {
      en: ` With ${plural('en', summary.customers, { one: 'customer', other: 'customers' }, '')} whose values differ too little there are no classes; fixed thresholds can be set.`,
      zh: `客户数量太少或价值差异太小（${formatCount('zh', summary.customers)} 位），暂不分级；可以设置固定阈值。`,
    })}`;
  }
  const { medium, high } = summary.thresholds;
  const source =
    summary.thresholdsFrom === 'people'
      ? { en: 'as set for this portal', zh: '按本账户设置' }
      : { en: 'thirds of the customers, rounded', zh: '按客户三等分取整' };
  return `${formula} ${say(language, {
    en: `Medium from ${money(medium)}, high from ${money(high)} a year (${source.en}).`,
    zh: `每年 ${money(medium)} 起为中价值，${money(high)} 起为高价值（${source.zh}）。`,
  })}`;
}

function classTable(
  language: Language,
  summary: ValueSummary,
  money: (amount: number) => string,
  playbooks: PlaybookTexts | undefined,
): ReportPart[] {
  if (summary.classes.length === 0) return [];
  return [
    {
      kind: 'table',
      title: say(language, { en: 'Value classes', zh: '价值等级' }),
      columns: [
        { label: say(language, { en: 'Class', zh: '等级' }), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        { label: say(language, { en: 'A year', zh: '每年' }), align: 'right' },
        { label: say(language, { en: 'Share', zh: '占比' }), align: 'right' },
        { label: say(language, { en: 'Playbook', zh: '建议做法' }), align: 'left' },
      ],
      rows: [...summary.classes]
        .reverse()
        .map((found) => [
          say(language, CLASS_NAMES[found.name]),
          formatCount(language, found.customers),
          money(found.perYear),
          found.share === null ? '–' : formatPercent(language, found.share),
          say(language, playbookText(playbooks, `value:${found.name}`, PLAYBOOKS[CLASS_PLAYBOOKS[found.name]])),
        ]),
    },
  ];
}

function rfmParts(language: Language, summary: ValueSummary, money: (amount: number) => string): ReportPart[] {
  if (summary.cutPoints === null) return [];
  const { recency, frequency } = summary.cutPoints;
  const join = (values: readonly (number | string)[]): string => values.join(language === 'zh' ? '、' : ', ');
  return [
    {
      kind: 'table',
      title: say(language, { en: 'RFM groups', zh: 'RFM 分组' }),
      columns: [
        { label: say(language, { en: 'Group', zh: '分组' }), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        { label: say(language, { en: 'Value so far', zh: '累计价值' }), align: 'right' },
      ],
      rows: summary.groups.map(({ group, customers, value }) => [
        say(language, RFM_GROUP_NAMES[group]),
        formatCount(language, customers),
        money(value),
      ]),
    },
    {
      kind: 'text',
      text: say(language, {
        en: `RFM scores run from 1 to 5. They change at ${join(recency)} days since the last purchase, ${join(frequency)} purchases and ${join(summary.cutPoints.money.map(money))}; these cut-points stay until somebody changes them.`,
        zh: `RFM 各项得分为 1 至 5 分。分界点：距上次购买 ${join(recency)} 天；购买 ${join(frequency)} 次；金额 ${join(summary.cutPoints.money.map(money))}。分界点保持不变，直到有人修改。`,
      }),
    },
  ];
}

function className(language: Language, label: string): string {
  return label === 'low' || label === 'medium' || label === 'high' ? say(language, CLASS_NAMES[label]) : '–';
}

function rfmName(language: Language, row: PresentedRow): string {
  const details = detailsSchema.safeParse(row.details);
  return details.success && details.data.rfmGroup !== null
    ? say(language, RFM_GROUP_NAMES[details.data.rfmGroup])
    : '–';
}

function chart(language: Language, summary: ValueSummary): ReportPart[] {
  if (summary.classes.length === 0) return [];
  const ofCustomers = summary.classes.map((found) => found.customers / summary.customers);
  const alt = summary.classes
    .map((found, i) => {
      const share = found.share === null ? '–' : formatPercent(language, found.share);
      return say(language, {
        en: `${CLASS_NAMES[found.name].en}: ${formatPercent(language, ofCustomers[i]!)} of customers, ${share} of value`,
        zh: `${CLASS_NAMES[found.name].zh}：客户占 ${formatPercent(language, ofCustomers[i]!)}，价值占 ${share}`,
      });
    })
    .join(language === 'zh' ? '；' : '; ');
  return [
    {
      kind: 'chart',
      chart: {
        kind: 'bar',
        title: say(language, { en: 'Customers and yearly value by class', zh: '各等级的客户与年价值占比' }),
        alt,
        format: { kind: 'percent' },
        labels: summary.classes.map((found) => say(language, CLASS_NAMES[found.name])),
        series: [
          { name: say(language, { en: 'Share of customers', zh: '客户占比' }), values: ofCustomers },
          {
            name: say(language, { en: 'Share of value', zh: '价值占比' }),
            values: summary.classes.map((found) => found.share),
          },
        ],
      },
    },
  ];
}
