import { z } from 'zod';
import { churnSummarySchema } from '../analyses/churn-summary.ts';
import { trustLine } from '../analyses/trust-line.ts';
import type { Run } from '../domain/results.ts';
import { isWorthTelling } from '../ledger/findings.ts';
import { say } from '../lib/text.ts';
import { type AtRisk, readAtRisk } from './at-risk.ts';
import { type Digest, type DigestContext, type Edition, MAX_FINDINGS } from './digest.ts';
import { introduction, needResult } from './edition-parts.ts';
import { type LateStep, readLateSteps } from './late-steps.ts';
import { type LikelyBuyer, readLikelyBuyers } from './likely-buyers.ts';
import {
  type Mentioned,
  type Outcome,
  salesBuyers,
  salesChanges,
  salesChart,
  salesHeadline,
  salesItems,
  salesOutcomes,
  salesSteps,
} from './sales-report.ts';

const memorySchema = z.object({
  runId: z.string(),
  high: z.number(),
  medium: z.number(),
  /** What was told and has not been resolved: the finding's key → the day (YYYY-MM-DD) of the data it was told from. */
  open: z.record(z.string(), z.string()),
});

const QUALITY = {
  en: 'ranked by risk × money, and by chance × usual order',
  zh: '按风险 × 金额、概率 × 通常订单金额排序',
};
/** Of the findings of an edition, when there are more than enough of every kind. */
const MOST_LIKELY = 2;
const LEAST_STEPS = 1;
const MOST_STEPS = 3;
// Each costs a read of the customer; older ones fall off the list.
const MOST_OUTCOMES = 20;

/**
 * Customers to call today: at risk or late by their own rhythm, and likely to buy, with the most money first; then those late
 * with what others usually buy next. A customer is named once.
 */
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
    const atRisk = await readAtRisk(context.reader, run, summary.revenue_at_risk !== null);
    const buyers = await readLikelyBuyers(context.reader, run, summary);
    const last = new Map(context.findings.map((finding) => [finding.key, finding]));
    const isNew = ({ finding }: AtRisk | LikelyBuyer | LateStep): boolean =>
      !context.takenElsewhere.has(finding.customerId) && isWorthTelling(finding, last.get(finding.key), context.now);
    const { told, likely, steps } = share(
      atRisk.candidates.filter(isNew),
      buyers.filter(isNew),
      (await readLateSteps(context.reader)).filter(isNew),
    );
    const findings = [...told, ...likely, ...steps].map(({ finding }) => finding);
    const mentioned: Mentioned = new Set();
    const outcomes = await readOutcomes(context, run, memory?.open ?? {});
    const ordered = outcomes.filter((outcome) => outcome.orderedOn !== null);
    if (memory !== null && findings.length === 0 && ordered.length === 0) return null;

    return {
      report: {
        language: context.language,
        headline: salesHeadline(context.language, run, { told, likely, steps, ordered: customersOf(ordered) }),
        parts: [
          ...(memory === null ? [introduction(context.language, sales)] : []),
          ...salesChanges(context.language, memory, summary.customers),
          ...salesItems(context.language, run, told, summary.outcome, mentioned),
          ...salesBuyers(context.language, run, likely, mentioned),
          ...salesSteps(context.language, steps, mentioned),
          ...salesOutcomes(context.language, outcomes),
          ...salesChart(context.language, run, told, likely),
          ...(atRisk.withheld === null
            ? []
            : [{ kind: 'text', text: say(context.language, atRisk.withheld) } as const]),
        ],
        trust: trustLine(context.language, run, summary.evidence_level, QUALITY),
      },
      told: findings,
      resolved: ordered.map(({ finding, orderedOn }) => ({ finding, note: `ordered ${orderedOn}` })),
      memory: {
        runId: run.id,
        high: summary.customers.high,
        medium: summary.customers.medium,
        open: Object.fromEntries([
          ...outcomes.filter((outcome) => outcome.orderedOn === null).map(({ finding, since }) => [finding.key, since]),
          ...findings.map(({ key }) => [key, dayOf(run)]),
        ]),
      } satisfies z.infer<typeof memorySchema>,
    } satisfies Edition;
  },
};

/** The first of each kind, five in all: what one kind leaves over goes to the next. Nobody is in two of them. */
function share(
  atRisk: readonly AtRisk[],
  buyers: readonly LikelyBuyer[],
  late: readonly LateStep[],
): { told: readonly AtRisk[]; likely: readonly LikelyBuyer[]; steps: readonly LateStep[] } {
  const first = [...atRisk.slice(0, MAX_FINDINGS), ...buyers.slice(0, MAX_FINDINGS)];
  const named = new Set(first.map(({ finding }) => finding.customerId));
  const others = late.filter(({ finding }) => !named.has(finding.customerId));
  const forSteps = Math.min(LEAST_STEPS, others.length);
  const forBuyers = Math.min(MOST_LIKELY, buyers.length);
  const told = atRisk.slice(0, MAX_FINDINGS - forBuyers - forSteps);
  const likely = buyers.slice(0, MAX_FINDINGS - told.length - forSteps);
  const left = MAX_FINDINGS - told.length - likely.length;
  return { told, likely, steps: others.slice(0, Math.min(MOST_STEPS, left)) };
}

const customersOf = (outcomes: readonly Outcome[]): number =>
  new Set(outcomes.map(({ finding }) => finding.customerId)).size;

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
