import { PLAYBOOKS, playbookText } from '../src/analyses/playbooks.ts';
import { segments as analysis, LONER } from '../src/analyses/segments.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '../src/report/format.ts';
import type { Report, ReportPart } from '../src/report/report.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { segmentName } from './shared/class-names.ts';
import { customerItem } from './shared/customer-item.ts';
import { LISTED } from './shared/listed.ts';
import { needResult } from './shared/need-result.ts';
import { playbookParts } from './shared/playbook-buttons.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { type NamedSegment, readSegments } from './shared/read-segments.ts';
import { inCurrency, inGroups, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

export const segments: KithCommand = {
  name: 'segments',
  summary: { en: 'Which groups of customers there are, and who is in one', zh: '客户分为哪些群体，以及群体中的客户' },
  usage: '[name]',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const overview = analysis.present(summary, {
      language,
      run,
      rows: [],
      withheld: null,
      filter: '',
      playbooks: context.state.playbooks,
    });
    if (wanted === '') return { ...overview, parts: [...overview.parts, ...(await lonersOf(context, run))] };
    return oneSegment(context, run, findSegment(context, await readSegments(context), wanted), overview);
  },
  async list(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    const { run } = await needResult(context, analysis.name);
    const segment = wanted === '' ? null : findSegment(context, await readSegments(context), wanted);
    const members = segment === null ? {} : { label: segment.label };
    const { rows } = await reader.rows(run, analysis.name, { ...members, order: 'value-desc', limit: READ_WHOLE });
    const order = (await readSegments(context)).map(({ label }) => label);
    const lines = inGroups(rows, order).map((row) => ({ row }));
    return wholeList(context, run, lines, [
      { title: { en: 'Segment', zh: '分群' }, cell: ({ row }) => segmentName(language, row) },
      { title: inCurrency(run, { en: 'Value so far', zh: '累计价值' }), cell: ({ row }) => rounded(row.value) },
    ]);
  },
};

/** Customers that fit no segment, for those who may see them. */
async function lonersOf({ language, reader }: CommandContext, run: Run): Promise<ReportPart[]> {
  const { rows } = await reader.rows(run, analysis.name, { band: LONER, order: 'value-desc', limit: LISTED });
  if (rows.length === 0) return [];
  const items = rows.map((row) => {
    const value = row.value === null ? '–' : formatMoney(language, row.value, run.portfolio.currency);
    return customerItem(language, 'segments', row, say(language, { en: `${value} so far`, zh: `累计 ${value}` }));
  });
  const text = say(language, { en: 'Customers that fit no segment', zh: '与各群体都不相近的客户' });
  return [{ kind: 'heading', text }, ...items];
}

function findSegment({ language }: CommandContext, known: readonly NamedSegment[], wanted: string): NamedSegment {
  const typed = wanted.toLowerCase();
  const isNamed = (names: readonly string[]): boolean => names.some((name) => name.toLowerCase() === typed);
  const found = known.find(({ names }) => isNamed(names));
  if (found !== undefined) return found;
  // The beginning of one name alone says enough.
  const beginning = known.filter(({ names }) => names.some((name) => name.toLowerCase().startsWith(typed)));
  if (beginning.length === 1) return beginning[0]!;
  const close = nearest(
    wanted,
    known.map(({ shown }) => shown),
  );
  const hint = suggestion(language, close, listOf(known));
  throw new KithError(
    'usage',
    say(language, {
      en: `There is no segment called “${quoted(wanted)}”: ${hint}`,
      zh: `没有名为“${quoted(wanted)}”的分群：${hint}`,
    }),
  );
}

function listOf(known: readonly NamedSegment[]): { en: string; zh: string } {
  if (known.length === 0) return { en: 'there are none yet', zh: '目前还没有分群' };
  const names = known.map(({ shown }) => `“${shown}”`);
  return { en: `there are ${names.join(', ')}`, zh: `现有分群：${names.join('、')}` };
}

async function oneSegment(
  context: CommandContext,
  run: Run,
  { segment, label, shown }: NamedSegment,
  overview: Report,
): Promise<Report> {
  const { language, reader } = context;
  const target = `segment:${segment.id}`;
  const { currency } = run.portfolio;
  const { rows, withheld } = await reader.rows(run, analysis.name, { label, order: 'value-desc', limit: LISTED });
  const money = formatMoney(language, segment.value, currency);
  const share = segment.shareOfValue === null ? null : formatPercent(language, segment.shareOfValue);
  const count = plural(language, segment.customers, { one: 'customer', other: 'customers' }, ' 位客户');
  const ofTotal = share === null ? '' : say(language, { en: `, ${share} of the total`, zh: `，占总额 ${share}` });
  const items: ReportPart[] = rows.map((row) => {
    const value = row.value === null ? '–' : formatMoney(language, row.value, currency);
    return customerItem(language, 'segments', row, say(language, { en: `${value} so far`, zh: `累计 ${value}` }));
  });
  const heading = say(language, {
    en: rows.length < segment.customers ? `The ${rows.length} with the most money` : 'Its customers',
    zh: rows.length < segment.customers ? `消费最高的 ${rows.length} 位客户` : '该分群的客户',
  });
  return {
    language,
    headline: say(language, {
      en: `“${shown}”: ${count} brought ${money}${ofTotal}`,
      zh: `“${shown}”：${count}，贡献 ${money}${ofTotal}`,
    }),
    parts: [
      {
        kind: 'facts',
        facts: [
          {
            label: say(language, { en: 'Days since the last purchase', zh: '距最近购买天数' }),
            value: formatNumber(language, segment.medianRecencyDays, 0),
          },
          {
            label: say(language, { en: 'Purchases', zh: '购买次数' }),
            value: formatCount(language, segment.medianPurchases),
          },
          {
            label: say(language, { en: 'Value so far', zh: '累计价值' }),
            value: formatMoney(language, segment.medianValue, currency),
          },
          {
            label: say(language, { en: 'Playbook', zh: '建议做法' }),
            value: say(language, playbookText(context.state.playbooks, target, PLAYBOOKS[segment.playbook])),
          },
        ],
      },
      {
        kind: 'text',
        text: say(language, {
          en: 'The figures are those of its middle customer.',
          zh: '以上为该分群中位客户的数值。',
        }),
      },
      ...(items.length === 0 ? [] : [{ kind: 'heading', text: heading } as const, ...items]),
      ...(await playbookParts(context, (view) => view.target === target)),
      ...(withheld === null ? [] : [{ kind: 'text', text: say(language, withheld) } as const]),
      ...overview.parts.filter((part) => part.kind === 'chart'),
    ],
    trust: overview.trust,
  };
}
