import { isoDay } from '../features/calendar.ts';
import { CHURN_FEATURES } from '../features/churn-features.ts';
import type { Rhythm } from '../features/expected-gap.ts';
import { renewalsBetween } from '../features/renewals.ts';
import { sigmoid } from '../math/logistic.ts';
import { orderedColumn } from '../models/ordered-column.ts';
import { populationStability } from '../models/population-stability.ts';
import type { BoardRow, Trial } from './churn-board.ts';
import type { ChurnInput, Fitted } from './churn-input.ts';
import type { EntrantName } from './churn-model.ts';
import { churnNote } from './churn-note.ts';
import type { Leak } from './churn-panel.ts';
import { probabilitiesOf } from './churn-predict.ts';
import { calibrationBands, topLift } from './churn-quality.ts';
import type { Scored } from './churn-score.ts';
import type { ChurnSummary } from './churn-summary.ts';
import type { Evidence } from './evidence-level.ts';

interface Parts {
  readonly input: ChurnInput;
  readonly rhythms: Rhythm;
  readonly evidence: Evidence;
  readonly trials: readonly Trial[];
  readonly leak: Leak | null;
  readonly decision: { champion: EntrantName; board: BoardRow[] } | null;
  readonly fitted: Fitted | null;
  readonly scored: Scored;
  /** Rows of those who were scored. */
  readonly raw: Float64Array;
}

/** What a run says about the portal as a whole. */
export function summarise({
  input,
  rhythms,
  evidence,
  trials,
  leak,
  decision,
  fitted,
  scored,
  raw,
}: Parts): ChurnSummary {
  const { band, label } = scored.scores;
  const all = Int32Array.from(band.keys());
  const rowsOf = (wanted: string) => all.filter((i) => band[i] === wanted);
  const worth = (i: number): number => scored.worths[i]!;
  const atRisk = (i: number): number => scored.atRisk[i]!;
  const count = (wanted: string) => label.filter((standing) => standing === wanted).length;
  const moneyOf = (rows: Int32Array, of: (i: number) => number) => round2(rows.reduce((sum, i) => sum + of(i), 0));
  const winner = decision?.board.find((row) => row.model === decision.champion);
  const newest = trials[0];
  const probabilities = decision === null ? undefined : newest?.probabilities.get(decision.champion);
  const note = churnNote(evidence, trials, decision, { ...input, leak, baseRate: baseRateOf(fitted) });
  return {
    horizon_days: input.horizonDays,
    outcome: input.choice,
    business: input.business,
    renewals: renewalsOf(input),
    currency: input.currency,
    evidence_level: evidence.level,
    model: decision?.champion ?? null,
    auc: winner?.auc ?? null,
    log_loss: winner?.log_loss ?? null,
    base_log_loss: decision?.board[0]?.log_loss ?? null,
    overdue_auc: newest?.overdueAuc ?? null,
    note: note.en,
    note_zh: note.zh,
    board: decision?.board ?? [],
    trials: trials.map((trial) => ({
      cut_off: isoDay(trial.cutOffDay),
      training_rows: trial.trainingRows,
      training_rate: trial.trainingRate,
      test_customers: trial.testCustomers,
      ...(trial.drawnFrom > trial.testCustomers ? { test_drawn_from: trial.drawnFrom } : {}),
      test_rate: trial.testRate,
    })),
    calibration:
      newest === undefined || probabilities === undefined ? [] : calibrationBands(probabilities, newest.labels),
    lift:
      newest === undefined || probabilities === undefined || decision?.champion === 'base-rate'
        ? null
        : topLift(probabilities, newest.labels),
    kept: [...(fitted?.kept ?? [])],
    left_out: (fitted?.moved ?? []).map(({ feature, psi }) => ({ feature, psi: round4(psi) })),
    training_rows: fitted?.trainingRows ?? 0,
    drift: fitted === null ? null : driftOf(fitted, raw),
    outcomes: { stopped: evidence.stopped, ordered: evidence.ordered },
    customers: {
      total: label.length,
      eligible: count('eligible'),
      lapsed: count('lapsed'),
      too_new: count('too-new'),
      under_contract: count('under-contract'),
      low: rowsOf('low').length,
      medium: rowsOf('medium').length,
      high: rowsOf('high').length,
    },
    revenue_at_risk: fitted === null ? null : moneyOf(all, atRisk),
    by_band: (['high', 'medium', 'low'] as const).map((name) => {
      const rows = rowsOf(name);
      return {
        band: name,
        customers: rows.length,
        value: moneyOf(rows, worth),
        at_risk: fitted === null ? null : moneyOf(rows, atRisk),
      };
    }),
    lapsed_value: moneyOf(rowsOf('lapsed'), worth),
    portfolio_gap: Number.isFinite(rhythms.portfolioMedianGap) ? round4(rhythms.portfolioMedianGap) : null,
    yearly: rhythms.isYearly.reduce((sum, isYearly) => sum + isYearly, 0),
  };
}

/** The probability that a model without columns gives everybody. */
function baseRateOf(fitted: Fitted | null): number {
  const model = fitted?.champion.model;
  return model?.kind === 'linear' ? sigmoid(model.intercept) : Number.NaN;
}

function renewalsOf({ outcome, asOfDay }: ChurnInput): ChurnSummary['renewals'] {
  if (outcome.kind !== 'no-renewal') return null;
  return renewalsBetween(outcome.terms, asOfDay - 365, asOfDay, outcome.graceDays);
}

/** How far those who are scored today are from those whom the champion learnt from; null without anybody to score. */
function driftOf({ champion, kept, trainingRaw }: Fitted, raw: Float64Array): ChurnSummary['drift'] {
  if (raw.length === 0) return null;
  const p = CHURN_FEATURES.length;
  const stability = (before: Float64Array, now: Float64Array, width: number, j: number) =>
    round4(populationStability(orderedColumn(before, width, j), orderedColumn(now, width, j)));
  const names = new Set(kept.map(({ feature }) => feature.replace(/_is_missing$/, '')));
  const features = CHURN_FEATURES.flatMap(({ name }, j) =>
    names.has(name) ? [{ feature: name, psi: stability(trainingRaw, raw, p, j) }] : [],
  );
  return {
    score: stability(probabilitiesOf(champion, trainingRaw), probabilitiesOf(champion, raw), 1, 0),
    features: features.toSorted((a, b) => b.psi - a.psi).slice(0, 3),
  };
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
