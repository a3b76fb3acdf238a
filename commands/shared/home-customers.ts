import { lookFirst } from '../../src/analyses/churn-group.ts';
import { churnRisk as analysis } from '../../src/analyses/churn-risk.ts';
import { type ChurnSummary, churnDetailsSchema, churnSummarySchema } from '../../src/analyses/churn-summary.ts';
import type { Run } from '../../src/domain/results.ts';
import { say } from '../../src/lib/text.ts';
import type { Rows } from '../../src/privacy/privacy-reader.ts';
import type { ReportPart } from '../../src/report/report.ts';
import type { CommandContext } from '../context.ts';

const LISTED = 5;
/** Off-rhythm from which a customer is late. */
const LATE_FROM = 1.5;

/** The newest no-order risk, which the page stands on; null before the first analysis. */
export interface NewestRisk {
  readonly run: Run;
  readonly summary: ChurnSummary;
}

export async function readNewestRisk({ reader }: CommandContext): Promise<NewestRisk | null> {
  const result = await reader.result(analysis.name);
  return result === null ? null : { run: result.run, summary: churnSummarySchema.parse(result.summary) };
}

/** The viewer's own customers at risk, or everybody's where they own none; with the page's headline. */
export async function homeCustomers(
  context: CommandContext,
  { run, summary }: NewestRisk,
): Promise<{ readonly headline: string; readonly trust: string; readonly parts: readonly ReportPart[] }> {
  const { language, reader } = context;
  const { ownerIds } = reader.viewer;
  const isOwn = ownerIds.length > 0;
  const mine = isOwn ? { ownerIds } : {};
  const atRisk: Rows = await reader.rows(run, analysis.name, {
    ...mine,
    bands: ['high', 'medium'],
    order: summary.revenue_at_risk === null ? 'off-rhythm-desc' : 'at-risk-desc',
    limit: LISTED,
  });
  const isLate = atRisk.rows.length === 0 && summary.outcome.kind !== 'none';
  const { rows, withheld } = isLate ? await latest(context, run, mine) : atRisk;
  // The same words as the command's: one customer is told in one way.
  const filter = isOwn
    ? say(language, { en: 'your customers', zh: '您的客户' })
    : say(language, { en: 'all customers', zh: '全部客户' });
  const shown = analysis.present(summary, { language, run, rows, withheld: null, filter });
  const items = shown.parts.filter(({ kind }) => kind === 'item');
  const title = say(
    language,
    isLate
      ? { en: isOwn ? 'My customers' : 'Customers', zh: isOwn ? '我的客户' : '客户' }
      : { en: isOwn ? 'My customers at risk' : 'Customers at risk', zh: isOwn ? '我的风险客户' : '风险客户' },
  );
  const notes: ReportPart[] = [];
  if (!isOwn && reader.viewer.role !== 'rep') {
    const text = say(language, {
      en: 'Kith does not know which CRM owner you are, so these are everybody’s.',
      zh: '系统不知道您对应哪位 CRM 负责人，因此列出全部客户。',
    });
    notes.push({ kind: 'text', text });
  }
  // That somebody sees their own alone goes without saying on their own page.
  if (withheld !== null && rows.length === 0) notes.push({ kind: 'text', text: say(language, withheld) });
  return {
    headline: headlineOf(context, summary, { rows, isOwn, isLate }),
    trust: shown.trust,
    parts: [
      { kind: 'heading', text: title },
      ...(rows.length > 0 || withheld === null ? notes : notes.slice(-1)),
      ...items,
    ],
  };
}

/** Where nobody is at risk: those who are late by their own rhythm, the latest first. */
async function latest(
  { reader }: CommandContext,
  run: Run,
  mine: { readonly ownerIds?: readonly string[] },
): Promise<Rows> {
  const found = await reader.rows(run, analysis.name, {
    ...mine,
    band: 'low',
    order: 'off-rhythm-desc',
    limit: LISTED,
  });
  const late = found.rows.filter((row) => (churnDetailsSchema.parse(row.details).off_rhythm ?? 0) >= LATE_FROM);
  return { ...found, rows: late };
}

function headlineOf(
  { language }: CommandContext,
  summary: ChurnSummary,
  { rows, isOwn, isLate }: { readonly rows: Rows['rows']; readonly isOwn: boolean; readonly isLate: boolean },
): string {
  if (summary.outcome.kind === 'none') {
    return say(language, {
      en: 'A business of projects: no risk is shown; `/churn-risk` tells who may be won back',
      zh: '项目型业务，不显示流失风险：可用 `/churn-risk` 查看可挽回的客户',
    });
  }
  if (rows.length === 0) {
    return isOwn
      ? say(language, { en: 'None of your customers is at risk', zh: '您的客户目前均无风险' })
      : say(language, { en: 'No customer at risk to show you', zh: '没有可显示的风险客户' });
  }
  if (isLate) {
    const late = { en: rows.length === 1 ? 'this one is' : `these ${rows.length} are`, zh: `以下 ${rows.length} 位` };
    return say(language, {
      en: `${isOwn ? 'None of your customers' : 'No customer'} is at risk, and ${late.en} later than usual`,
      zh: `${isOwn ? '您的客户目前均无风险' : '目前没有风险客户'}，${late.zh}晚于平常`,
    });
  }
  const details = rows.map((row) => churnDetailsSchema.parse(row.details));
  return lookFirst(language, summary, details, isOwn ? { en: 'of yours ', zh: '您的 ' } : undefined);
}
