import { eligibleCustomers, type Rhythm } from '../features/expected-gap.ts';

/**
 * The evidence level of answers that describe and predict nothing: 1 (rhythm) with at least 20 eligible customers and 10
 * repeat gaps, else 0 (facts). Higher levels are about outcomes, which these answers do not use.
 */
export function rhythmEvidence(rhythms: Rhythm, horizonDays: number): 0 | 1 {
  return eligibleCustomers(rhythms, horizonDays).length >= 20 && rhythms.gaps >= 10 ? 1 : 0;
}
