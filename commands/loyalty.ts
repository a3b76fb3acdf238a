import { loyalty as analysis } from '../src/analyses/loyalty.ts';
import { type LoyaltySummary, loyaltySummarySchema } from '../src/analyses/loyalty-summary.ts';
import { tierProgress } from '../src/analyses/tier-progress.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { type Language, say } from '../src/lib/text.ts';
import { formatMoney, formatNumber, plural } from '../src/report/format.ts';
import type { Report, ReportPart } from '../src/report/report.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { customerItem } from './shared/customer-item.ts';
import { LISTED } from './shared/listed.ts';
import { needResult } from './shared/need-result.ts';
import { playbookParts } from './shared/playbook-buttons.ts';
import { quoted, readArgument, suggestion, typedArgument } from './shared/read-argument.ts';
import { listOverrides, removeOverride, setOverride } from './shared/tier-overrides.ts';
import { inGroups, READ_WHOLE, rounded, wholeList } from './shared/whole-list.ts';

/** How many of each tier `/loyalty` shows on their way to the next. */
const NEAREST_OF_A_TIER = 3;

type Tier = LoyaltySummary['tiers'][number];

export const loyalty: KithCommand = {
  name: 'loyalty',
  summary: { en: 'Loyalty tiers: how many customers are in each, and who', zh: '忠诚度等级：各等级的客户数与名单' },
  usage: '[tier|set|unset|overrides]',
  onlyReads: (text) => ![SET, UNSET].some((word) => word.test(firstWord(typedArgument(text))[0])),
  async run(context, text) {
    const { language } = context;
    const wanted = readArgument(language, text);
    const { run, summary } = await needResult(context, analysis.name);
    const overview = analysis.present(summary, { language, run, rows: [], withheld: null, filter: '' });
    if (wanted === '') {
      const offered = await playbookParts(context, ({ target }) => target.startsWith('tier:'));
      return { ...overview, parts: [...overview.parts, ...(await nearestToNext(context, run, summary)), ...offered] };
    }
    const { tiers } = loyaltySummarySchema.parse(summary);
    const [word, rest] = firstWord(wanted);
    if (SET.test(word)) return setOverride(context, run, tiers, rest);
    if (UNSET.test(word)) return removeOverride(context, run, rest);
    if (OVERRIDES.test(wanted)) return listOverrides(context, run, tiers);
    return oneTier(context, run, findTier(language, tiers, wanted), overview, summary);
  },
  async list(context, text) {
    const { language, reader } = context;
    const wanted = readArgument(language, text);
    if (OVERRIDES.test(wanted)) return null;
    const { run, summary } = await needResult(context, analysis.name);
    const { tiers } = loyaltySummarySchema.parse(summary);
    const tier = wanted === '' ? null : findTier(language, tiers, wanted);
    const ofTier = tier === null ? {} : { label: tier.name };
    const { rows } = await reader.rows(run, analysis.name, { ...ofTier, order: 'value-desc', limit: READ_WHOLE });
    const best = tiers.map(({ name }) => name).reverse();
    const lines = inGroups(rows, best).map((row) => ({ row }));
    return wholeList(context, run, lines, [
      { title: { en: 'Tier', zh: '等级' }, cell: ({ row }) => row.label },
      { title: { en: 'Points', zh: '积分' }, cell: ({ row }) => rounded(row.value, 1) },
    ]);
  },
};

const SET = /^(?:set|设置)$/iu;
const UNSET = /^(?:unset|取消)$/iu;
const OVERRIDES = /^(?:overrides|人工)$/iu;

function firstWord(wanted: string): [word: string, rest: string] {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/u.exec(wanted) ?? [];
  return [word, rest];
}

function findTier(language: Language, tiers: readonly Tier[], wanted: string): Tier {
  const found = tiers.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const names = tiers.map(({ name }) => name);
  const hint = suggestion(language, nearest(wanted, names), {
    en: `the tiers are ${names.join(', ')}`,
    zh: `现有等级：${names.join('、')}`,
  });
  throw new KithError(
    'usage',
    say(language, {
      en: `There is no tier called “${quoted(wanted)}”: ${hint}`,
      zh: `没有名为“${quoted(wanted)}”的等级：${hint}`,
    }),
  );
}

/** Of each tier but the highest, those with the most points, as far as the reader may see them. */
async function nearestToNext({ language, reader }: CommandContext, run: Run, summary: unknown): Promise<ReportPart[]> {
  const { tiers } = loyaltySummarySchema.parse(summary);
  const found = await Promise.all(
    tiers
      .slice(0, -1)
      .map(({ name }) =>
        reader.rows(run, analysis.name, { label: name, order: 'value-desc', limit: NEAREST_OF_A_TIER }),
      ),
  );
  const rows = found.flatMap((tier) => tier.rows);
  return tierProgress(summary, { language, run, rows, withheld: null, filter: '' });
}

async function oneTier(
  context: CommandContext,
  run: Run,
  tier: Tier,
  overview: Report,
  summary: unknown,
): Promise<Report> {
  const { language, reader } = context;
  const query = { label: tier.name, order: 'value-desc', limit: LISTED } as const;
  const { rows, withheld } = await reader.rows(run, analysis.name, query);
  const money = formatMoney(language, tier.yearMoney, run.portfolio.currency);
  const customers = plural(language, tier.customers, { one: 'customer', other: 'customers' }, ' 位客户');
  const from = formatNumber(language, tier.from, 1);
  const items: ReportPart[] = rows.map((row) => {
    const points = row.value === null ? '–' : formatNumber(language, row.value, 0);
    return customerItem(language, 'loyalty', row, say(language, { en: `${points} points`, zh: `${points} 分` }));
  });
  const warned =
    tier.warned === 0
      ? { en: 'nobody is about to drop', zh: '没有客户面临降级' }
      : {
          en: `${plural('en', tier.warned, { one: 'is', other: 'are' }, '')} about to drop`,
          zh: `${tier.warned} 位面临降级`,
        };
  return {
    language,
    headline: say(language, {
      en: `${tier.name}: ${customers}, ${money} in the last 12 months`,
      zh: `${tier.name}：${customers}，近 12 个月 ${money}`,
    }),
    parts: [
      {
        kind: 'text',
        text: say(language, { en: `From ${from} points; ${warned.en}.`, zh: `${from} 分起；${warned.zh}。` }),
      },
      ...items,
      ...(await playbookParts(context, ({ target }) => target === `tier:${tier.name}`)),
      ...(withheld === null ? [] : [{ kind: 'text', text: say(language, withheld) } as const]),
      ...tierProgress(summary, { language, run, rows, withheld, filter: '' }),
      ...overview.parts.filter((part) => part.kind === 'chart'),
    ],
    trust: overview.trust,
  };
}
