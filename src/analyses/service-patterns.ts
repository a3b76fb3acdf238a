import type { EngagementHistory } from '../features/engagement-history.ts';
import { rhythm } from '../features/expected-gap.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { benjaminiHochberg } from '../models/benjamini-hochberg.ts';
import { differenceOfShares, type Estimate, wilsonInterval } from '../models/difference-of-shares.ts';
import { fisherExact } from '../models/fisher-exact.ts';
import { atStake, leftWithin, type OutcomeEvents, waitDays } from './churn-outcome.ts';
import { type Answers, answersUpTo, moodOf } from './service-answers.ts';

/** What a customer's tickets may look like: a closed list, so that nothing is found by trying until something is. */
export const PATTERNS = [
  'any-ticket',
  'many-tickets',
  'more-tickets',
  'urgent-ticket',
  'long-open',
  'slow-close',
  'came-back',
  'dissatisfied',
] as const;
export type PatternName = (typeof PATTERNS)[number];

/** Tickets and answers count for this many days. */
export const RECENT_DAYS = 90;
export const MANY_TICKETS = 3;
/** Tickets of the last H days against those of the H days before. */
export const MORE_TIMES = 2;
export const LONG_OPEN_DAYS = 14;
export const SLOW_DAYS = 7;
export const CAME_BACK_DAYS = 14;
const SEVERE = 3;
/** Of the patterns that are told to precede leaving, at most this share is expected to be chance. */
export const FALSE_DISCOVERY_RATE = 0.05;
/** With fewer customers on either side a pattern is counted and not tested. */
export const FEWEST = 5;

export interface TicketEvents {
  readonly tickets: TicketHistory;
  /** Row by row of the tickets: 1 where it is closed and nobody knows since when. */
  readonly undated: Uint8Array;
}

/** How many of the customers with a pattern left, and of those without it. */
export interface PatternResult {
  readonly pattern: PatternName;
  readonly with: { readonly customers: number; readonly left: number };
  readonly without: { readonly customers: number; readonly left: number };
  /** Fisher's exact p, one-sided, adjusted for the list; null where there are too few to test. */
  readonly adjusted_p: number | null;
  /** Share with − share without; null where one of them is a share of nobody. */
  readonly difference: Estimate | null;
  readonly share: { readonly with: Estimate | null; readonly without: Estimate | null };
  readonly precedes: boolean;
}

export interface PatternTest {
  /** Days since 1970-01-01: patterns are what was known by its end, leaving is what came after it. */
  readonly cutOffDay: number;
  readonly customers: number;
  readonly left: number;
  readonly results: readonly PatternResult[];
}

/**
 * Which patterns of support tickets precede leaving?
 *
 * Takes every customer whose outcome was open at the newest cut-off C of which the whole horizon is over by `lastCompleteDay`, so that
 * each is counted once and the tables hold independent cases. A pattern is read off what was known at the end of C; leaving is what
 * the churn analysis calls so, in (C, C + H].
 *
 * Assumptions: 1. customers are independent of each other; 2. a ticket's priority was at C what it is today, since the CRM's history of
 * it is not copied; a ticket that is closed without a date was not open for long. Fisher's exact test, one-sided (leaving is commoner with the pattern), with Benjamini and Hochberg's
 * adjustment over the patterns tested; which are tested depends on the margins alone. Shares with Wilson's interval, differences
 * with Newcombe's. Null where leaving is not asked about, or nobody was active at C. Cost: one pass over the events.
 */
export function testPatterns(
  events: OutcomeEvents & TicketEvents & { readonly engagements: EngagementHistory },
  lastCompleteDay: number,
): PatternTest | null {
  const { outcome, horizonDays } = events;
  if (outcome.kind === 'none') return null;
  const cutOffDay = lastCompleteDay - horizonDays - waitDays(outcome);
  const customers = atStake(events, rhythm(events.history, cutOffDay));
  if (customers.length === 0) return null;
  const labels = leftWithin(events, cutOffDay, customers);
  const answers = answersUpTo(events, cutOffDay);
  const n = customers.length;
  let left = 0;
  const held = new Int32Array(PATTERNS.length);
  const heldLeft = new Int32Array(PATTERNS.length);
  for (let row = 0; row < n; row++) {
    left += labels[row]!;
    const own = patternsAt(events, answers, cutOffDay, horizonDays, customers[row]!);
    for (let j = 0; j < PATTERNS.length; j++) {
      if (!own[j]) continue;
      held[j] = held[j]! + 1;
      heldLeft[j] = heldLeft[j]! + labels[row]!;
    }
  }
  const isTested = PATTERNS.map((_, j) => Math.min(held[j]!, n - held[j]!) >= FEWEST && left > 0 && left < n);
  const tested = PATTERNS.flatMap((_, j) => (isTested[j] ? [j] : []));
  const adjusted = benjaminiHochberg(tested.map((j) => fisherExact(heldLeft[j]!, held[j]!, left, n)));
  return {
    cutOffDay,
    customers: n,
    left,
    results: PATTERNS.map((pattern, j): PatternResult => {
      const a = { some: heldLeft[j]!, all: held[j]! };
      const b = { some: left - heldLeft[j]!, all: n - held[j]! };
      const p = isTested[j] ? adjusted[tested.indexOf(j)]! : null;
      return {
        pattern,
        with: { customers: a.all, left: a.some },
        without: { customers: b.all, left: b.some },
        adjusted_p: p,
        difference: a.all > 0 && b.all > 0 ? differenceOfShares(a, b) : null,
        share: { with: a.all > 0 ? wilsonInterval(a) : null, without: b.all > 0 ? wilsonInterval(b) : null },
        precedes: p !== null && p <= FALSE_DISCOVERY_RATE,
      };
    }),
  };
}

/** Which of `PATTERNS` customer i shows by the end of a day; nothing of a ticket's end before it was closed, no later answer. */
export function patternsAt(
  { tickets, undated }: TicketEvents,
  answers: Answers,
  day: number,
  horizonDays: number,
  i: number,
): boolean[] {
  let recent = 0;
  let inHorizon = 0;
  let before = 0;
  let isUrgent = false;
  let isLongOpen = false;
  let isSlow = false;
  let cameBack = false;
  for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]! && tickets.openedDay[k]! <= day; k++) {
    const opened = tickets.openedDay[k]!;
    const closed = tickets.closedDay[k]!;
    const isRecent = opened > day - RECENT_DAYS;
    if (opened > day - horizonDays) inHorizon++;
    else if (opened > day - 2 * horizonDays) before++;
    if (isRecent) {
      recent++;
      isUrgent ||= tickets.priority[k]! >= SEVERE;
      cameBack ||= followsAClosedOne(tickets, i, k);
    }
    if (closed !== -1 && closed <= day) isSlow ||= closed > day - RECENT_DAYS && closed - opened > SLOW_DAYS;
    else isLongOpen ||= undated[k] === 0 && day - opened > LONG_OPEN_DAYS;
  }
  let isDissatisfied = false;
  for (let k = answers.offsets[i]!; k < answers.offsets[i + 1]! && answers.day[k]! <= day; k++) {
    isDissatisfied ||= answers.day[k]! > day - RECENT_DAYS && moodOf(answers, k) === 'dissatisfied';
  }
  return [
    recent > 0,
    recent >= MANY_TICKETS,
    inHorizon >= MANY_TICKETS && inHorizon >= MORE_TIMES * before,
    isUrgent,
    isLongOpen,
    isSlow,
    cameBack,
    isDissatisfied,
  ];
}

/** Whether ticket k was opened within 14 days after an earlier one of the customer was closed. */
function followsAClosedOne(tickets: TicketHistory, i: number, k: number): boolean {
  const opened = tickets.openedDay[k]!;
  for (let m = tickets.offsets[i]!; m < k; m++) {
    const closed = tickets.closedDay[m]!;
    if (closed !== -1 && closed <= opened && opened <= closed + CAME_BACK_DAYS) return true;
  }
  return false;
}
