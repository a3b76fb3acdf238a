import type { CategoryChart } from '../charts/chart-spec.ts';
import type { Finding } from '../ledger/findings.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../report/format.ts';
import type { ReportPart } from '../report/report.ts';
import type { Group, Move } from './figures.ts';
import type { BestRule } from './read-figures.ts';

/** A segment that an edition named, with the change in customers that it told. */
export interface Told {
  readonly id: string;
  readonly customers: number;
}

export function marketingHeadline(
  language: Language,
  currency: string,
  before: readonly Group[] | null,
  segments: readonly Group[],
  moves: readonly Move[],
): string {
  const first = moves[0];
  if (before === null || first === undefined) {
    const customers = segments.reduce((sum, group) => sum + group.customers, 0);
    return say(language, {
      en: `${plural('en', customers, { one: 'customer', other: 'customers' }, '')} in ${plural('en', segments.length, { one: 'segment', other: 'segments' }, '')}`,
      zh: `${formatCount('zh', customers)} 位客户，分为 ${segments.length} 个群`,
    });
  }
  return moveText(language, currency, first);
}

function moveText(language: Language, currency: string, { group, customers, value }: Move): string {
  const count = plural(language, Math.abs(customers), { one: 'customer', other: 'customers' }, ' 位客户');
  const money = formatMoney(language, Math.abs(value), currency);
  return customers > 0
    ? say(language, {
        en: `${group.name} gained ${count} (${money})`,
        zh: `“${group.name}”增加了 ${count}（${money}）`,
      })
    : say(language, { en: `${group.name} lost ${count} (${money})`, zh: `“${group.name}”减少了 ${count}（${money}）` });
}

/** Only what changed: unchanged figures are not repeated. */
export function groupChanges(
  language: Language,
  currency: string,
  moves: readonly Move[],
  group: Text,
  money: Text,
): ReportPart[] {
  if (moves.length === 0) return [];
  const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : `−${text}`);
  return [
    {
      kind: 'table',
      title: say(language, { en: 'What changed since the last edition', zh: '与上一期相比的变化' }),
      columns: [
        { label: say(language, group), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        { label: say(language, { en: 'Change', zh: '变化' }), align: 'right' },
        { label: say(language, money), align: 'right' },
      ],
      rows: moves.map(({ group: { name, customers: count }, customers, value }) => [
        name,
        formatCount(language, count),
        signed(customers, formatCount(language, Math.abs(customers))),
        value === 0 ? '–' : signed(value, formatMoney(language, Math.abs(value), currency)),
      ]),
    },
  ];
}

export function groupTable(
  language: Language,
  currency: string,
  groups: readonly Group[],
  kind: 'segment' | 'class',
): ReportPart[] {
  if (groups.length === 0) return [];
  const title = kind === 'segment' ? { en: 'Segments', zh: '客户分群' } : { en: 'Value classes', zh: '价值等级' };
  return [
    {
      kind: 'table',
      title: say(language, title),
      columns: [
        { label: say(language, title), align: 'left' },
        { label: say(language, { en: 'Customers', zh: '客户数' }), align: 'right' },
        {
          label: say(
            language,
            kind === 'segment' ? { en: 'Value so far', zh: '累计价值' } : { en: 'A year', zh: '每年' },
          ),
          align: 'right',
        },
      ],
      rows: groups.map((group) => [
        group.name,
        formatCount(language, group.customers),
        formatMoney(language, group.value, currency),
      ]),
    },
  ];
}

export function marketingActions(
  language: Language,
  currency: string,
  told: readonly { readonly move: Move; readonly finding: Finding }[],
  rule: { readonly rule: BestRule; readonly finding: Finding } | null,
): ReportPart[] {
  const parts: ReportPart[] = told.map(({ move, finding }) => ({
    kind: 'item',
    finding: finding.key,
    title: moveText(language, currency, move),
    text:
      move.customers > 0
        ? say(language, {
            en: `Look at who joined with /segments ${move.group.name}, and greet them as what they are now`,
            zh: `用 /segments ${move.group.name} 查看新加入的客户，并按新的分群安排触达`,
          })
        : say(language, {
            en: `See where they went with /segments, and hold back campaigns that were meant for this group`,
            zh: '用 /segments 查看他们的去向，并暂缓面向该分群的活动',
          }),
  }));
  if (rule !== null) {
    const { finding } = rule;
    const { if: given, then, confidence, lift } = rule.rule;
    const list = new Intl.ListFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { type: 'conjunction' });
    const bought = list.format(given);
    const offer = list.format(then);
    parts.push({
      kind: 'item',
      finding: finding.key,
      title: say(language, {
        en: `Offer ${offer} to those who bought ${bought}`,
        zh: `向购买过${bought}的客户推荐${offer}`,
      }),
      text: say(language, {
        en: `${formatPercent('en', confidence)} of the baskets with ${bought} also hold ${offer}: ${formatNumber('en', lift, 1)} times the usual share`,
        zh: `含${bought}的购物篮中有 ${formatPercent('zh', confidence)} 也含${offer}，是平常比例的 ${formatNumber('zh', lift, 1)} 倍`,
      }),
    });
  }
  if (parts.length === 0) return [];
  return [{ kind: 'heading', text: say(language, { en: 'What marketing can do', zh: '市场部可以做什么' }) }, ...parts];
}

/** What became of the segments that the last edition named. */
export function marketingOutcomes(
  language: Language,
  memory: { readonly segments: readonly Group[]; readonly told: readonly Told[] },
  segments: readonly Group[],
): ReportPart[] {
  const lines = memory.told.flatMap(({ id, customers }) => {
    const before = memory.segments.find((group) => group.id === id);
    const name = segments.find((group) => group.id === id)?.name ?? before?.name;
    if (name === undefined) return [];
    const change = (segments.find((group) => group.id === id)?.customers ?? 0) - (before?.customers ?? 0);
    return [outcomeText(language, name, customers, change)];
  });
  if (lines.length === 0) return [];
  return [
    { kind: 'heading', text: say(language, { en: 'What became of the last ones', zh: '上一期提到的分群后来怎样' }) },
    { kind: 'text', text: lines.join('\n') },
  ];
}

function outcomeText(language: Language, name: string, then: number, since: number): string {
  const grewThen = then > 0;
  const count = formatCount(language, Math.abs(since));
  if (since === 0) {
    return say(language, {
      en: `${name}: ${grewThen ? 'kept' : 'has not regained'} its customers`,
      zh: `${name}：${grewThen ? '保持不变' : '尚未恢复'}`,
    });
  }
  return since > 0
    ? say(language, { en: `${name}: ${count} more since`, zh: `${name}：此后又增加 ${count} 位` })
    : say(language, { en: `${name}: ${count} fewer since`, zh: `${name}：此后减少 ${count} 位` });
}

export function segmentsChart(language: Language, currency: string, segments: readonly Group[]): CategoryChart {
  const list = segments.map((group) => {
    const count = plural(language, group.customers, { one: 'customer', other: 'customers' }, ' 位客户');
    return `${group.name}: ${count}, ${formatMoney(language, group.value, currency)}`;
  });
  return {
    kind: 'horizontal-bar',
    title: say(language, { en: 'Customers by segment', zh: '各分群客户数' }),
    alt: list.join(language === 'zh' ? '；' : '; '),
    format: { kind: 'count' },
    labels: segments.map((group) => group.name),
    series: [
      { name: say(language, { en: 'Customers', zh: '客户数' }), values: segments.map((group) => group.customers) },
    ],
  };
}
