import type { EvidenceLevel } from '../domain/results.ts';
import { noOrderLabels } from '../features/churn-features.ts';
import { eligibleCustomers, type Rhythm, rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';

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

/** Counts what happened in the horizon after the newest cut-off C with C + H over by `lastCompleteDay`. */
export function evidenceOf(
  history: PurchaseHistory,
  now: Rhythm,
  horizonDays: number,
  lastCompleteDay: number,
): Evidence {
  const newestCutOffDay = lastCompleteDay - horizonDays;
  const then = eligibleCustomers(rhythm(history, newestCutOffDay), horizonDays);
  const labels = noOrderLabels(history, newestCutOffDay, horizonDays, then);
  const stopped = labels.reduce((sum: number, label) => sum + label, 0);
  const eligible = eligibleCustomers(now, horizonDays).length;
  const counts = { eligible, gaps: now.gaps, stopped, ordered: labels.length - stopped };
  return { ...counts, newestCutOffDay, level: evidenceLevel(counts) };
}
