import { z } from 'zod';
import { churnSummarySchema } from '../analyses/churn-summary.ts';
import { trustLine } from '../analyses/trust-line.ts';
import type { Run } from '../domain/results.ts';
import { isWorthTelling } from '../ledger/findings.ts';
import { say } from '../lib/text.ts';
import { readAtRisk } from './at-risk.ts';
import { type Digest, type DigestContext, type Edition, MAX_FINDINGS } from './digest.ts';
import { introduction, needResult } from './edition-parts.ts';
import { type Outcome, salesChanges, salesChart, salesHeadline, salesItems, salesOutcomes } from './sales-report.ts';

const memorySchema = z.object({
  runId: z.string(),
  high: z.number(),
  medium: z.number(),
  /** What was told and has not been resolved: the finding's key → the day (YYYY-MM-DD) of the data it was told from. */
  open: z.record(z.string(), z.string()),
});

const QUALITY = { en: 'ranked by risk × money', zh: '按风险 × 金额排序' };
// Each costs a read of the customer; older ones fall off the list.
const MOST_OUTCOMES = 20;

/** Customers to call today: at risk or late by their own rhythm, with the most money first. */
export const sales: Digest = {
  name: 'sales',
  department: 'sales',
  title: { en: 'Customers to look after today', zh: '今日需要跟进的客户' },
  schedule: 'salesList',
  period: 'day',
  async build(context) {
    const { run, summary: stored } = await needResult(context, 'churn-risk');
    const summary = churnSummarySchema.parse(stored);
    const memory = memorySchema.safeParse(context.memory).data ?? null;
    const atRisk = await readAtRisk(context.reader, run);
    const last = new Map(context.findings.map((finding) => [finding.key, finding]));
    const told = atRisk.candidates
      .filter((candidate) => isWorthTelling(candidate.finding, last.get(candidate.finding.key), context.now))
      .slice(0, MAX_FINDINGS);
    const outcomes = await readOutcomes(context, run, memory?.open ?? {});
    const ordered = outcomes.filter((outcome) => outcome.orderedOn !== null);
    if (memory !== null && told.length === 0 && ordered.length === 0) return null;

    return {
      report: {
        language: context.language,
        headline: salesHeadline(context.language, run, told, ordered.length),
        parts: [
          ...(memory === null ? [introduction(context.language, sales)] : []),
          ...salesChanges(context.language, memory, summary.customers),
          ...salesItems(context.language, run, told),
          ...salesOutcomes(context.language, outcomes),
          ...salesChart(context.language, run, told),
          ...(atRisk.withheld === null
            ? []
            : [{ kind: 'text', text: say(context.language, atRisk.withheld) } as const]),
        ],
        trust: trustLine(context.language, run, summary.evidence_level, QUALITY),
      },
      told: told.map((candidate) => candidate.finding),
      resolved: ordered.map(({ finding, orderedOn }) => ({ finding, note: `ordered ${orderedOn}` })),
      memory: {
        runId: run.id,
        high: summary.customers.high,
        medium: summary.customers.medium,
        open: Object.fromEntries([
          ...outcomes.filter((outcome) => outcome.orderedOn === null).map(({ finding, since }) => [finding.key, since]),
          ...told.map((candidate) => [candidate.finding.key, dayOf(run)]),
        ]),
      } satisfies z.infer<typeof memorySchema>,
    } satisfies Edition;
  },
};

// The Swedish locale writes ISO dates.
function dayOf(run: Run): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: run.portfolio.timeZone, dateStyle: 'short' }).format(run.asOf);
}

/** What became of what was told and is still open. Customers that the channel may no longer see are left out. */
async function readOutcomes(
  context: DigestContext,
  run: Run,
  open: Readonly<Record<string, string>>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const finding of context.findings) {
    const since = open[finding.key];
    if (since === undefined || finding.state === 'resolved' || finding.state === 'not-useful') continue;
    const card = await context.reader.customer(run, finding.customerId);
    if (card === null) continue;
    const newest = card.purchases[0]?.day;
    outcomes.push({
      finding,
      name: card.name,
      since,
      orderedOn: newest !== undefined && newest > since ? newest : null,
    });
    if (outcomes.length === MOST_OUTCOMES) break;
  }
  return outcomes;
}
