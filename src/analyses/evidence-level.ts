import type { EvidenceLevel } from '../domain/results.ts';
import { type Rhythm, rhythm } from '../features/expected-gap.ts';
import { atStake, leftWithin, type OutcomeEvents, seenReturns, waitDays } from './churn-outcome.ts';

/** What the evidence level is counted on: distinct eligible customers, never rows. */
export interface Evidence {
  readonly level: EvidenceLevel;
  readonly eligible: number;
  readonly gaps: number;
  /** At the newest complete cut-off; 0 and 0 where there is none. */
  readonly stopped: number;
  readonly ordered: number;
  readonly newestCutOffDay: number;
}

/** The highest level whose conditions all hold. */
export function evidenceLevel(counts: Omit<Evidence, 'level' | 'newestCutOffDay'>): EvidenceLevel {
  const { eligible, gaps, stopped, ordered } = counts;
  const rarer = Math.min(stopped, ordered);
  if (eligible < 20 || gaps < 10) return 0;
  if (eligible < 50 || rarer < 10) return 1;
  return eligible >= 200 && rarer >= 50 ? 3 : 2;
}

/** Counts what happened in the horizon after the newest cut-off C of which the outcome is known by `lastCompleteDay`. */
export function evidenceOf(events: OutcomeEvents, now: Rhythm, lastCompleteDay: number): Evidence {
  const newestCutOffDay = lastCompleteDay - events.horizonDays - waitDays(events.outcome);
  const then = atStake(events, rhythm(events.history, newestCutOffDay));
  const labels = leftWithin(events, newestCutOffDay, then);
  const stopped = labels.reduce((sum: number, label) => sum + label, 0);
  const eligible = atStake(events, now).length;
  const counts = { eligible, gaps: seenReturns(events, now), stopped, ordered: labels.length - stopped };
  return { ...counts, newestCutOffDay, level: evidenceLevel(counts) };
}
