import type { ChartSpec } from '../../../src/charts/chart-spec.ts';

const PRODUCTS_EN = [
  'Standing desk, oak, 160 cm',
  'Monitor arm',
  'Ergonomic office chair with headrest and lumbar support',
  'Cable tray',
  'Desk lamp',
  'Whiteboard',
  'Markers, 12 pcs',
  'Acoustic panel',
];
const PRODUCTS_ZH = [
  '升降办公桌（橡木，160 厘米）',
  '显示器支架',
  '带头枕和腰部支撑的人体工学办公椅',
  '理线槽',
  '台灯',
  '白板',
  '白板笔（12 支装）',
  '吸音板',
];
/** From, to, lift, confidence. */
const RULES: readonly (readonly [string, number, number, string])[] = [
  ['0', 1, 4.2, '62%'],
  ['0', 3, 3.1, '48%'],
  ['0,1', 3, 5.6, '71%'],
  ['2', 0, 2.2, '39%'],
  ['5', 6, 6.8, '83%'],
  ['4', 1, 1.6, '28%'],
  ['2', 4, 1.4, '22%'],
  ['1', 4, 1.9, '31%'],
  ['7', 5, 2.7, '41%'],
  ['3', 1, 2.1, '44%'],
];

function rules(language: 'en' | 'zh'): ChartSpec {
  const products = language === 'zh' ? PRODUCTS_ZH : PRODUCTS_EN;
  const name = (key: string) =>
    key
      .split(',')
      .map((index) => products[Number(index)])
      .join(' + ');
  return {
    kind: 'flow',
    title: language === 'zh' ? '哪些产品一起购买' : 'What goes together',
    subtitle:
      language === 'zh'
        ? '箭头越粗，提升度越高；数字为提升度和置信度'
        : 'The thicker the arrow, the greater the lift; on it, lift and how often',
    alt: language === 'zh' ? '十条规则，最强的是白板 → 白板笔。' : 'Ten rules; the strongest is Whiteboard → Markers.',
    format: { kind: 'times' },
    fromTitle: language === 'zh' ? '购买' : 'With',
    toTitle: language === 'zh' ? '同时购买' : 'also',
    valueTitle: language === 'zh' ? '提升度' : 'Lift',
    noteTitle: language === 'zh' ? '置信度' : 'Confidence',
    arrows: RULES.map(([from, to, value, note]) => ({ from: name(from), to: products[to] ?? '', value, note })),
  };
}

function waterfall(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  return {
    kind: 'waterfall',
    title: zh ? '林海实验器材有限公司：风险由什么组成' : 'Harrington & Whitfield: what makes up the risk',
    subtitle: zh
      ? '从平均客户到该客户，均为相关而非因果'
      : 'From the average customer to this one; associations, not causes',
    alt: zh ? '从平均客户的 31% 到 74%。' : 'From 31% for the average customer to 74%.',
    format: { kind: 'percent' },
    from: { name: zh ? '平均客户' : 'Average customer', value: 0.31 },
    steps: [
      { name: zh ? '143 天未下单；通常间隔 48 天' : 'no order for 143 days; usual gap 48', change: 0.36 },
      {
        name: zh ? '近期工单 4 个；此前同样时长 1 个' : 'support tickets lately: 4; in the same time before: 1',
        change: 0.14,
      },
      { name: zh ? '近期订单 0 笔；通常为 2 笔' : 'recent orders: 0; usual 2', change: 0.05 },
      { name: zh ? '累计订单 41 笔；通常为 9 笔' : 'orders so far: 41; usual 9', change: -0.094 },
      {
        name: zh ? '90 天内沟通 6 次；通常为 2 次' : 'calls, meetings and e-mails in 90 days: 6; usual 2',
        change: -0.03,
      },
      { name: zh ? '其他' : 'Everything else', change: 0.004 },
    ],
    to: { name: zh ? '该客户' : 'This customer', value: 0.74 },
  };
}

function calibration(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  const bands: readonly (readonly [string, number, number, number, number, number])[] = [
    ['0–20%', 0.11, 0.09, 0.07, 0.12, 612],
    ['20–40%', 0.29, 0.33, 0.26, 0.41, 164],
    ['40–60%', 0.5, 0.47, 0.37, 0.57, 96],
    ['60–80%', 0.71, 0.69, 0.54, 0.81, 42],
    ['80–100%', 0.88, 0.93, 0.7, 0.99, 15],
  ];
  return {
    kind: 'calibration',
    title: zh ? '模型预测与实际结果' : 'What the model said, and what happened',
    subtitle: zh ? '按风险区间，最近完整截止点' : 'By band of risk, at the newest complete cut-off',
    alt: zh ? '五个区间，预测与实际接近。' : 'Five bands; what was said is near what happened.',
    format: { kind: 'percent' },
    xTitle: zh ? '预测' : 'Said',
    yTitle: zh ? '实际' : 'Happened',
    countTitle: zh ? '客户数' : 'Customers',
    points: bands.map(([name, predicted, observed, low, high, count]) => ({
      name,
      predicted,
      observed,
      low,
      high,
      count,
    })),
  };
}

function moves(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  const names = zh
    ? ['忠诚且增长', '趋于沉默', '大额但少见', '新客户', '每年一次的买家']
    : ['Loyal, growing', 'Going quiet', 'Big but rare', 'New', 'Once-a-year buyers'];
  const list: readonly (readonly [number, number, number, string])[] = [
    [0, 1, 7, '€182k'],
    [3, 0, 12, '€96k'],
    [1, 0, 3, '€54k'],
    [2, 1, 2, '€310k'],
    [3, 4, 5, '€8.2k'],
  ];
  return {
    kind: 'flow',
    title: zh ? '近一周的群体变动' : 'Who moved in the last week',
    subtitle: zh ? '客户数与累计价值' : 'Customers, and their value so far',
    alt: zh ? '7 位客户从忠诚且增长变为趋于沉默。' : '7 customers, €182k, left Loyal for Going quiet.',
    format: { kind: 'count' },
    fromTitle: zh ? '原群体' : 'From',
    toTitle: zh ? '现群体' : 'To',
    valueTitle: zh ? '客户数' : 'Customers',
    noteTitle: zh ? '累计价值' : 'Value so far',
    arrows: list.map(([from, to, value, note]) => ({ from: names[from] ?? '', to: names[to] ?? '', value, note })),
  };
}

function tiers(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  const rows: readonly (readonly [string, string, number, string, string])[] = [
    ['Kestrel Foods', '杭州西湖文化创意有限公司', 61.4, '1.9 points to Platinum', '距铂金还差 1.9 分'],
    [
      'Bäckström Industrikomponenter AB',
      '上海浦东国际贸易发展（集团）股份有限公司',
      38.2,
      '2.8 points to Gold',
      '距黄金还差 2.8 分',
    ],
    ['Acme', '北京云帆', 36.0, '5 points to Gold', '距黄金还差 5 分'],
    ['Northwind Traders', '武汉长江光电', 21.7, '2.3 points to Silver', '距白银还差 2.3 分'],
    ['Blue Finch Studio', '苏州工业园区新材料研究院', 71.3, 'top tier', '最高等级'],
    [
      'Meridian Office Partners',
      '南京紫金山天文仪器设备厂',
      44.9,
      'Silver from 9 Dec 2026 unless £1,240 more',
      '若不再增加 £1,240，2026年12月9日起降为白银',
    ],
  ];
  return {
    kind: 'progress',
    title: zh ? '离下一等级还有多远' : 'How far to the next tier',
    subtitle: zh ? '积分与下一门槛' : 'Points against the next threshold',
    alt: zh ? '杭州西湖距铂金还差 1.9 分。' : 'Kestrel Foods is 1.9 points from Platinum.',
    format: { kind: 'count' },
    xTitle: zh ? '积分' : 'Points',
    yTitle: zh ? '客户' : 'Customer',
    noteTitle: zh ? '下一步' : 'Next',
    steps: [
      { name: zh ? '青铜' : 'Bronze', from: 0 },
      { name: zh ? '白银' : 'Silver', from: 24 },
      { name: zh ? '黄金' : 'Gold', from: 41 },
      { name: zh ? '铂金' : 'Platinum', from: 63.3 },
    ],
    rows: rows.map(([en, chinese, value, note, noteZh]) => ({
      name: zh ? chinese : en,
      value,
      note: zh ? noteZh : note,
    })),
  };
}

function atRisk(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  const labels = zh
    ? [
        '深圳市腾达精密电子科技有限公司',
        '上海浦东国际贸易发展（集团）股份有限公司',
        '北京云帆',
        '广州白云山制药总厂',
        '成都天府软件园',
        '武汉长江光电',
      ]
    : [
        'Harrington & Whitfield Laboratory Supplies Ltd',
        'Bäckström Industrikomponenter AB',
        'Acme',
        'Donaudampfschifffahrtsgesellschaftskapitän GmbH',
        'Kestrel Foods',
        'Northwind Traders',
      ];
  const worth = [82_430, 60_999, 98_000, 26_500.5, 15_210, 9_800];
  const risk = [0.74, 0.88, 0.31, 0.66, 0.91, 0.05];
  return {
    kind: 'part-bar',
    title: zh ? '未来 90 天面临风险的收入' : 'Revenue at risk in the next 90 days',
    subtitle: zh
      ? '按客户：活跃时的价值，填充部分面临风险'
      : 'Worth while active, by customer; the filled part is at risk',
    alt: zh ? '面临风险最多的是深圳市腾达。' : 'Harrington & Whitfield has most at risk.',
    format: { kind: 'money', currency: 'GBP' },
    labels,
    yTitle: zh ? '客户' : 'Customer',
    part: { name: zh ? '面临风险' : 'At risk', values: worth.map((value, index) => value * (risk[index] ?? 0)) },
    whole: { name: zh ? '活跃时的价值' : 'Worth while active', values: worth },
  };
}

function triangle(language: 'en' | 'zh'): ChartSpec {
  const zh = language === 'zh';
  const months = Array.from(
    { length: 12 },
    (_, index) => `${index < 2 ? 2025 : 2026}-${String(((index + 10) % 12) + 1).padStart(2, '0')}`,
  );
  return {
    kind: 'heatmap',
    title: zh ? '再次购买的客户比例' : 'How many bought again',
    subtitle: zh
      ? '按首购月分组，此后各月的购买比例'
      : 'Share of customers, by the month of their first purchase and the months since',
    alt: zh ? '首购后的下一月有 31% 再次购买。' : 'In the month after their first purchase 31% bought again.',
    format: { kind: 'percent' },
    xTitle: zh ? '首购后第几个月' : 'months since',
    yTitle: zh ? '首购' : 'First purchase',
    columns: Array.from({ length: 11 }, (_, since) => String(since + 1)),
    rows: months.map((month, index) => (zh ? `${month}（${40 + index * 7}）` : `${month} (${40 + index * 7})`)),
    values: months.map((_, row) =>
      Array.from({ length: 11 }, (__, since) =>
        since < 11 - row ? Math.max(0.04, 0.36 - since * 0.025 + ((row * 7 + since * 3) % 9) / 60) : null,
      ),
    ),
  };
}

/** The pictures that answer one question each, in both languages. */
export const ANSWERS: Readonly<Record<string, ChartSpec>> = Object.fromEntries(
  (['en', 'zh'] as const).flatMap((language) =>
    Object.entries({ waterfall, calibration, rules, moves, tiers, 'at-risk': atRisk, triangle }).map(
      ([name, chart]): [string, ChartSpec] => [`${name}-${language}`, chart(language)],
    ),
  ),
);
