import { z } from 'zod';
import { readServiceQueue } from '../analyses/service-queue.ts';
import { serviceSummarySchema } from '../analyses/service-summary.ts';
import { trustLine } from '../analyses/trust-line.ts';
import type { Run } from '../domain/results.ts';
import { type Finding, type FindingRecord, isWorthTelling } from '../ledger/findings.ts';
import { say } from '../lib/text.ts';
import { type Digest, type DigestContext, type Edition, MAX_FINDINGS } from './digest.ts';
import { introduction, needResult } from './edition-parts.ts';
import { CONCERNS, caseOf, readServiceCases, type ServiceCase, type ServiceCases } from './service-cases.ts';
import {
  type Ending,
  QUALITY,
  serviceChanges,
  serviceChart,
  serviceHeadline,
  serviceItems,
  serviceOutcomes,
} from './service-report.ts';

const memorySchema = z.object({
  open: z.number(),
  long: z.number(),
  unhappy: z.number(),
  /** What was told and has not ended: the finding's key → why it was told. */
  told: z.record(z.string(), z.enum(CONCERNS)),
});
type Memory = z.infer<typeof memorySchema>;

// Each costs a part of a read; older ones fall off the list.
const MOST_OUTCOMES = 50;

/** Customers to look after today: at risk with tickets behind it, unhappy, waiting for long; and what is unusual about tickets. */
export const service: Digest = {
  name: 'service',
  department: 'service',
  title: { en: 'Customers who need help today', zh: '今日需要关怀的客户' },
  schedule: 'serviceDigest',
  period: 'day',
  async build(context) {
    const { run, summary: stored } = await needResult(context, 'service');
    const summary = serviceSummarySchema.parse(stored);
    // Where no tickets and no answers are copied there is nothing that service could hear of.
    if (summary.tickets === 0 && summary.satisfaction.length === 0) return null;
    const memory = memorySchema.safeParse(context.memory).data ?? null;
    const found = await readServiceCases(context.reader, run);
    const last = new Map(context.findings.map((finding) => [finding.key, finding]));
    const ticketFinding = anomalyFinding(found);
    const isUnusual = ticketFinding !== null && isWorthTelling(ticketFinding, last.get(ticketFinding.key), context.now);
    const told = found.cases
      .filter(({ finding }) => !context.takenElsewhere.has(finding.customerId))
      .filter(({ finding }) => isNews(finding, last.get(finding.key), context.now))
      .slice(0, isUnusual ? MAX_FINDINGS - 1 : MAX_FINDINGS);
    const endings = await readEndings(context, run, memory?.told ?? {}, found);
    const ended = endings.filter((one) => one.how !== null);
    if (memory !== null && told.length === 0 && !isUnusual && ended.length === 0) return null;

    const { language } = context;
    const { open, unhappy } = summary;
    const { churn, basis, withheld } = found.queue;
    const view = {
      language,
      run,
      currency: run.portfolio.currency,
      horizonDays: summary.horizon_days,
      churn,
    };
    const waiting = endings.filter((one) => one.how === null && !one.isForgotten);
    return {
      report: {
        language,
        headline: serviceHeadline(view, told, isUnusual, ended.length),
        parts: [
          ...(memory === null ? [introduction(language, service)] : []),
          ...serviceChanges(language, memory, { open: open.tickets, long: open.long, unhappy }),
          ...serviceItems(
            view,
            told,
            isUnusual && found.tickets !== null ? { anomaly: found.tickets, finding: ticketFinding } : null,
          ),
          ...serviceOutcomes(language, ended, waiting.length),
          ...serviceChart(view, told, basis),
          ...(withheld === null ? [] : [{ kind: 'text', text: say(language, withheld) } as const]),
        ],
        trust: trustLine(language, run, basis === 'value' ? 0 : (churn?.evidence_level ?? 0), QUALITY[basis]),
      },
      told: [...told.map(({ finding }) => finding), ...(isUnusual ? [ticketFinding] : [])],
      resolved: ended.map(({ finding, how }) => ({ finding, note: how!.en })),
      memory: {
        open: open.tickets,
        long: open.long,
        unhappy,
        told: Object.fromEntries([
          ...waiting.map(({ finding, concern }) => [finding.key, concern]),
          ...told.map(({ finding }) => [finding.key, finding.band]),
        ]),
      } satisfies Memory,
    } satisfies Edition;
  },
};

/** As every finding, but that a less pressing reason than the one told before is no news. */
function isNews(finding: ServiceCase['finding'], last: FindingRecord | undefined, now: number): boolean {
  const order: readonly string[] = CONCERNS;
  const isLess = last !== undefined && order.indexOf(last.band) > order.indexOf(finding.band);
  return isWorthTelling(isLess ? { ...finding, band: last.band } : finding, last, now);
}

function anomalyFinding({ tickets }: ServiceCases): Finding | null {
  return tickets === null
    ? null
    : { key: `tickets:${tickets.key}`, customerId: '', band: tickets.direction, money: null };
}

/** What became of what was told: ended once nothing speaks for looking after the customer any more. */
async function readEndings(
  { reader, findings }: DigestContext,
  run: Run,
  told: Memory['told'],
  { cases }: ServiceCases,
): Promise<Ending[]> {
  const open = findings
    .filter(({ key, state }) => told[key] !== undefined && state !== 'resolved' && state !== 'not-useful')
    .slice(0, MOST_OUTCOMES);
  if (open.length === 0) return [];
  const queue = await readServiceQueue(reader, run, { customerIds: open.map(({ customerId }) => customerId) });
  const now = new Map(queue.customers.map((customer) => [customer.row.customerId, customer]));
  const bursts = new Map(cases.map(({ customer, burst }) => [customer.row.customerId, burst]));
  return open.flatMap((finding): Ending[] => {
    const customer = now.get(finding.customerId);
    const concern = told[finding.key];
    // Customers that the channel may no longer see are left out.
    if (customer === undefined || concern === undefined) return [];
    const isOn = caseOf(customer, queue, bursts.get(finding.customerId) ?? null) !== null;
    const { name } = customer.row;
    if (isOn) return [{ finding, concern, name, how: null, isForgotten: false }];
    const how = HOW[concern](customer);
    return [{ finding, concern, name, how, isForgotten: how === null }];
  });
}

type How = (customer: Parameters<typeof caseOf>[0]) => Ending['how'];

const byRisk: How = ({ risk }) => {
  if (risk?.band === 'lapsed') return { en: 'has lapsed', zh: '已流失' };
  if (risk?.band === 'low') return { en: 'is at low risk again', zh: '风险已降至低' };
  return { en: 'is not at risk with its tickets any more', zh: '不再存在与工单相关的风险' };
};

/** How each reason ended; null where nothing was heard, and only time has passed. */
const HOW: Readonly<Record<ServiceCase['finding']['band'], How>> = {
  'risk-high': byRisk,
  'risk-medium': byRisk,
  unhappy: ({ details }) =>
    details.answer === null ? null : { en: 'gave a better answer since', zh: '之后给出了更好的评价' },
  'long-open': ({ details }) =>
    details.open === 0
      ? { en: 'has no open ticket any more', zh: '已没有未关闭的工单' }
      : { en: 'has no ticket open for long any more', zh: '已没有长时间未关闭的工单' },
  burst: ({ details }) =>
    details.open === 0
      ? { en: 'has no open ticket any more', zh: '已没有未关闭的工单' }
      : { en: 'opens no more tickets than usual', zh: '工单数量已恢复正常' },
};
