import { sigmoid } from '../math/logistic.ts';
import { mean } from '../math/statistics.ts';
import { logLosses } from '../models/classification-metrics.ts';
import { fitPlatt, type Platt } from '../models/platt.ts';
import type { ChurnRecipe } from './churn-recipe.ts';

/** Training rows, ready for every entrant. */
export interface TrainingSet {
  /** n × q, row-major, standardised. */
  readonly design: Float64Array;
  readonly columns: number;
  /** n × CHURN_FEATURES.length, row-major, as read. */
  readonly raw: Float64Array;
  readonly labels: Uint8Array;
  /** n customers' positions: folds never part a customer's rows. */
  readonly customers: Int32Array;
  /** The design's columns that stability selection kept. */
  readonly kept: readonly number[];
  /** The design's column of log(1 + off-rhythm); -1 when it does not vary. */
  readonly overdueColumn: number;
  readonly recipe: ChurnRecipe;
}

const FOLDS = 5;

/** Columns `kept` of a design (n × q), side by side. */
export function pickColumns(design: Float64Array, q: number, kept: readonly number[]): Float64Array {
  const n = q === 0 ? 0 : design.length / q;
  const picked = new Float64Array(n * kept.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < kept.length; j++) picked[i * kept.length + j] = design[i * q + kept[j]!]!;
  }
  return picked;
}

/** The rows of each of five folds of whole customers, dealt by position so that they repeat. */
export function foldRows(
  customers: Int32Array,
  rows: Int32Array,
): readonly { readonly inside: Int32Array; readonly outside: Int32Array }[] {
  return Array.from({ length: FOLDS }, (_, fold) => ({
    inside: rows.filter((row) => customers[row]! % FOLDS !== fold),
    outside: rows.filter((row) => customers[row]! % FOLDS === fold),
  }));
}

/**
 * Each row's score from a model that did not see its customer: `score(inside, outside)` fits on the first and scores the
 * second. A fold whose inside has one outcome only scores 0.
 */
export function outOfFold(
  { labels, customers }: Pick<TrainingSet, 'labels' | 'customers'>,
  rows: Int32Array,
  score: (inside: Int32Array, outside: Int32Array) => Float64Array,
): Float64Array {
  const scores = new Float64Array(labels.length);
  for (const { inside, outside } of foldRows(customers, rows)) {
    if (outside.length === 0) continue;
    const positives = inside.reduce((sum, row) => sum + labels[row]!, 0);
    if (positives === 0 || positives === inside.length) continue;
    const own = score(inside, outside);
    outside.forEach((row, k) => {
      scores[row] = own[k]!;
    });
  }
  return scores;
}

export interface Calibrated {
  readonly platt: Platt;
  /** Mean log loss of the rows after calibration. */
  readonly loss: number;
}

/** Platt's sigmoid over the out-of-fold scores of `rows`, with the loss that it leaves. */
export function calibrate(scores: Float64Array, labels: Uint8Array, rows: Int32Array): Calibrated {
  const own = Float64Array.from(rows, (row) => scores[row]!);
  const outcomes = Uint8Array.from(rows, (row) => labels[row]!);
  const platt = fitPlatt(own, outcomes);
  const probabilities = own.map((score) => sigmoid(platt.slope * score + platt.intercept));
  return { platt, loss: mean(logLosses(probabilities, outcomes)) };
}
