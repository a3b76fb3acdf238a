import { CHURN_FEATURES, type CustomerEvents, churnFeatures, OFF_RHYTHM_COLUMN } from '../features/churn-features.ts';
import { type Rhythm, rhythm } from '../features/expected-gap.ts';
import { historySpan } from '../features/horizon.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { areaUnderCurve } from '../models/classification-metrics.ts';
import { selectStable } from '../models/stability-selection.ts';
import type { Buyers } from './churn-buyers.ts';
import type { TrainingSet } from './churn-folds.ts';
import { atStake, leftWithin, type OutcomeEvents, waitDays } from './churn-outcome.ts';
import { type ChurnRecipe, churnDesign, fitChurnRecipe, type MovedFeature } from './churn-recipe.ts';

/** The dated events that churn is learnt from. */
export interface ChurnEvents extends OutcomeEvents, CustomerEvents {}

/** Eligible customers at some cut-offs, with what was known of them then. */
export interface Panel {
  readonly customers: Int32Array;
  /** customers.length × CHURN_FEATURES.length, row-major, NaN = missing. */
  readonly raw: Float64Array;
  readonly labels: Uint8Array;
}

export interface TrainingPanel extends Panel {
  readonly buyers: Buyers | null;
  readonly horizonDays: number;
}

/** Rows that training takes at most, all cut-offs together. */
export const MAX_TRAINING_ROWS = 50_000;
/** Customers that models are compared on at most, at one cut-off. */
export const MAX_TEST_ROWS = 100_000;
const MAX_CUT_OFFS = 12;
/** From here on a single column that tells the outcomes apart is taken for a leak. */
export const LEAK_AUC = 0.97;
/** With fewer of an outcome, a high AUC is easily chance. */
export const FEWEST_OF_EACH = 10;
const SEASON = CHURN_FEATURES.findIndex(({ name }) => name === 'season_due');

/**
 * The training cut-offs before a test cut-off: `lastDay` − H back in steps of a quarter of H (a week at least), twelve at
 * most, none with less than half a horizon of history behind it.
 */
export function trainingCutOffs(events: ChurnEvents, newestLabelDay: number): number[] {
  const newest = newestLabelDay - events.horizonDays - waitDays(events.outcome);
  const span = historySpan(events.history, newestLabelDay);
  if (span === null) return [];
  const step = Math.max(7, Math.round(events.horizonDays / 4));
  const earliest = span.first + Math.ceil(events.horizonDays / 2);
  const cutOffs: number[] = [];
  for (let day = newest; day >= earliest && cutOffs.length < MAX_CUT_OFFS; day -= step) {
    cutOffs.push(day);
  }
  return cutOffs;
}

/** All eligible customers at one cut-off; of more than can be tested on, a seeded sample. */
export function testPanel(
  events: ChurnEvents,
  cutOffDay: number,
  portfolioMedianGap: number,
  random: RandomSource,
): Panel & { readonly drawnFrom: number } {
  const rhythms = rhythm(events.history, cutOffDay, { portfolioMedianGap });
  const all = atStake(events, rhythms);
  return { ...panelAt(events, rhythms, sample(all, MAX_TEST_ROWS, random)), drawnFrom: all.length };
}

/** A seeded sample of the eligible customers at each cut-off. */
export function trainingPanel(
  events: ChurnEvents,
  cutOffs: readonly number[],
  portfolioMedianGap: number,
  random: RandomSource,
): TrainingPanel {
  const quota = Math.floor(MAX_TRAINING_ROWS / Math.max(1, cutOffs.length));
  const panels = cutOffs.map((cutOffDay) => {
    const rhythms = rhythm(events.history, cutOffDay, { portfolioMedianGap });
    return panelAt(events, rhythms, sample(atStake(events, rhythms), quota, random));
  });
  const rows = panels.reduce((sum, panel) => sum + panel.customers.length, 0);
  const customers = new Int32Array(rows);
  const raw = new Float64Array(rows * CHURN_FEATURES.length);
  const labels = new Uint8Array(rows);
  let at = 0;
  for (const panel of panels) {
    customers.set(panel.customers, at);
    raw.set(panel.raw, at * CHURN_FEATURES.length);
    labels.set(panel.labels, at);
    at += panel.customers.length;
  }
  return { customers, raw, labels, buyers: buyersAt(events, cutOffs[0]), horizonDays: events.horizonDays };
}

/** Every buyer's rhythm at the newest cut-off; null where leaving is no matter of buying again. */
function buyersAt({ history, outcome }: ChurnEvents, cutOffDay: number | undefined): Buyers | null {
  if (outcome.kind !== 'no-order' || cutOffDay === undefined) return null;
  const { purchases, firstDay, lastDay } = rhythm(history, cutOffDay);
  const bought = Array.from(purchases.keys()).filter((i) => purchases[i]! > 0);
  return {
    frequency: Float64Array.from(bought, (i) => purchases[i]! - 1),
    recency: Float64Array.from(bought, (i) => lastDay[i]! - firstDay[i]!),
    age: Float64Array.from(bought, (i) => cutOffDay - firstDay[i]!),
  };
}

function panelAt(events: ChurnEvents, rhythms: Rhythm, customers: Int32Array): Panel {
  return {
    customers,
    raw: churnFeatures(events, rhythms, events.horizonDays, customers),
    labels: leftWithin(events, rhythms.cutOffDay, customers),
  };
}

/** One column that alone all but tells the outcomes apart. */
export interface Leak {
  readonly feature: string;
  readonly auc: number;
}

/**
 * The first such column of a panel; nothing known before the cut-off does that, so nothing may be learnt with it. Once-a-year
 * buyers are not asked: of them the calendar alone tells who orders in the horizon.
 */
export function leakIn(panel: Panel): Leak | null {
  const { positives, negatives } = outcomesOf(panel);
  if (Math.min(positives, negatives) < FEWEST_OF_EACH) return null;
  const p = CHURN_FEATURES.length;
  for (let j = 0; j < p; j++) {
    const n = panel.labels.length;
    const values = new Float64Array(n);
    const labels = new Uint8Array(n);
    let count = 0;
    let known = 0;
    for (let i = 0; i < n; i++) {
      const value = panel.raw[i * p + j]!;
      if (Number.isNaN(value) || !Number.isNaN(panel.raw[i * p + SEASON]!)) continue;
      values[count] = value;
      labels[count++] = panel.labels[i]!;
      known += panel.labels[i]!;
    }
    if (Math.min(known, count - known) < FEWEST_OF_EACH) continue;
    const area = areaUnderCurve(values.subarray(0, count), labels.subarray(0, count));
    const auc = Math.max(area, 1 - area);
    if (auc > LEAK_AUC) return { feature: CHURN_FEATURES[j]!.name, auc };
  }
  return null;
}

/**
 * What is learnt from a training panel before any model: scales, limits, medians, and the columns worth keeping. `scored`: raw
 * rows of the customers whom it is for.
 */
export function prepareTraining(
  panel: TrainingPanel,
  scored: Float64Array,
  random: RandomSource,
): {
  recipe: ChurnRecipe;
  training: TrainingSet;
  shares: readonly number[];
  moved: readonly MovedFeature[];
} {
  const { recipe, moved } = fitChurnRecipe(panel.raw, scored, panel.buyers, panel.horizonDays, random);
  const design = churnDesign(recipe, panel.raw);
  const columns = recipe.columns.length;
  const { kept, shares } = selectStable(design, panel.labels, columns, { random, groups: panel.customers });
  return {
    recipe,
    shares,
    moved,
    training: {
      design,
      columns,
      raw: panel.raw,
      recipe,
      labels: panel.labels,
      customers: panel.customers,
      kept,
      overdueColumn: recipe.columns.findIndex((column) => column.raw === OFF_RHYTHM_COLUMN && !column.isFlag),
    },
  };
}

export function outcomesOf(panel: Panel): { positives: number; negatives: number } {
  let positives = 0;
  for (const label of panel.labels) positives += label;
  return { positives, negatives: panel.labels.length - positives };
}

function sample(values: Int32Array, size: number, random: RandomSource): Int32Array {
  if (values.length <= size) return values;
  return shuffledIndices(values.length, random)
    .slice(0, size)
    .sort()
    .map((i) => values[i]!);
}
