import { isoDay, lastCompleteDay } from '../features/calendar.ts';
import { type EngagementHistory, readEngagementHistory } from '../features/engagement-history.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { readTicketHistory } from '../features/ticket-history.ts';
import { readUndatedCloses } from '../features/undated-closes.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { chooseOutcome, type OutcomeChoice, type OutcomeEvents, readOutcome } from './churn-outcome.ts';
import { ANSWER_SOURCES, type Answers, answersUpTo, moodOf } from './service-answers.ts';
import {
  LONG_OPEN_DAYS,
  PATTERNS,
  patternsAt,
  RECENT_DAYS,
  type TicketEvents,
  testPatterns,
} from './service-patterns.ts';
import { presentService } from './service-report.ts';
import { satisfactionOf } from './service-satisfaction.ts';
import { type ServiceDetails, type ServiceSummary, serviceSummarySchema } from './service-summary.ts';

export interface ServiceInput extends OutcomeEvents, Pick<TicketEvents, 'tickets' | 'undated'> {
  readonly customerIds: readonly string[];
  readonly engagements: EngagementHistory;
  /** Days since 1970-01-01 in the portal's zone. */
  readonly asOfDay: number;
  readonly lastCompleteDay: number;
  readonly choice: OutcomeChoice;
}

const SEVERE = 3;

export function computeService(input: ServiceInput): Drafted<ServiceSummary> {
  const { customerIds, tickets, undated, asOfDay, horizonDays } = input;
  const n = customerIds.length;
  const answers = answersUpTo(input, asOfDay);
  const test = testPatterns(input, input.lastCompleteDay);
  const preceding = PATTERNS.map((name) => test?.results.some((one) => one.pattern === name && one.precedes) === true);
  const value = new Float64Array(n).fill(Number.NaN);
  const label = new Array<string>(n).fill('');
  const band = new Array<string>(n).fill('');
  const open = { tickets: 0, customers: 0, oldest: null as number | null, long: 0, urgent: 0 };
  let unhappy = 0;
  const detailsOf = (i: number): ServiceDetails => {
    const shown = preceding.includes(true) ? patternsAt(input, answers, asOfDay, horizonDays, i) : [];
    return {
      ...openTicketsOf(input, i),
      answer: newestAnswer(answers, asOfDay, i),
      patterns: PATTERNS.filter((_, j) => preceding[j] === true && shown[j] === true),
    };
  };
  for (let i = 0; i < n; i++) {
    const own = detailsOf(i);
    if (own.answer?.mood === 'dissatisfied') {
      band[i] = 'unhappy';
      unhappy++;
    }
    if (own.oldest === null) continue;
    label[i] = 'open';
    value[i] = own.oldest;
    open.tickets += own.open;
    open.customers++;
    open.oldest = Math.max(open.oldest ?? 0, own.oldest);
    if (own.oldest > LONG_OPEN_DAYS) open.long++;
    if (own.priority >= SEVERE) open.urgent++;
  }
  return {
    summary: {
      horizon_days: horizonDays,
      outcome: input.choice,
      customers: n,
      tickets: tickets.openedDay.length,
      undated: undated.reduce((sum, one) => sum + one, 0),
      open,
      unhappy,
      satisfaction: satisfactionOf(answers, asOfDay),
      patterns:
        test === null
          ? null
          : {
              cut_off: isoDay(test.cutOffDay),
              customers: test.customers,
              left: test.left,
              results: [...test.results],
            },
    },
    model: null,
    scores: { value, label, band, evidence: new Uint8Array(n), details: (i) => JSON.stringify(detailsOf(i)) },
    matrix: null,
  };
}

function openTicketsOf(
  { tickets, undated, asOfDay }: ServiceInput,
  i: number,
): Pick<ServiceDetails, 'open' | 'oldest' | 'priority' | 'recent'> {
  let open = 0;
  let oldest: number | null = null;
  let priority = 0;
  let recent = 0;
  for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]!; k++) {
    const opened = tickets.openedDay[k]!;
    if (opened > asOfDay - RECENT_DAYS) recent++;
    if (tickets.closedDay[k] !== -1 || undated[k] === 1) continue;
    open++;
    oldest = Math.max(oldest ?? 0, asOfDay - opened);
    priority = Math.max(priority, tickets.priority[k]!);
  }
  return { open, oldest, priority, recent };
}

/** The last of the newest 90 days; where several came on one day, the least content of them. */
function newestAnswer(answers: Answers, asOfDay: number, i: number): ServiceDetails['answer'] {
  const order = { dissatisfied: 0, neutral: 1, satisfied: 2 } as const;
  let newest = -1;
  for (let k = answers.offsets[i]!; k < answers.offsets[i + 1]!; k++) {
    const day = answers.day[k]!;
    if (day > asOfDay || day <= asOfDay - RECENT_DAYS) continue;
    const isWorse = newest !== -1 && order[moodOf(answers, k)] < order[moodOf(answers, newest)];
    if (newest === -1 || day > answers.day[newest]! || isWorse) newest = k;
  }
  if (newest === -1) return null;
  const source = ANSWER_SOURCES[answers.source[newest]!]!;
  return {
    days_ago: asOfDay - answers.day[newest]!,
    score: answers.score[newest]!,
    highest: answers.scales[source]!.highest,
    source,
    mood: moodOf(answers, newest),
  };
}

/** Who waits for help, how content customers say they are, and which patterns of tickets precede leaving. */
export const service = defineAnalysis<ServiceInput, ServiceSummary>({
  name: 'service',
  title: { en: 'Customer service', zh: '客户服务' },
  summary: serviceSummarySchema,
  async read(context) {
    const { portal, portfolio } = context;
    const history = await readPurchaseHistory(portal);
    const { customerIds } = history;
    const { choice } = await chooseOutcome(context);
    return {
      customerIds,
      history,
      // One array of ids, so that it crosses to the worker once.
      tickets: { ...(await readTicketHistory(portal, portfolio)), customerIds },
      undated: await readUndatedCloses(portal, portfolio),
      engagements: { ...(await readEngagementHistory(portal, portfolio)), customerIds },
      horizonDays: portfolio.horizonDays,
      asOfDay: zonedDay(portfolio.asOf, portfolio.timeZone),
      lastCompleteDay: lastCompleteDay(portfolio.asOf, portfolio.timeZone),
      choice,
      outcome: await readOutcome(portal, portfolio, choice),
    };
  },
  compute: computeService,
  present: (summary, presentation) => presentService(summary, presentation, null),
  properties: [],
});
