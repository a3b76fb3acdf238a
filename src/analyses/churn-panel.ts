import { CHURN_FEATURES, churnFeatures, noOrderLabels, OFF_RHYTHM_COLUMN } from '../features/churn-features.ts';
import { eligibleCustomers, type Rhythm, rhythm } from '../features/expected-gap.ts';
import { historySpan } from '../features/horizon.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { KithError } from '../lib/errors.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { areaUnderCurve } from '../models/classification-metrics.ts';
import { applyDesign, type DesignRecipe, fitDesign } from '../models/design-matrix.ts';
import { selectStable } from '../models/stability-selection.ts';
import type { TrainingSet } from './churn-models.ts';

/** The dated events that churn is learnt from. */
export interface ChurnEvents {
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly horizonDays: number;
}

/** Eligible customers at some cut-offs, with what was known of them then. */
export interface Panel {
  readonly customers: Int32Array;
  /** customers.length × CHURN_FEATURES.length, row-major, NaN = missing. */
  readonly raw: Float64Array;
  readonly labels: Uint8Array;
}

/** Rows that training takes at most, all cut-offs together. */
export const MAX_TRAINING_ROWS = 50_000;
const MAX_CUT_OFFS = 12;
/** From here on a single column that tells the outcomes apart is taken for a leak. */
export const LEAK_AUC = 0.97;
/** With fewer of an outcome, a high AUC is easily chance. */
export const FEWEST_OF_EACH = 10;

/**
 * The training cut-offs before a test cut-off: `lastDay` − H back in steps of a quarter of H (a week at least), twelve at
 * most, none with less than half a horizon of history behind it.
 */
export function trainingCutOffs(events: ChurnEvents, newestLabelDay: number): number[] {
  const span = historySpan(events.history, newestLabelDay);
  if (span === null) return [];
  const step = Math.max(7, Math.round(events.horizonDays / 4));
  const earliest = span.first + Math.ceil(events.horizonDays / 2);
  const cutOffs: number[] = [];
  for (let day = newestLabelDay - events.horizonDays; day >= earliest && cutOffs.length < MAX_CUT_OFFS; day -= step) {
    cutOffs.push(day);
  }
  return cutOffs;
}

/** All eligible customers at one cut-off. */
export function testPanel(events: ChurnEvents, cutOffDay: number, portfolioMedianGap: number): Panel {
  const rhythms = rhythm(events.history, cutOffDay, { portfolioMedianGap });
  return panelAt(events, rhythms, eligibleCustomers(rhythms, events.horizonDays));
}

/** A seeded sample of the eligible customers at each cut-off. */
export function trainingPanel(
  events: ChurnEvents,
  cutOffs: readonly number[],
  portfolioMedianGap: number,
  random: RandomSource,
): Panel {
  const quota = Math.floor(MAX_TRAINING_ROWS / Math.max(1, cutOffs.length));
  const panels = cutOffs.map((cutOffDay) => {
    const rhythms = rhythm(events.history, cutOffDay, { portfolioMedianGap });
    const eligible = eligibleCustomers(rhythms, events.horizonDays);
    return panelAt(events, rhythms, sample(eligible, quota, random));
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
  return { customers, raw, labels };
}

function panelAt(events: ChurnEvents, rhythms: Rhythm, customers: Int32Array): Panel {
  return {
    customers,
    raw: churnFeatures(events.history, events.tickets, rhythms, events.horizonDays, customers),
    labels: noOrderLabels(events.history, rhythms.cutOffDay, events.horizonDays, customers),
  };
}

/** Fails the run when one column alone all but tells the outcomes apart: nothing known before the cut-off does that. */
export function refuseLeaks(panel: Panel): void {
  const { positives, negatives } = outcomesOf(panel);
  if (Math.min(positives, negatives) < FEWEST_OF_EACH) return;
  const p = CHURN_FEATURES.length;
  for (let j = 0; j < p; j++) {
    const rows = Array.from(panel.labels.keys()).filter((i) => !Number.isNaN(panel.raw[i * p + j]!));
    const labels = rows.map((i) => panel.labels[i]!);
    const known = labels.reduce((sum: number, label) => sum + label, 0);
    if (Math.min(known, labels.length - known) < FEWEST_OF_EACH) continue;
    const area = areaUnderCurve(
      rows.map((i) => panel.raw[i * p + j]!),
      labels,
    );
    if (Math.max(area, 1 - area) > LEAK_AUC) {
      throw new KithError(
        'model-input',
        `The feature "${CHURN_FEATURES[j]!.name}" alone tells who stops apart with an AUC of ${Math.max(area, 1 - area).toFixed(3)} (above ${LEAK_AUC}): it probably knows what happened after the cut-off; check the dates of the events behind it`,
      );
    }
  }
}

/** What is learnt from a training panel before any model: scales, limits, medians, and the columns worth keeping. */
export function prepareTraining(
  panel: Panel,
  random: RandomSource,
): { recipe: DesignRecipe; training: TrainingSet; shares: readonly number[] } {
  const recipe = fitDesign(panel.raw, CHURN_FEATURES.length);
  const design = applyDesign(recipe, panel.raw);
  const columns = recipe.columns.length;
  const { kept, shares } = selectStable(design, panel.labels, columns, { random, groups: panel.customers });
  return {
    recipe,
    shares,
    training: {
      design,
      columns,
      labels: panel.labels,
      customers: panel.customers,
      kept,
      overdueColumn: recipe.columns.findIndex((column) => column.raw === OFF_RHYTHM_COLUMN && !column.isFlag),
    },
  };
}

/** What people read of a design's column: its feature's name, with what the flag says. */
export function columnName(recipe: DesignRecipe, column: number): string {
  const { raw, isFlag } = recipe.columns[column]!;
  return isFlag ? `${CHURN_FEATURES[raw]!.name}_is_missing` : CHURN_FEATURES[raw]!.name;
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
