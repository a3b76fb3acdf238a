import { gapsUpTo, historySpan, horizonFrom } from '../features/horizon.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { kaplanMeier, survivalAt } from '../models/kaplan-meier.ts';

/** H where nothing was bought yet. */
const DEFAULT_HORIZON = 90;

/**
 * The horizon H of a portal. It is read off the first three quarters of the history: H is at most a quarter of it, so the newest
 * complete cut-off lies after them and H is settled by training data alone.
 */
export function chooseHorizon(history: PurchaseHistory, lastDay: number): number {
  const span = historySpan(history, lastDay);
  if (span === null) return DEFAULT_HORIZON;
  const trainingEnd = span.first + Math.floor((span.days * 3) / 4);
  const { durations, ended } = gapsUpTo(history, trainingEnd);
  const curve = kaplanMeier(durations, ended);
  return horizonFrom((days) => survivalAt(curve, days), span.days);
}
