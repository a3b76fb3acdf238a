import { CHURN_FEATURES, OFF_RHYTHM_COLUMN } from '../features/churn-features.ts';
import { rhythm } from '../features/expected-gap.ts';
import { sigmoid } from '../math/logistic.ts';
import { seededRandom } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import { pairedGain } from '../models/bootstrap.ts';
import { accuracy, areaUnderCurve, brierScore, calibrationError, logLosses } from '../models/classification-metrics.ts';
import { ENTRANTS, type EntrantName } from './churn-model.ts';
import { fitEntrant, modelLogOdds, SAMPLED_ROWS, scoringRows } from './churn-models.ts';
import {
  type ChurnEvents,
  FEWEST_OF_EACH,
  type Leak,
  leakIn,
  outcomesOf,
  prepareTraining,
  testPanel,
  trainingCutOffs,
  trainingPanel,
} from './churn-panel.ts';

/** One complete cut-off: everybody eligible then, judged by what happened in the horizon after it. */
export interface Trial {
  readonly cutOffDay: number;
  readonly trainingRows: number;
  readonly trainingRate: number;
  readonly testCustomers: number;
  /** How many they were drawn from at random: as many, unless there were more than can be tested on. */
  readonly drawnFrom: number;
  readonly testRate: number;
  readonly labels: Uint8Array;
  readonly overdueAuc: number;
  /** Of those who were tried. */
  readonly probabilities: ReadonlyMap<EntrantName, Float64Array>;
}

/** Its score does not split into exact shares, so that it could not say why: it is compared, and never used. */
const WITHOUT_REASONS: readonly EntrantName[] = ['neural-net'];
/** Whom the first of the others has to beat. */
const SIMPLEST: EntrantName = 'base-rate';
/** At evidence level 2: those that give an interval. */
const WITH_INTERVAL: readonly EntrantName[] = ['base-rate', 'overdue-ratio', 'mbg-nbd', 'ridge-logistic'];

/** Log loss below which a gain is none, however sure: two all but constant models differ by next to nothing, and surely so. */
export const LEAST_GAIN = 0.001;

/** Who competes at an evidence level, from simple to complex. */
export function entrantsAt(level: number): readonly EntrantName[] {
  return level === 3 ? ENTRANTS : WITH_INTERVAL;
}

/**
 * Null when the cut-off has too little on either side: fewer than ten of an outcome before it or after it. A leak where a
 * column knows too much. With the `newest` trial, only those are tried who can still win: at every cut-off an entrant has to
 * beat whoever leads when its turn comes, and one that did not at the newest needs no other.
 */
export function runTrial(
  events: ChurnEvents,
  cutOffDay: number,
  entrants: readonly EntrantName[],
  seed: number,
  newest: Trial | null = null,
): Trial | Leak | null {
  const cutOffs = trainingCutOffs(events, cutOffDay);
  if (cutOffs.length === 0) return null;
  const random = seededRandom(seed);
  // The test side's gaps ended by its cut-off, and so they are the training side's.
  const { portfolioMedianGap } = rhythm(events.history, cutOffDay);
  const train = trainingPanel(events, cutOffs, portfolioMedianGap, random);
  const test = testPanel(events, cutOffDay, portfolioMedianGap, random);
  for (const panel of [train, test]) {
    const { positives, negatives } = outcomesOf(panel);
    if (Math.min(positives, negatives) < FEWEST_OF_EACH) return null;
    const leak = leakIn(panel);
    if (leak !== null) return leak;
  }
  const { recipe, training } = prepareTraining(train, test.raw, random);
  const n = test.labels.length;
  const rows = scoringRows(recipe, test.raw);
  const p = CHURN_FEATURES.length;
  const trial = {
    cutOffDay,
    trainingRows: train.labels.length,
    trainingRate: mean(train.labels),
    testCustomers: n,
    drawnFrom: test.drawnFrom,
    testRate: mean(test.labels),
    labels: test.labels,
    overdueAuc: areaUnderCurve(
      Float64Array.from({ length: n }, (_, i) => test.raw[i * p + OFF_RHYTHM_COLUMN]!),
      test.labels,
    ),
    probabilities: new Map<EntrantName, Float64Array>(),
  };
  // Each draws from a source of its own, so that one more entrant changes nothing for the others.
  const probabilitiesOf = (name: EntrantName): Float64Array => {
    const own = seededRandom(seed * ENTRANTS.length + ENTRANTS.indexOf(name));
    return modelLogOdds(fitEntrant(name, training, own), rows).map(sigmoid);
  };
  let leader = SIMPLEST;
  for (const name of simplestFirst(entrants)) {
    if (newest !== null && name !== leader && !(mayLead(name) && isSure(gainOn(newest, leader, name)))) continue;
    trial.probabilities.set(name, probabilitiesOf(name));
    if (newest !== null && name !== leader && isSure(gainOn(trial, leader, name))) leader = name;
  }
  return trial;
}

export interface BoardRow {
  readonly model: EntrantName;
  /** At the newest complete cut-off. */
  readonly log_loss: number;
  readonly auc: number;
  /** 1 − Brier ÷ the base rate's Brier. */
  readonly brier_skill: number;
  readonly accuracy: number;
  readonly calibration_error: number;
  /** Rows that it learnt from. */
  readonly rows: number;
  /**
   * Log-loss gain on the incumbent that it met, newest cut-off first: at the newest alone where it could no longer win; empty for
   * the first incumbent.
   */
  readonly gains: { gain: number; standard_error: number }[];
  readonly replaced_incumbent: boolean;
  /** False where it could not say why: it is compared and never used. */
  readonly has_reasons: boolean;
}

/**
 * Each entrant, from simple to complex, replaces the incumbent when its paired log-loss gain exceeds one bootstrap standard
 * error, and a thousandth, in every trial (two disjoint complete cut-offs, or one where there is only one).
 */
export function decide(
  trials: readonly Trial[],
  entrants: readonly EntrantName[],
): { champion: EntrantName; board: BoardRow[] } {
  const newest = trials[0]!;
  const base = brierScore(newest.probabilities.get(SIMPLEST)!, newest.labels);
  let champion = SIMPLEST;
  const board: BoardRow[] = [];
  for (const model of simplestFirst(entrants)) {
    const met = model === SIMPLEST ? [] : trials.filter(({ probabilities }) => probabilities.has(model));
    const gains = met.map((trial) => gainOn(trial, champion, model));
    const hasReasons = mayLead(model);
    const wins = hasReasons && model !== SIMPLEST && gains.length === trials.length && gains.every(isSure);
    if (wins) champion = model;
    const probabilities = newest.probabilities.get(model)!;
    board.push({
      model,
      log_loss: mean(logLosses(probabilities, newest.labels)),
      auc: areaUnderCurve(probabilities, newest.labels),
      brier_skill: 1 - brierScore(probabilities, newest.labels) / base,
      accuracy: accuracy(probabilities, newest.labels),
      calibration_error: calibrationError(probabilities, newest.labels),
      rows: Math.min(newest.trainingRows, SAMPLED_ROWS[model] ?? newest.trainingRows),
      gains: gains.map(({ gain, standardError }) => ({ gain, standard_error: standardError })),
      replaced_incumbent: wins,
      has_reasons: hasReasons,
    });
  }
  return { champion, board };
}

function simplestFirst(entrants: readonly EntrantName[]): readonly EntrantName[] {
  return ENTRANTS.filter((name) => entrants.includes(name));
}

function mayLead(name: EntrantName): boolean {
  return !WITHOUT_REASONS.includes(name);
}

/** What the challenger's log loss is below the incumbent's; the same, whenever and wherever it is asked. */
function gainOn(
  { probabilities, labels }: Trial,
  incumbent: EntrantName,
  challenger: EntrantName,
): ReturnType<typeof pairedGain> {
  const losses = (name: EntrantName): Float64Array => logLosses(probabilities.get(name)!, labels);
  return pairedGain(losses(incumbent), losses(challenger), seededRandom(ENTRANTS.indexOf(challenger)));
}

function isSure({ gain, standardError }: { readonly gain: number; readonly standardError: number }): boolean {
  return gain > Math.max(standardError, LEAST_GAIN);
}
