import { type Share, wilsonInterval } from '../models/difference-of-shares.ts';
import { ANSWER_SOURCES, type Answers, moodLimits, moodOf } from './service-answers.ts';
import type { Satisfaction } from './service-summary.ts';

/** Answers of this many days stand beside those of as many days before. */
export const ANSWER_DAYS = 90;

interface Tally {
  answers: number;
  satisfied: number;
  dissatisfied: number;
  sum: number;
}

/** How content customers say they are: each source with answers, lately and in the same time before. */
export function satisfactionOf(answers: Answers, today: number): Satisfaction[] {
  const now = ANSWER_SOURCES.map(() => emptyTally());
  const before = ANSWER_SOURCES.map(() => emptyTally());
  for (let k = 0; k < answers.day.length; k++) {
    const day = answers.day[k]!;
    if (day > today || day <= today - 2 * ANSWER_DAYS) continue;
    const tally = (day > today - ANSWER_DAYS ? now : before)[answers.source[k]!]!;
    const mood = moodOf(answers, k);
    tally.answers++;
    tally.sum += answers.score[k]!;
    if (mood === 'satisfied') tally.satisfied++;
    if (mood === 'dissatisfied') tally.dissatisfied++;
  }
  return ANSWER_SOURCES.flatMap((source, s): Satisfaction[] => {
    const scale = answers.scales[source];
    if (scale === null) return [];
    const limits = moodLimits(scale);
    return [
      {
        source,
        ...scale,
        satisfied_from: limits.satisfied,
        dissatisfied_below: limits.dissatisfied,
        now: periodOf(now[s]!),
        before: periodOf(before[s]!),
      },
    ];
  });
}

function emptyTally(): Tally {
  return { answers: 0, satisfied: 0, dissatisfied: 0, sum: 0 };
}

function periodOf({ answers, satisfied, dissatisfied, sum }: Tally): Satisfaction['now'] {
  const share: Share = { some: satisfied, all: answers };
  return {
    answers,
    satisfied,
    dissatisfied,
    mean: answers === 0 ? null : Math.round((sum / answers) * 100) / 100,
    share: answers === 0 ? null : wilsonInterval(share),
  };
}
