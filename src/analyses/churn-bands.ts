import { LAPSED_FROM, LATE_FROM } from '../features/expected-gap.ts';
import type { Evidence } from './evidence-level.ts';

/** Where a probability becomes medium, and where high. */
export const MEDIUM_FROM = 0.3;
export const HIGH_FROM = 0.6;

export function bandOfRisk(probability: number): 'low' | 'medium' | 'high' {
  return probability >= HIGH_FROM ? 'high' : probability >= MEDIUM_FROM ? 'medium' : 'low';
}

/**
 * By probability where there is one; by rhythm at evidence level 1, where nobody is at high risk if nobody was seen to stop;
 * facts only below.
 */
export function bandOf(
  evidence: Pick<Evidence, 'level' | 'stopped'>,
  probability: number | null,
  offRhythm: number,
): 'low' | 'medium' | 'high' | '' {
  if (probability !== null) return bandOfRisk(probability);
  if (evidence.level === 0 || Number.isNaN(offRhythm)) return '';
  if (offRhythm < LATE_FROM) return 'low';
  return offRhythm >= LAPSED_FROM && evidence.stopped > 0 ? 'high' : 'medium';
}
