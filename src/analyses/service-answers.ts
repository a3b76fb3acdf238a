import { ENGAGEMENT_TYPES } from '../domain/crm.ts';
import type { EngagementHistory } from '../features/engagement-history.ts';
import type { TicketHistory } from '../features/ticket-history.ts';

const FEEDBACK = ENGAGEMENT_TYPES.indexOf('feedback');
/** Of the scale's length, from its lowest end: 4 and 5 of 1 to 5 are satisfied, 1 and 2 are not. */
const SATISFIED_FROM = 0.75;
const DISSATISFIED_BELOW = 0.5;

export const ANSWER_SOURCES = ['tickets', 'feedback'] as const;
export type AnswerSource = (typeof ANSWER_SOURCES)[number];
export type Mood = 'satisfied' | 'neutral' | 'dissatisfied';

export interface AnswerScale {
  readonly lowest: number;
  readonly highest: number;
}

/** Every answer of every customer about how content it is, by day. */
export interface Answers {
  /** n + 1 positions: customer i owns the rows `offsets[i]` to `offsets[i + 1] - 1`. */
  readonly offsets: Int32Array;
  /** The day from which the answer is known: the ticket's closing, the feedback's own; ascending within a customer. */
  readonly day: Int32Array;
  /** On the scale of its source. */
  readonly score: Float64Array;
  /** Positions in `ANSWER_SOURCES`. */
  readonly source: Uint8Array;
  /** By source; null where nobody answered. */
  readonly scales: Readonly<Record<AnswerSource, AnswerScale | null>>;
}

/**
 * Puts the answers to tickets and those given as feedback side by side, as known by the end of a day. Each source has one scale, told
 * by the highest answer seen by then; an answer that is no finite number is none.
 */
export function answersUpTo(
  { tickets, engagements }: { readonly tickets: TicketHistory; readonly engagements: EngagementHistory },
  lastDay: number,
): Answers {
  const offsets = new Int32Array(tickets.offsets.length);
  const rows: { day: number; score: number; source: number }[] = [];
  for (let i = 0; i + 1 < offsets.length; i++) {
    const own: typeof rows = [];
    for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]!; k++) {
      const score = tickets.satisfaction[k]!;
      const day = tickets.closedDay[k]!;
      if (day !== -1 && day <= lastDay && Number.isFinite(score)) own.push({ day, score, source: 0 });
    }
    for (let k = engagements.offsets[i]!; k < engagements.offsets[i + 1]!; k++) {
      const score = engagements.score[k]!;
      const day = engagements.day[k]!;
      if (engagements.type[k] === FEEDBACK && day <= lastDay && Number.isFinite(score)) {
        own.push({ day, score, source: 1 });
      }
    }
    rows.push(...own.sort((a, b) => a.day - b.day));
    offsets[i + 1] = rows.length;
  }
  const highest = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { score, source } of rows) highest[source] = Math.max(highest[source]!, score);
  return {
    offsets,
    day: Int32Array.from(rows, ({ day }) => day),
    score: Float64Array.from(rows, ({ score }) => score),
    source: Uint8Array.from(rows, ({ source }) => source),
    scales: { tickets: scaleUpTo(highest[0]!), feedback: scaleUpTo(highest[1]!) },
  };
}

/** The usual scales, by the highest answer seen: 0–1, 1–5, 1–7, 0–10, 0–100. */
function scaleUpTo(highest: number): AnswerScale | null {
  if (highest === Number.NEGATIVE_INFINITY) return null;
  if (highest <= 1) return { lowest: 0, highest: 1 };
  if (highest <= 5) return { lowest: 1, highest: 5 };
  if (highest <= 7) return { lowest: 1, highest: 7 };
  return { lowest: 0, highest: highest <= 10 ? 10 : Math.max(100, highest) };
}

/** The lowest answer that is satisfied, and the one below which it is dissatisfied. */
export function moodLimits({ lowest, highest }: AnswerScale): { satisfied: number; dissatisfied: number } {
  const at = (share: number): number => lowest + share * (highest - lowest);
  return { satisfied: at(SATISFIED_FROM), dissatisfied: at(DISSATISFIED_BELOW) };
}

export function moodOf(answers: Answers, k: number): Mood {
  const limits = moodLimits(answers.scales[ANSWER_SOURCES[answers.source[k]!]!]!);
  const score = answers.score[k]!;
  return score >= limits.satisfied ? 'satisfied' : score < limits.dissatisfied ? 'dissatisfied' : 'neutral';
}
