import type { Run } from '../domain/results.ts';
import { RFM_GROUP_NAMES, type RfmCutPoints } from '../features/rfm.ts';
import type { RfmCounts, RfmMoves } from '../features/rfm-counts.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { Report, ReportAction, ReportPart } from '../report/report.ts';
import { reportTable } from './report-table.ts';
import { trustLine } from './trust-line.ts';

/** The cut-points of the newest run, and who is where. */
export interface RfmView {
  readonly run: Run;
  readonly points: RfmCutPoints;
  /** Set since that run: they hold from the next one on. Null where nothing was. */
  readonly pending: RfmCutPoints | null;
  readonly setByPeople: boolean;
  readonly counts: RfmCounts;
}

/** What other cut-points would do to the newest run's customers. */
export interface RfmPreview {
  readonly run: Run;
  readonly before: RfmCutPoints;
  readonly after: RfmCutPoints;
  readonly countsBefore: RfmCounts;
  readonly countsAfter: RfmCounts;
  readonly moves: RfmMoves;
}

export const RFM_DIMENSIONS = ['recency', 'frequency', 'money'] as const;
export type RfmDimension = (typeof RFM_DIMENSIONS)[number];

export const DIMENSION_NAMES: Readonly<Record<RfmDimension, Text>> = {
  recency: { en: 'Recency', zh: '最近购买' },
  frequency: { en: 'Frequency', zh: '购买频率' },
  money: { en: 'Money', zh: '消费金额' },
};

const MOVES_SHOWN = 10;

/** `/kith rfm`: the groups, the map, and the cut-points with the words that change them. */
export function presentRfm(language: Language, view: RfmView): Report {
  const { run, counts, points, pending, setByPeople } = view;
  const { currency } = run.portfolio;
  const total = counts.groups.reduce((sum, { money }) => sum + money, 0);
  const best = counts.groups.find(({ group }) => group === 'champions')!;
  const champions = plural(language, best.customers, { one: 'champion', other: 'champions' }, ' 位重要价值客户');
  const share = total > 0 ? formatPercent(language, best.money / total) : '–';
  const customers = formatCount(language, counts.customers);
  const source = setByPeople
    ? { en: 'They were set by people.', zh: '由人工设定。' }
    : {
        en: 'They were derived from the customers, rounded, and stay until somebody changes them.',
        zh: '由客户数据推导并取整，在修改之前保持不变。',
      };
  return {
    language,
    headline: say(language, {
      en: `RFM: ${champions} of ${customers} customers bring ${share} of the money`,
      zh: `RFM：${customers} 位客户中有${champions}，贡献 ${share} 的金额`,
    }),
    parts: [
      groupsChart(language, counts),
      groupsTable(language, counts, currency),
      mapChart(language, counts),
      pointsTable(language, points, currency, { en: 'Cut-points', zh: '分界点' }),
      { kind: 'text', text: `${say(language, source)}\n${say(language, HOW_TO_CHANGE)}` },
      ...(pending === null
        ? []
        : [pointsTable(language, pending, currency, { en: 'From the next analysis on', zh: '下次分析起生效' })]),
    ],
    trust: trust(language, run),
  };
}

const HOW_TO_CHANGE: Text = {
  en: 'To try others: `/kith rfm preview recency 30 90 180 365` (also frequency, money). To keep them: the same with `set`. `/kith rfm derive` proposes new ones from today’s customers.',
  zh: '试算其他分界点：`/kith rfm preview recency 30 90 180 365`（也可用 frequency、money）；保存时把 preview 换成 set。`/kith rfm derive` 根据当前客户给出新建议。',
};

/** What would change, for whom, before anything is saved. `save` is the button, where the viewer may press one. */
export function presentRfmPreview(
  language: Language,
  preview: RfmPreview,
  done: 'previewed' | 'saved',
  save: ReportAction | null,
): Report {
  const { run, after, countsBefore, countsAfter, moves } = preview;
  const { currency } = run.portfolio;
  const changed = plural(language, moves.changed, { one: 'customer', other: 'customers' }, ' 位');
  const of = formatCount(language, countsAfter.customers);
  const headline =
    done === 'saved'
      ? {
          en: `Saved: from the next analysis on, ${changed} of ${of} are in another RFM group`,
          zh: `已保存：下次分析起，${of} 位客户中有 ${changed}将改变 RFM 分组`,
        }
      : {
          en: `${changed} of ${of} would change RFM group; nothing is saved yet`,
          zh: `${of} 位客户中有 ${changed}将改变 RFM 分组；尚未保存`,
        };
  const words = cutPointWords(after);
  const action: ReportPart =
    save === null
      ? {
          kind: 'text',
          text: say(language, {
            en: `To keep these, an admin or a manager writes: \`/kith rfm set ${words}\``,
            zh: `如需保存，请管理员或经理输入：\`/kith rfm set ${words}\``,
          }),
        }
      : {
          kind: 'item',
          title: say(language, { en: 'Keep these cut-points?', zh: '保存这些分界点？' }),
          text: say(language, { en: 'They hold from the next analysis on.', zh: '下次分析起生效。' }),
          actions: [save],
        };
  return {
    language,
    headline: say(language, headline),
    parts: [
      pointsTable(language, after, currency, { en: 'New cut-points', zh: '新分界点' }),
      beforeAfterTable(language, countsBefore, countsAfter),
      ...movesTable(language, moves, currency),
      mapChart(language, countsAfter),
      ...(done === 'saved' ? [] : [action]),
    ],
    trust: trust(language, run),
  };
}

/** Cut-points as somebody would type them, which is what a button carries as well. */
export function cutPointWords(points: RfmCutPoints): string {
  return RFM_DIMENSIONS.map((dimension) => `${dimension} ${points[dimension].join(' ')}`).join(' ');
}

function trust(language: Language, run: Run): string {
  return trustLine(language, run, 0, { en: 'facts, no prediction', zh: '事实，非预测' });
}

function groupsChart(language: Language, { groups }: RfmCounts): ReportPart {
  const shown = groups.filter(({ customers }) => customers > 0).sort((a, b) => b.customers - a.customers);
  const name = (found: (typeof shown)[number]): string => say(language, RFM_GROUP_NAMES[found.group]);
  return {
    kind: 'chart',
    chart: {
      kind: 'horizontal-bar',
      title: say(language, { en: 'Customers by RFM group', zh: '各 RFM 分组客户数' }),
      alt: shown
        .map((found) => `${name(found)}: ${formatCount(language, found.customers)}`)
        .join(language === 'zh' ? '；' : '; '),
      format: { kind: 'count' },
      labels: shown.map(name),
      series: [
        { name: say(language, { en: 'Customers', zh: '客户数' }), values: shown.map(({ customers }) => customers) },
      ],
    },
  };
}

function groupsTable(language: Language, { groups, customers }: RfmCounts, currency: string): ReportPart {
  return reportTable(
    language,
    { en: 'RFM groups', zh: 'RFM 分组' },
    [
      { en: 'Group', zh: '分组' },
      { en: 'Customers', zh: '客户数' },
      { en: 'Share', zh: '占比' },
      { en: 'Value so far', zh: '累计价值' },
    ],
    groups.map((found) => [
      say(language, RFM_GROUP_NAMES[found.group]),
      formatCount(language, found.customers),
      customers === 0 ? '–' : formatPercent(language, found.customers / customers),
      formatMoney(language, found.money, currency),
    ]),
  );
}

/** The 125 cells as 25: recency down, frequency across, the five money scores added up. */
function mapChart(language: Language, { cells, customers }: RfmCounts): ReportPart {
  const at = (r: number, f: number): number => {
    const from = 25 * (r - 1) + 5 * (f - 1);
    return cells.slice(from, from + 5).reduce((sum, count) => sum + count, 0);
  };
  const rows = [...SCORES].reverse();
  const all = rows.flatMap((r) => SCORES.map((f) => ({ r, f, count: at(r, f) })));
  const fullest = all.reduce((most, cell) => (cell.count > most.count ? cell : most));
  const many = formatCount(language, fullest.count);
  const of = formatCount(language, customers);
  const best = formatCount(language, at(5, 5));
  return {
    kind: 'chart',
    chart: {
      kind: 'heatmap',
      title: say(language, { en: 'Customers by recency and frequency', zh: '按最近购买与频率分布的客户数' }),
      subtitle: say(language, {
        en: 'Scores of recency (R) down, of frequency (F) across; 5 is best',
        zh: '纵向为最近购买（R）得分，横向为频率（F）得分；5 分最高',
      }),
      alt: say(language, {
        en: `Of ${of} customers, most (${many}) are at R${fullest.r} F${fullest.f}; at R5 F5, the best, are ${best}`,
        zh: `共 ${of} 位客户，最多的是 R${fullest.r} F${fullest.f}（${many} 位）；得分最高的 R5 F5 有 ${best} 位`,
      }),
      format: { kind: 'count' },
      columns: SCORES.map((f) => `F${f}`),
      rows: rows.map((r) => `R${r}`),
      values: rows.map((r) => SCORES.map((f) => at(r, f))),
    },
  };
}

const SCORES = [1, 2, 3, 4, 5] as const;

function pointsTable(language: Language, points: RfmCutPoints, currency: string, title: Text): ReportPart {
  const money = (value: number): string => formatMoney(language, value, currency);
  const days = (value: number): string => plural(language, value, { one: 'day', other: 'days' }, ' 天');
  const bought = (value: number): string => formatNumber(language, value, 2);
  const rising = (own: readonly number[], show: (value: number) => string): string[] =>
    SCORES.map((score) => (score === 5 ? `> ${show(own[3]!)}` : `≤ ${show(own[score - 1]!)}`));
  // The fewest days are the best score, so that the limits run the other way.
  const recency = SCORES.map((score) =>
    score === 1 ? `> ${days(points.recency[3]!)}` : `≤ ${days(points.recency[5 - score]!)}`,
  );
  return reportTable(
    language,
    title,
    [{ en: 'Score', zh: '得分' }, ...SCORES.map((score) => ({ en: String(score), zh: String(score) }))],
    [
      [say(language, DIMENSION_NAMES.recency), ...recency],
      [say(language, { en: 'Frequency (purchases)', zh: '购买频率（次）' }), ...rising(points.frequency, bought)],
      [say(language, DIMENSION_NAMES.money), ...rising(points.money, money)],
    ],
  );
}

function beforeAfterTable(language: Language, before: RfmCounts, after: RfmCounts): ReportPart {
  return reportTable(
    language,
    { en: 'RFM groups, now and then', zh: 'RFM 分组对比' },
    [
      { en: 'Group', zh: '分组' },
      { en: 'Now', zh: '当前' },
      { en: 'Then', zh: '修改后' },
      { en: 'Change', zh: '变化' },
    ],
    after.groups.map(({ group, customers }, place) => {
      const now = before.groups[place]!.customers;
      const sign = customers > now ? '+' : customers < now ? '−' : '';
      return [
        say(language, RFM_GROUP_NAMES[group]),
        formatCount(language, now),
        formatCount(language, customers),
        `${sign}${formatCount(language, Math.abs(customers - now))}`,
      ];
    }),
  );
}

function movesTable(language: Language, { moves }: RfmMoves, currency: string): ReportPart[] {
  if (moves.length === 0) return [];
  return [
    reportTable(
      language,
      { en: 'Who would move', zh: '变动明细' },
      [
        { en: 'From', zh: '原分组' },
        { en: 'To', zh: '新分组' },
        { en: 'Customers', zh: '客户数' },
        { en: 'Value so far', zh: '累计价值' },
      ],
      moves
        .slice(0, MOVES_SHOWN)
        .map(({ from, to, customers, money }) => [
          say(language, RFM_GROUP_NAMES[from]),
          say(language, RFM_GROUP_NAMES[to]),
          formatCount(language, customers),
          formatMoney(language, money, currency),
        ]),
    ),
  ];
}
