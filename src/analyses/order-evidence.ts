import type { EvidenceLevel } from '../domain/results.ts';
import { noOrderLabels } from '../features/churn-features.ts';
import { eligibleCustomers, type Rhythm, rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { evidenceLevel } from './evidence-level.ts';

/**
 * The evidence level that the portfolio's orders carry, whatever the question: eligible customers and repeat gaps now, and
 * how many of those eligible at the newest complete cut-off ordered within the horizon or did not.
 */
export function orderEvidence(
  history: PurchaseHistory,
  now: Rhythm,
  horizonDays: number,
  lastCompleteDay: number,
): EvidenceLevel {
  const cutOff = lastCompleteDay - horizonDays;
  const then = eligibleCustomers(rhythm(history, cutOff), horizonDays);
  const stopped = noOrderLabels(history, cutOff, horizonDays, then).reduce((sum, label) => sum + label, 0);
  const eligible = eligibleCustomers(now, horizonDays).length;
  return evidenceLevel({ eligible, gaps: now.gaps, stopped, ordered: then.length - stopped });
}
