import { isoDay } from '../features/calendar.ts';
import { CHURN_FEATURES, churnFeatures } from '../features/churn-features.ts';
import {
  eligibleCustomers,
  LAPSED_FROM,
  LATE_FROM,
  type Rhythm,
  rhythm,
  standingOf,
} from '../features/expected-gap.ts';
import { netMoney, valueInDays } from '../features/value-rate.ts';
import { sigmoid } from '../math/logistic.ts';
import { seededRandom } from '../math/random.ts';
import { applyDesign, type DesignRecipe } from '../models/design-matrix.ts';
import type { Computed, ComputedScores } from './analysis.ts';
import { type BoardRow, decide, runTrial, type Trial } from './churn-board.ts';
import { explainer, round } from './churn-explain.ts';
import {
  ENTRANTS,
  type EntrantName,
  fitEntrant,
  type Scorecard,
  scorecardErrors,
  scorecardLogOdds,
} from './churn-models.ts';
import { churnNote } from './churn-note.ts';
import { type ChurnEvents, columnName, prepareTraining, trainingCutOffs, trainingPanel } from './churn-panel.ts';
import { calibrationBands, topLift } from './churn-quality.ts';
import type { ChurnDetails, ChurnSummary } from './churn-summary.ts';
import { type Evidence, evidenceOf } from './evidence-level.ts';

export interface ChurnInput extends ChurnEvents {
  readonly customerIds: readonly string[];
  readonly asOfDay: number;
  readonly lastCompleteDay: number;
  readonly currency: string;
  /** The risk that the last run gave, by customer; NaN where it gave none. */
  readonly lastRisk: Float64Array;
}

/** Where a probability becomes medium, and where high. */
export const MEDIUM_FROM = 0.3;
export const HIGH_FROM = 0.6;
/** The normal quantile of an 80 % interval. */
const INTERVAL_WIDTH = 1.2815515655446004;

interface Champion {
  readonly card: Scorecard;
  readonly recipe: DesignRecipe;
  readonly kept: readonly { feature: string; share: number }[];
  readonly trainingRows: number;
  readonly cutOffs: readonly number[];
  readonly portfolioMedianGap: number;
}

export function computeChurn(input: ChurnInput, seed: number): Computed<ChurnSummary> {
  const rhythms = rhythm(input.history, input.asOfDay);
  const evidence = evidenceOf(input.history, rhythms, input.horizonDays, input.lastCompleteDay);
  const entrants = evidence.level === 3 ? ENTRANTS : ENTRANTS.filter((name) => name !== 'textbook-logistic');
  const trials = evidence.level >= 2 ? trialsOf(input, entrants, evidence.newestCutOffDay, seed) : [];
  const decision = trials.length === 0 ? null : decide(trials, entrants, seededRandom(seed + 2));
  const champion = decision === null ? null : refit(input, decision.champion, rhythms, seed + 3);
  // Without a board nothing was shown to be better than a guess, whatever the counts say.
  const level = decision === null && evidence.level > 1 ? 1 : evidence.level;
  const scored = scoreCustomers(input, rhythms, { ...evidence, level }, champion);
  return {
    summary: summarise(input, rhythms, { ...evidence, level }, trials, decision, champion, scored),
    model:
      champion === null
        ? null
        : { ...champion, columns: CHURN_FEATURES.map(({ name }) => name), horizonDays: input.horizonDays },
    scores: scored.scores,
    matrix: { columns: CHURN_FEATURES.length, values: scored.matrix },
  };
}

/** The newest complete cut-off, and the one whose horizon ends where that one begins. */
function trialsOf(input: ChurnInput, entrants: readonly EntrantName[], newest: number, seed: number): Trial[] {
  const first = runTrial(input, newest, entrants, seed);
  if (first === null) return [];
  const second = runTrial(input, newest - input.horizonDays, entrants, seed + 1);
  return second === null ? [first] : [first, second];
}

/** The champion again, on every complete cut-off. */
function refit(input: ChurnInput, name: EntrantName, rhythms: Rhythm, seed: number): Champion {
  const random = seededRandom(seed);
  const cutOffs = trainingCutOffs(input, input.lastCompleteDay);
  const panel = trainingPanel(input, cutOffs, rhythms.portfolioMedianGap, random);
  const { recipe, training, shares } = prepareTraining(panel, random);
  return {
    card: fitEntrant(name, training, random),
    recipe,
    kept: training.kept.map((column) => ({ feature: columnName(recipe, column), share: shares[column]! })),
    trainingRows: panel.labels.length,
    cutOffs,
    portfolioMedianGap: rhythms.portfolioMedianGap,
  };
}

interface Scored {
  readonly scores: ComputedScores;
  readonly details: readonly ChurnDetails[];
  readonly matrix: Float64Array;
}

/**
 * `others`: rows (× CHURN_FEATURES.length) of eligible customers that are not in `input`, against whom reasons are told as
 * against the rest of it.
 */
export function scoreCustomers(
  input: ChurnInput,
  rhythms: Rhythm,
  evidence: Pick<Evidence, 'level' | 'stopped'>,
  champion: Pick<Champion, 'card' | 'recipe'> | null,
  others: Float64Array = new Float64Array(),
): Scored {
  const n = input.customerIds.length;
  const p = CHURN_FEATURES.length;
  const eligible = eligibleCustomers(rhythms, input.horizonDays);
  const raw = churnFeatures(input.history, input.tickets, rhythms, input.horizonDays, eligible);
  const risks = champion === null ? null : riskOf(champion, joined(raw, others));
  const money = netMoney(input.history, rhythms);
  const rowOf = new Int32Array(n).fill(-1);
  const matrix = new Float64Array(n * p).fill(Number.NaN);
  eligible.forEach((i, row) => {
    rowOf[i] = row;
    matrix.set(raw.subarray(row * p, (row + 1) * p), i * p);
  });
  const value = new Float64Array(n).fill(Number.NaN);
  const label: string[] = [];
  const band: string[] = [];
  const levels = new Uint8Array(n);
  const details: ChurnDetails[] = [];
  for (let i = 0; i < n; i++) {
    const standing = standingOf(rhythms, i, input.horizonDays);
    const row = rowOf[i]!;
    const worth = round2(valueInDays(rhythms, money, i, input.horizonDays));
    const risk = risks === null || row === -1 ? null : risks.at(row);
    if (risk !== null) value[i] = risk.probability;
    if (standing === 'lapsed') value[i] = input.lastRisk[i]!;
    label.push(standing);
    band.push(standing === 'eligible' ? bandOf(evidence, risk?.probability ?? null, rhythms.offRhythm[i]!) : standing);
    levels[i] = standing === 'eligible' ? evidence.level : 0;
    details.push({
      standing,
      days_since: rhythms.purchases[i] === 0 ? null : input.asOfDay - rhythms.lastDay[i]!,
      expected_gap: finite(rhythms.expectedGap[i]!),
      off_rhythm: finite(rhythms.offRhythm[i]!),
      orders: rhythms.purchases[i]!,
      value: worth,
      at_risk: risk === null ? null : round2(risk.probability * worth),
      interval: risk?.interval ?? null,
      baseline: risk?.baseline ?? null,
      log_odds: risk?.logOdds ?? null,
      up: risk?.up ?? [],
      down: risk?.down ?? [],
      other: risk?.other ?? 0,
    });
  }
  return {
    scores: { value, label, band, evidence: levels, details: details.map((detail) => JSON.stringify(detail)) },
    details,
    matrix,
  };
}

function riskOf({ card, recipe }: Pick<Champion, 'card' | 'recipe'>, raw: Float64Array) {
  const q = recipe.columns.length;
  const n = raw.length / CHURN_FEATURES.length;
  const design = applyDesign(recipe, raw);
  const odds = scorecardLogOdds(card, design, q, n);
  const errors = scorecardErrors(card, design, q);
  const explain = explainer(card, recipe, design, raw);
  return {
    at: (row: number) => {
      const centre = odds[row]!;
      const width = errors === null ? null : INTERVAL_WIDTH * errors[row]!;
      const interval: [number, number] | null =
        width === null ? null : [round4(sigmoid(centre - width)), round4(sigmoid(centre + width))];
      return { probability: sigmoid(centre), logOdds: round(centre), interval, ...explain(row) };
    },
  };
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
  if (probability !== null) return probability >= HIGH_FROM ? 'high' : probability >= MEDIUM_FROM ? 'medium' : 'low';
  if (evidence.level === 0 || Number.isNaN(offRhythm)) return '';
  if (offRhythm < LATE_FROM) return 'low';
  return offRhythm >= LAPSED_FROM && evidence.stopped > 0 ? 'high' : 'medium';
}

function summarise(
  input: ChurnInput,
  rhythms: Rhythm,
  evidence: Evidence,
  trials: readonly Trial[],
  decision: { champion: EntrantName; board: BoardRow[] } | null,
  champion: Champion | null,
  scored: Scored,
): ChurnSummary {
  const { band, label } = scored.scores;
  const rowsOf = (wanted: string) => scored.details.filter((_, i) => band[i] === wanted);
  const count = (wanted: string) => label.filter((standing) => standing === wanted).length;
  const moneyOf = (rows: readonly ChurnDetails[], of: (row: ChurnDetails) => number) =>
    round2(rows.reduce((sum, row) => sum + of(row), 0));
  const winner = decision?.board.find((row) => row.model === decision.champion);
  const newest = trials[0];
  const probabilities = decision === null ? undefined : newest?.probabilities.get(decision.champion);
  const note = churnNote(evidence, trials, decision, input.horizonDays);
  return {
    horizon_days: input.horizonDays,
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
      test_rate: trial.testRate,
    })),
    calibration:
      newest === undefined || probabilities === undefined ? [] : calibrationBands(probabilities, newest.labels),
    lift:
      newest === undefined || probabilities === undefined || decision?.champion === 'base-rate'
        ? null
        : topLift(probabilities, newest.labels),
    kept: [...(champion?.kept ?? [])],
    training_rows: champion?.trainingRows ?? 0,
    outcomes: { stopped: evidence.stopped, ordered: evidence.ordered },
    customers: {
      total: label.length,
      eligible: count('eligible'),
      lapsed: count('lapsed'),
      too_new: count('too-new'),
      low: rowsOf('low').length,
      medium: rowsOf('medium').length,
      high: rowsOf('high').length,
    },
    revenue_at_risk: champion === null ? null : moneyOf(scored.details, (row) => row.at_risk ?? 0),
    by_band: (['high', 'medium', 'low'] as const).map((name) => {
      const rows = rowsOf(name);
      return {
        band: name,
        customers: rows.length,
        value: moneyOf(rows, (row) => row.value),
        at_risk: champion === null ? null : moneyOf(rows, (row) => row.at_risk ?? 0),
      };
    }),
    lapsed_value: moneyOf(rowsOf('lapsed'), (row) => row.value),
    portfolio_gap: finite(rhythms.portfolioMedianGap),
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  if (second.length === 0) return first;
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? round4(value) : null;
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
