import type { ChartFormat, FlowChart } from '../charts/chart-spec.ts';
import { formatValue } from '../charts/format-value.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportPart } from '../report/report.ts';
import type { Presentation } from './analysis.ts';
import { customerTable } from './customer-table.ts';
import { PLAYBOOKS, playbookText } from './playbooks.ts';
import type { SegmentsSummary } from './segments-summary.ts';
import { trustLine } from './trust-line.ts';

const QUALITY: Readonly<Record<'clear' | 'overlapping' | 'weak', Text>> = {
  clear: { en: 'clear', zh: '清晰' },
  overlapping: { en: 'overlapping', zh: '有重叠' },
  weak: { en: 'weak', zh: '较弱' },
};

type Segment = SegmentsSummary['segments'][number];

export function presentSegments(summary: SegmentsSummary, presentation: Presentation): Report {
  const { language, run } = presentation;
  const currency = run.portfolio.currency;
  const trust = trustLine(language, run, summary.evidence, qualityText(language, summary));
  if (summary.segments.length === 0) {
    return {
      language,
      headline: say(language, {
        en: 'No segments yet: none of the customers has bought anything',
        zh: '尚无分群：还没有客户成交',
      }),
      parts: [],
      trust,
    };
  }
  const name = (segment: Segment): string => segment.custom ?? say(language, segment.name);
  const first = summary.segments[0]!;
  const share = first.shareOfValue === null ? '' : formatPercent(language, first.shareOfValue);
  const customers = plural(language, first.customers, { one: 'customer', other: 'customers' }, ' 位客户');
  const money = formatMoney(language, first.value, currency);
  const count = summary.segments.length;
  const headline = say(language, {
    en: `${plural(language, count, { one: 'segment', other: 'segments' }, '')} of ${plural(language, summary.customers, { one: 'customer', other: 'customers' }, '')}; “${name(first)}” (${customers}) brought ${money}${share === '' ? '' : `, ${share} of the total`}`,
    zh: `${formatCount(language, summary.customers)} 位客户分为 ${count} 个群体；“${name(first)}”（${customers}）贡献 ${money}${share === '' ? '' : `，占总额 ${share}`}`,
  });
  const parts: ReportPart[] = [
    { kind: 'text', text: explanation(language, summary) },
    {
      kind: 'table',
      title: say(language, { en: 'Segments', zh: '客户群体' }),
      columns: [
        { label: say(language, { en: 'Segment', zh: '群体' }), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        { label: say(language, { en: 'Value so far', zh: '累计价值' }), align: 'right' },
        { label: say(language, { en: 'Share', zh: '占比' }), align: 'right' },
        { label: say(language, { en: 'Typical customer', zh: '典型客户' }), align: 'left' },
        { label: say(language, { en: 'Playbook', zh: '建议做法' }), align: 'left' },
      ],
      rows: summary.segments.map((segment) => [
        name(segment),
        formatCount(language, segment.customers),
        formatMoney(language, segment.value, currency),
        segment.shareOfValue === null ? '–' : formatPercent(language, segment.shareOfValue),
        typical(language, segment, currency),
        say(language, playbookText(presentation.playbooks, `segment:${segment.id}`, PLAYBOOKS[segment.playbook])),
      ]),
    },
    ...changesPart(language, summary),
    ...movesPart(language, summary, currency),
    ...sidelightsPart(language, summary, currency),
    ...customerTable(presentation, [
      { label: { en: 'Segment', zh: '群体' }, cell: (row) => segmentOf(language, summary, row.label) },
      {
        label: { en: 'Value so far', zh: '累计价值' },
        cell: (row) => (row.value === null ? '–' : formatMoney(language, row.value, currency)),
      },
    ]),
    // Bars can be drawn anywhere; the map only where a picture can be posted.
    { kind: 'chart', chart: shares(language, summary, name) },
    ...(summary.method === 'k-means'
      ? [{ kind: 'chart' as const, chart: map(language, summary, name, currency) }]
      : []),
  ];
  return { language, headline, parts, trust };
}

function explanation(language: Language, summary: SegmentsSummary): string {
  if (summary.method === 'rfm') {
    return say(language, {
      en: `With ${formatCount(language, summary.customers)} customers there is too little to find segments in, so these are RFM groups: how recently, how often and for how much each customer bought.`,
      zh: `只有 ${formatCount(language, summary.customers)} 位客户，不足以自动聚类，因此按 RFM 分组：最近购买时间、购买频率和消费金额。`,
    });
  }
  const frozen = summary.isFrozen
    ? { en: 'The segments themselves are unchanged since they were last drawn up.', zh: '群体划分沿用上次的结果。' }
    : { en: 'The segments were drawn up on this data.', zh: '群体依据本次数据重新划分。' };
  const weak =
    summary.quality?.word === 'weak'
      ? {
          en: ' They shade into one another: take them as a rough division, not as kinds of customers.',
          zh: '群体之间界限模糊，仅供粗略参考。',
        }
      : { en: '', zh: '' };
  const left =
    summary.neverBought === 0
      ? { en: '', zh: '' }
      : {
          en: ` ${plural('en', summary.neverBought, { one: 'record that has', other: 'records that have' }, '')} never bought are left out.`,
          zh: `另有 ${formatCount('zh', summary.neverBought)} 条从未成交的记录未计入。`,
        };
  return say(language, {
    en: `Customers are alike in how recently, how often, how regularly, for how much and how widely they buy, and in how much support they ask for. A customer moves only to a segment that is clearly nearer, or nearer for eight weeks. ${frozen.en}${weak.en}${left.en}`,
    zh: `依据最近购买时间、频率、规律性、金额、品类广度以及服务需求划分。只有明显更接近或连续八周更接近另一群体的客户才会变动。${frozen.zh}${weak.zh}${left.zh}`,
  });
}

function qualityText(language: Language, summary: SegmentsSummary): Text {
  if (summary.quality === null) return { en: 'RFM groups, no model', zh: 'RFM 分组，未使用模型' };
  const { word, chosen } = summary.quality;
  const width = formatNumber(language, chosen.silhouette);
  const stability = formatNumber(language, chosen.stability);
  return {
    en: `segments ${QUALITY[word].en} (silhouette ${width}, stability ${stability})`,
    zh: `群体区分${QUALITY[word].zh}（轮廓系数 ${width}，稳定性 ${stability}）`,
  };
}

function typical(language: Language, segment: Segment, currency: string): string {
  const purchases = Math.round(segment.medianPurchases);
  const days = Math.round(segment.medianRecencyDays);
  const money = formatMoney(language, segment.medianValue, currency);
  return say(language, {
    en: `${plural('en', purchases, { one: 'purchase', other: 'purchases' }, '')}, ${money}, last ${plural('en', days, { one: 'day', other: 'days' }, '')} ago`,
    zh: `购买 ${purchases} 次，${money}，最近一次在 ${days} 天前`,
  });
}

/** The most moves that a table shows. */
const MOVES_SHOWN = 5;

/** What a segment is called, by id; the id itself for one that is gone. */
function namesOf(language: Language, summary: SegmentsSummary): (id: string) => string {
  return (id) => {
    const segment = summary.segments.find((found) => found.id === id);
    return segment === undefined ? id : (segment.custom ?? say(language, segment.name));
  };
}

function movesPart(language: Language, summary: SegmentsSummary, currency: string): ReportPart[] {
  if (summary.moves.length === 0) return [];
  const nameOf = namesOf(language, summary);
  const newcomer = say(language, { en: 'had not bought yet', zh: '此前未成交' });
  return [
    {
      kind: 'table',
      title: say(language, { en: 'Who moved in the last week', zh: '近一周的变动' }),
      columns: [
        { label: say(language, { en: 'From', zh: '原群体' }), align: 'left' },
        { label: say(language, { en: 'To', zh: '现群体' }), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        { label: say(language, { en: 'Value so far', zh: '累计价值' }), align: 'right' },
      ],
      rows: summary.moves
        .slice(0, MOVES_SHOWN)
        .map(({ from, to, customers, value }) => [
          from === '' ? newcomer : nameOf(from),
          nameOf(to),
          formatCount(language, customers),
          formatMoney(language, value, currency),
        ]),
    },
    { kind: 'chart', chart: movesChart(language, summary, currency, (id) => (id === '' ? newcomer : nameOf(id))) },
  ];
}

/** The same moves, and as many more as can be followed, as arrows from segment to segment. */
function movesChart(
  language: Language,
  { moves }: SegmentsSummary,
  currency: string,
  nameOf: (id: string) => string,
): FlowChart {
  const money: ChartFormat = { kind: 'money', currency };
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  return {
    kind: 'flow',
    title: say(language, { en: 'Who moved in the last week', zh: '近一周的群体变动' }),
    subtitle: say(language, { en: 'Customers, and their value so far', zh: '客户数与累计价值' }),
    alt: moves
      .slice(0, MOVES_SHOWN)
      .map(({ from, to, customers, value }) => {
        const many = plural(language, customers, { one: 'customer', other: 'customers' }, ' 位客户');
        return `${nameOf(from)} → ${nameOf(to)}: ${many}, ${formatMoney(language, value, currency)}`;
      })
      .join(language === 'zh' ? '；' : '; '),
    format: { kind: 'count' },
    fromTitle: say(language, { en: 'From', zh: '原群体' }),
    toTitle: say(language, { en: 'To', zh: '现群体' }),
    valueTitle: say(language, { en: 'Customers', zh: '客户数' }),
    noteTitle: say(language, { en: 'Value so far', zh: '累计价值' }),
    arrows: moves.map(({ from, to, customers, value }) => ({
      from: nameOf(from),
      to: nameOf(to),
      value: customers,
      note: formatValue(money, value, locale),
    })),
  };
}

/** Which segments are near each other, and who fits none. */
function sidelightsPart(language: Language, summary: SegmentsSummary, currency: string): ReportPart[] {
  const { closest, loners, customers } = summary;
  const nameOf = namesOf(language, summary);
  const texts: Text[] = [];
  if (closest !== null) {
    const [first, second] = closest.map(nameOf);
    texts.push({
      en: `The segments closest to each other are “${first}” and “${second}”.`,
      zh: `最接近的两个群体是“${first}”和“${second}”。`,
    });
  }
  if (loners !== null && loners.customers > 0) {
    const money = formatMoney(language, loners.value, currency);
    const isSample = loners.looked < customers;
    texts.push({
      en: `${plural('en', loners.customers, { one: 'customer fits', other: 'customers fit' }, '')} no segment well (${money} so far)${isSample ? `, of ${formatCount('en', loners.looked)} drawn at random` : ''}: look at them one by one.`,
      zh: `${isSample ? `在随机抽取的 ${formatCount('zh', loners.looked)} 位中，` : ''}有 ${formatCount('zh', loners.customers)} 位客户与各群体都不相近（累计 ${money}），建议逐一查看。`,
    });
  }
  return texts.length === 0
    ? []
    : [{ kind: 'text', text: texts.map((text) => say(language, text)).join(language === 'zh' ? '' : ' ') }];
}

function changesPart(language: Language, summary: SegmentsSummary): ReportPart[] {
  if (summary.changes.length === 0) return [];
  const nameOf = namesOf(language, summary);
  const lines = summary.changes.map(({ kind, id, other }) => {
    if (kind === 'new') return say(language, { en: `“${nameOf(id)}” is new.`, zh: `“${nameOf(id)}”为新群体。` });
    if (kind === 'gone') return say(language, { en: `Segment ${id} is gone.`, zh: `群体 ${id} 已消失。` });
    if (kind === 'split') {
      return say(language, {
        en: `“${nameOf(id)}” split off from “${nameOf(other)}”.`,
        zh: `“${nameOf(id)}”从“${nameOf(other)}”中分出。`,
      });
    }
    return say(language, {
      en: `Segment ${id} was merged into “${nameOf(other)}”.`,
      zh: `群体 ${id} 已并入“${nameOf(other)}”。`,
    });
  });
  return [{ kind: 'text', text: lines.join(' ') }];
}

/** Labels are stored in English or as a person named them; people read them in their own language. */
function segmentOf(language: Language, summary: SegmentsSummary, label: string): string {
  const segment = summary.segments.find((found) => (found.custom ?? found.name.en) === label);
  return segment === undefined ? label : (segment.custom ?? say(language, segment.name));
}

/** Where the segments lie: a sample of their customers by recency and money. */
function map(language: Language, summary: SegmentsSummary, name: (segment: Segment) => string, currency: string) {
  const groups = summary.segments.map((segment) => ({
    name: name(segment),
    points: summary.drawn
      .filter(({ id }) => id === segment.id)
      .map(({ recencyDays, value }) => ({ x: recencyDays, y: value })),
  }));
  const drawn = groups.reduce((sum, { points }) => sum + points.length, 0);
  const alt = summary.segments
    .map((segment) => `${name(segment)}: ${typical(language, segment, currency)}`)
    .join(language === 'zh' ? '；' : '; ');
  const isSample = drawn < summary.customers;
  return {
    kind: 'scatter' as const,
    title: say(language, { en: 'Where the segments lie', zh: '各群体的分布' }),
    subtitle: say(language, {
      en: isSample
        ? `${formatCount('en', drawn)} of ${formatCount('en', summary.customers)} customers, drawn at random`
        : `All ${formatCount('en', drawn)} customers`,
      zh: isSample
        ? `随机抽取 ${formatCount('zh', summary.customers)} 位客户中的 ${formatCount('zh', drawn)} 位`
        : `全部 ${formatCount('zh', drawn)} 位客户`,
    }),
    alt: say(language, { en: `The typical customer of each segment: ${alt}`, zh: `各群体的典型客户：${alt}` }),
    format: { kind: 'money' as const, currency },
    xTitle: say(language, { en: 'Days since the last purchase', zh: '距最近购买天数' }),
    yTitle: say(language, { en: 'Value so far', zh: '累计价值' }),
    yScale: 'log' as const,
    groups,
  };
}

function shares(language: Language, summary: SegmentsSummary, name: (segment: Segment) => string) {
  const ofCustomers = summary.segments.map((segment) => segment.customers / summary.customers);
  const alt = summary.segments
    .map((segment, i) => {
      const value = segment.shareOfValue === null ? '–' : formatPercent(language, segment.shareOfValue);
      return say(language, {
        en: `${name(segment)}: ${formatPercent(language, ofCustomers[i]!)} of customers, ${value} of value`,
        zh: `${name(segment)}：客户占 ${formatPercent(language, ofCustomers[i]!)}，价值占 ${value}`,
      });
    })
    .join(language === 'zh' ? '；' : '; ');
  return {
    kind: 'horizontal-bar' as const,
    title: say(language, { en: 'Customers and value by segment', zh: '各群体的客户与价值占比' }),
    alt,
    format: { kind: 'percent' as const },
    labels: summary.segments.map(name),
    series: [
      { name: say(language, { en: 'Share of customers', zh: '客户占比' }), values: ofCustomers },
      {
        name: say(language, { en: 'Share of value', zh: '价值占比' }),
        values: summary.segments.map((segment) => segment.shareOfValue),
      },
    ],
  };
}
