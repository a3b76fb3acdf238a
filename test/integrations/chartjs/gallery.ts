import type { ChartSpec } from '../../../src/charts/chart-spec.ts';

const NAMES = [
  'Harrington & Whitfield Laboratory Supplies Ltd',
  'Bäckström Industrikomponenter AB',
  'The Very Long-Named Northern Wholesale Cooperative Society of Retailers',
  'Acme',
  'Donaudampfschifffahrtsgesellschaftskapitän GmbH',
  'Kestrel Foods',
  'Ortega Hermanos S.A. de C.V.',
  'Blue Finch Studio',
  'Meridian Office Partners',
  'Northwind Traders',
];
const CHINESE = [
  '深圳市腾达精密电子科技有限公司',
  '上海浦东国际贸易发展（集团）股份有限公司',
  '北京云帆',
  '杭州西湖文化创意有限公司',
  '广州白云山制药总厂',
  '成都天府软件园服务有限公司',
  '重庆山城物流有限责任公司',
  '南京紫金山天文仪器设备厂',
  '苏州工业园区新材料研究院',
  '武汉长江光电',
];
const RISKS = [0.91, 0.88, 0.84, 0.79, 0.77, 0.71, 0.66, 0.64, 0.58, 0.095];
const MONEY = [182_430, 120_999, 98_000, 76_500.5, 45_210, 30_000, 22_750, 9_800, 3_400, 120];
const MONTHS = Array.from(
  { length: 24 },
  (_, index) => `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
);
const wave = (level: number, swing: number) =>
  MONTHS.map((_, index) => level + swing * Math.sin(index / 2.3) + index * level * 0.01);

/** Eighteen months that were, and six to come with the wider band behind the narrower. */
function fan(
  title: string,
  names: readonly [string, string],
  bands: readonly [string, string],
  spread: number,
): ChartSpec {
  const values = wave(60_000, 14_000);
  const known = 18;
  const ahead = values.map((value, k) => (k < known ? null : value));
  const edge = (sign: number, share: number) =>
    ahead.map((value, k) => (value === null ? null : value * (1 + sign * share * Math.sqrt(k - known + 1))));
  return {
    kind: 'fan',
    title,
    alt: 'Months won and months expected.',
    format: { kind: 'money', currency: 'GBP' },
    labels: MONTHS,
    series: [
      { name: names[0], values: values.map((value, k) => (k < known ? value : null)) },
      { name: names[1], values: ahead },
    ],
    bands: bands.map((name, b) => ({ name, low: edge(-1, spread / (b + 1)), high: edge(1, spread / (b + 1)) })),
    marks: [],
  };
}

/** Charts as the analyses make them, and the ones that go wrong elsewhere. */
export const GALLERY: Readonly<Record<string, ChartSpec>> = {
  'percent-en': {
    kind: 'horizontal-bar',
    title: 'Customers most likely not to order in the next 90 days',
    subtitle: 'No-order risk, customers that bought before, as of 9 Dec 2011',
    alt: 'Ten customers by no-order risk, from 91% to 10%.',
    format: { kind: 'percent' },
    labels: NAMES,
    series: [{ name: 'Risk', values: RISKS }],
  },
  'money-zh': {
    kind: 'horizontal-bar',
    title: '未来 90 天最可能不再下单的客户',
    subtitle: '风险金额，截至 2011年12月9日',
    alt: '十位客户的风险金额。',
    format: { kind: 'money', currency: 'CNY' },
    labels: CHINESE,
    series: [{ name: '金额', values: MONEY }],
  },
  'two-series': {
    kind: 'bar',
    title: 'Revenue by segment, this quarter and last',
    alt: 'Revenue of five segments in two quarters.',
    format: { kind: 'money', currency: 'GBP' },
    yTitle: 'Won revenue',
    labels: ['Loyal, growing', 'Going quiet', 'Big but rare', 'New', 'Once-a-year buyers'],
    series: [
      { name: 'Last quarter', values: [182_000, 120_500, 98_300, 12_400, 30_200] },
      { name: 'This quarter', values: [201_000, 80_500, 99_300, 22_400, 28_200] },
    ],
  },
  'two-series-horizontal': {
    kind: 'horizontal-bar',
    title: 'Customers by loyalty tier, before and now',
    alt: 'Customers of four tiers at two dates.',
    format: { kind: 'count' },
    labels: ['Platinum', 'Gold', 'Silver', 'Bronze'],
    series: [
      { name: 'A month ago', values: [40, 180, 420, 1203] },
      { name: 'Now', values: [44, 171, 433, 1222] },
    ],
  },
  'line-24': {
    kind: 'line',
    title: 'Won revenue by month',
    subtitle: 'In pounds, refunds taken off',
    alt: 'Won revenue over 24 months.',
    format: { kind: 'money', currency: 'GBP' },
    labels: MONTHS,
    series: [{ name: 'Revenue', values: wave(500_000, 140_000) }],
  },
  'line-three': {
    kind: 'line',
    title: 'Customers by state',
    alt: 'Customers on rhythm, late and lapsed over 24 months.',
    format: { kind: 'count' },
    labels: MONTHS,
    series: [
      { name: 'On rhythm', values: wave(900, 80) },
      { name: 'Late', values: wave(300, 60) },
      { name: 'Lapsed', values: wave(500, 20).map((value, index) => (index > 8 && index < 11 ? null : value)) },
    ],
  },
  area: {
    kind: 'area',
    title: '每月成交收入',
    alt: '24 个月的成交收入。',
    format: { kind: 'money', currency: 'CNY' },
    labels: MONTHS,
    series: [{ name: '收入', values: wave(5_000_000, 1_400_000) }],
  },
  pie: {
    kind: 'pie',
    title: 'Revenue by segment',
    alt: 'Revenue of eight segments.',
    format: { kind: 'money', currency: 'EUR' },
    labels: [
      'Loyal, growing',
      'Going quiet',
      'Big but rare',
      'New',
      'Once-a-year buyers with a long name',
      'Tiny',
      'Tinier',
      'None',
    ],
    series: [{ name: 'Revenue', values: [420_000, 200_000, 110_000, 80_000, 44_000, 3_000, 2_000, 0] }],
  },
  scatter: {
    kind: 'scatter',
    title: 'Segments: how often and how much customers buy',
    alt: 'Five segments in the plane of purchases and value a year.',
    format: { kind: 'money', currency: 'GBP' },
    xTitle: 'Purchases a year',
    yTitle: 'Value a year',
    groups: ['Loyal', 'Going quiet', 'Big but rare', 'New', 'Asleep'].map((name, group) => ({
      name,
      points: Array.from({ length: 30 }, (_, index) => ({
        x: 3 + group * 4 + ((index * 7919 + group * 31) % 97) / 16,
        y: 1200 * (1 + ((group * 3) % 5)) + ((index * 104_729 + group * 17) % 89) * 22,
        ...(index === 0 ? { label: `${name} leader` } : {}),
      })),
    })),
  },
  'heatmap-en': {
    kind: 'heatmap',
    title: 'Customers by recency and frequency',
    subtitle: '5 is best',
    alt: 'Most customers bought once, long ago.',
    format: { kind: 'count' },
    xTitle: 'Frequency',
    yTitle: 'Recency',
    columns: ['F1', 'F2', 'F3', 'F4', 'F5'],
    rows: ['R5', 'R4', 'R3', 'R2', 'R1'],
    values: [5, 4, 3, 2, 1].map((r) => [1, 2, 3, 4, 5].map((f) => (r === 3 && f === 5 ? 0 : r * r * f * 7))),
  },
  'heatmap-zh': {
    kind: 'heatmap',
    title: '按首购月份分组：此后各月的购买比例',
    alt: '十二组客户的留存比例。',
    format: { kind: 'percent' },
    xTitle: '首购后第几个月',
    yTitle: '首购月份',
    columns: Array.from({ length: 12 }, (_, month) => String(month)),
    rows: MONTHS.slice(0, 12).map((month, row) => `${month}（${20 + 37 * row}）`),
    values: Array.from({ length: 12 }, (_, row) =>
      Array.from({ length: 12 }, (_, month) => (row + month > 11 ? null : month === 0 ? 1 : 0.6 / (month + row * 0.3))),
    ),
  },
  'heatmap-signs': {
    kind: 'heatmap',
    title: 'Change of revenue by segment and quarter',
    alt: 'Changes by segment.',
    format: { kind: 'money', currency: 'GBP' },
    columns: ['First quarter', 'Second quarter', 'Third quarter'],
    rows: ['Going quiet', 'The most faithful of our many faithful customers'],
    values: [
      [12_000, -45_300, 0],
      [800, null, -9_000],
    ],
  },
  'fan-en': fan('Won revenue by month, and what to expect', ['Won', 'Expected'], ['95% band', '80% band'], 0.16),
  'fan-zh': fan('每月成交收入与预测', ['已成交', '预测'], ['95% 区间', '80% 区间'], 0.3),
  'fan-marked': {
    kind: 'fan',
    title: 'Revenue by week',
    alt: 'The last week is unusual.',
    format: { kind: 'money', currency: 'EUR' },
    labels: Array.from({ length: 26 }, (_, k) => `W${k + 1}`),
    series: [
      { name: 'Observed', values: Array.from({ length: 26 }, (_, k) => (k === 25 ? 90_000 : 40_000 + 900 * k)) },
    ],
    bands: [
      {
        name: 'Usual (95%)',
        low: Array.from({ length: 26 }, (_, k) => (k < 3 ? null : 32_000 + 900 * k)),
        high: Array.from({ length: 26 }, (_, k) => (k < 3 ? null : 48_000 + 900 * k)),
      },
    ],
    marks: [25],
  },
  'scatter-log': {
    kind: 'scatter',
    title: 'Where the segments lie',
    alt: 'Two segments.',
    format: { kind: 'money', currency: 'GBP' },
    xTitle: 'Days since the last purchase',
    yTitle: 'Value so far',
    yScale: 'log',
    groups: ['Loyal', 'Gone quiet'].map((name, group) => ({
      name,
      points: Array.from({ length: 40 }, (_, index) => ({
        x: group * 200 + ((index * 7919) % 97),
        y: index === 0 ? 0 : 10 ** (2 + ((index * 31) % 40) / 13 - group),
      })),
    })),
  },
  empty: {
    kind: 'bar',
    title: 'Customers at risk',
    alt: 'Nothing.',
    format: { kind: 'count' },
    labels: [],
    series: [],
  },
  'one-value': {
    kind: 'horizontal-bar',
    title: 'Customers at risk',
    alt: 'One customer.',
    format: { kind: 'days' },
    labels: ['Kestrel Foods'],
    series: [{ name: 'Days', values: [143] }],
  },
  negative: {
    kind: 'horizontal-bar',
    title: 'Change since last week',
    alt: 'Changes by segment.',
    format: { kind: 'money', currency: 'USD' },
    labels: ['Loyal', 'Going quiet', 'New', 'Unchanged', 'Big but rare'],
    series: [{ name: 'Change', values: [12_000, -45_300, 3_000, 0, -8_200] }],
  },
  'negative-vertical': {
    kind: 'bar',
    title: 'Change since last week',
    alt: 'Changes by month.',
    format: { kind: 'money', currency: 'USD' },
    labels: MONTHS.slice(0, 12),
    series: [
      {
        name: 'Change',
        values: [12_000, -45_300, 3_000, 0, -8_200, 9_000, 11_000, -1_500, 22_000, 31_000, -7_000, 500],
      },
    ],
  },
};
