import { rankedByRisk } from '../src/analyses/churn-report.ts';
import { churnRisk as analysis } from '../src/analyses/churn-risk.ts';
import { churnSummarySchema } from '../src/analyses/churn-summary.ts';
import { presentWinBack, rankedByWorth } from '../src/analyses/win-back-report.ts';
import type { Run } from '../src/domain/results.ts';
import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { say } from '../src/lib/text.ts';
import type { PrivacyReader, Rows } from '../src/privacy/privacy-reader.ts';
import type { CommandContext, KithCommand } from './context.ts';
import { findCustomer } from './shared/find-customer.ts';
import { LISTED } from './shared/listed.ts';
import { needResult } from './shared/need-result.ts';
import { quoted, readArgument, suggestion } from './shared/read-argument.ts';
import { type Group, type RowQuery, readGroup } from './shared/read-group.ts';
import { readSegments } from './shared/read-segments.ts';
import { riskColumns } from './shared/risk-columns.ts';
import { continued, READ_WHOLE, wholeList } from './shared/whole-list.ts';

export const churnRisk: KithCommand = {
  name: 'churn-risk',
  summary: { en: 'Which customers may not order again, and why', zh: '哪些客户可能不再下单，以及原因' },
  usage: '[lapsed|owner|segment|customer]',
  onlyReads: () => true,
  async run(context, text) {
    const { language } = context;
    const { run, summary, kind, rows, withheld, filter, isCustomer } = await readRisk(context, text, LISTED);
    const presentation = { language, run, rows, withheld, filter };
    return kind === 'win-back'
      ? presentWinBack(summary, presentation)
      : analysis.present(summary, { ...presentation, isGroup: !isCustomer });
  },
  async list(context, text) {
    const { run, summary, kind, rows } = await readRisk(context, text, READ_WHOLE);
    const lines = continued(rows, LISTED, kind === 'win-back' ? rankedByWorth : rankedByRisk);
    return wholeList(context, run, lines, riskColumns(run, summary, kind));
  },
};

const LAPSED = ['lapsed', '流失', '已流失', '挽回'];

/** Whom the text asks for, those first who matter most: at most `most` of them. */
async function readRisk(context: CommandContext, text: string, most: number) {
  const { language, reader } = context;
  const wanted = readArgument(language, text);
  const { run, summary: stored } = await needResult(context, analysis.name);
  const summary = churnSummarySchema.parse(stored);
  const [word = '', ...rest] = wanted.split(' ');
  const lapsed = LAPSED.includes(word.toLowerCase()) ? await readGroup(context, rest.join(' ')) : null;
  // In a business of projects nobody is at risk: who may be won back is the answer.
  if (lapsed !== null || (wanted === '' && summary.outcome.kind === 'none')) {
    const { query, filter } = lapsed ?? { query: {}, filter: '' };
    const found = await reader.rows(run, analysis.name, {
      ...query,
      label: 'lapsed',
      order: 'worth-desc',
      limit: most,
    });
    return { run, summary, kind: 'win-back', ...found, filter, isCustomer: false } as const;
  }
  const { query, filter, isCustomer } = await readTarget(context, wanted);
  const order = summary.revenue_at_risk === null ? 'off-rhythm-desc' : 'at-risk-desc';
  const found = isCustomer
    ? await reader.rows(run, analysis.name, query)
    : await mostAtRisk(reader, run, { ...query, order, limit: most });
  return { run, summary, kind: 'at-risk', ...found, filter, isCustomer } as const;
}

/** Those at risk, or everybody where nobody is; lapsed customers are not at risk any more. */
async function mostAtRisk(reader: PrivacyReader, run: Run, query: RowQuery): Promise<Rows> {
  const inBands = (bands: readonly string[]): Promise<Rows> => reader.rows(run, analysis.name, { ...query, bands });
  const atRisk = await inBands(['high', 'medium']);
  return atRisk.rows.length > 0 ? atRisk : inBands(['low']);
}

interface Target extends Group {
  readonly isCustomer: boolean;
}

/** Whom the text means: a group, or customers by name. */
async function readTarget(context: CommandContext, wanted: string): Promise<Target> {
  const group = await readGroup(context, wanted);
  if (group !== null) return { ...group, isCustomer: false };
  try {
    const found = await findCustomer(context, wanted);
    const filter = found.length === 1 ? found[0]!.name : wanted;
    return { query: { customerIds: found.map((one) => one.customerId) }, filter, isCustomer: true };
  } catch (error) {
    if (!(error instanceof KithError) || error.code !== 'unknown-customer') throw error;
    const { language } = context;
    const segments = await readSegments(context);
    const close = nearest(
      wanted,
      segments.flatMap(({ names }) => names),
    );
    if (close.length === 0) throw error;
    const hint = suggestion(language, close, { en: '', zh: '' });
    const typed = quoted(wanted);
    throw new KithError(
      'unknown-customer',
      say(language, {
        en: `No owner, segment or customer is called “${typed}”: ${hint}`,
        zh: `没有名为“${typed}”的负责人、分群或客户：${hint}`,
      }),
      { cause: error },
    );
  }
}
