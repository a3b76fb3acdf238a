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

interface Fold {
  readonly inside: Int32Array;
  readonly outside: Int32Array;
}

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
export function foldRows(customers: Int32Array, rows: Int32Array): readonly Fold[] {
  return Array.from({ length: FOLDS }, (_, fold) => ({
    inside: rows.filter((row) => customers[row]! % FOLDS !== fold),
    outside: rows.filter((row) => customers[row]! % FOLDS === fold),
  }));
}

/** Scores the rows of `outside` with what the variant learns of those of `inside`. */
type ScoreOutside<Variant> = (variant: Variant, inside: Int32Array, outside: Int32Array) => Float64Array;

/** Rows from which on the variants are told apart by the first folds alone: some thousand outcomes each say which is best. */
const ENOUGH_ROWS = 5000;
const FIRST_FOLDS = 2;

/**
 * The variant whose calibrated scores of rows that it did not see lose least, with Platt's sigmoid over its scores from all
 * folds. Of many rows, those that trail after two folds go no further (Maron and Moore's race, run once).
 *
 * Maron, O. & Moore, A. (1997). The racing algorithm: model selection for lazy learners. Artificial Intelligence Review 11.
 */
export function chooseVariant<Variant>(
  { labels, customers }: Pick<TrainingSet, 'labels' | 'customers'>,
  rows: Int32Array,
  variants: readonly Variant[],
  score: ScoreOutside<Variant>,
): { readonly variant: Variant; readonly platt: Platt } {
  const folds = foldRows(customers, rows);
  // One alone is not raced.
  const raced = variants.length === 1 ? 0 : rows.length < ENOUGH_ROWS ? FOLDS : FIRST_FOLDS;
  const looked = rows.filter((row) => customers[row]! % FOLDS < raced);
  const entered = variants.map((variant) => ({ variant, scores: new Float64Array(labels.length) }));
  const run = ({ variant, scores }: (typeof entered)[number], some: readonly Fold[]): void => {
    for (const { inside, outside } of some) {
      if (outside.length === 0 || !hasBoth(labels, inside)) continue;
      const own = score(variant, inside, outside);
      outside.forEach((row, k) => {
        scores[row] = own[k]!;
      });
    }
  };
  let [best] = entered;
  if (best === undefined) throw new Error('There is no variant to choose from');
  let least = Number.POSITIVE_INFINITY;
  for (const one of raced === 0 ? [] : entered) {
    run(one, folds.slice(0, raced));
    const { loss } = calibrate(one.scores, labels, looked);
    if (loss < least) [best, least] = [one, loss];
  }
  run(best, folds.slice(raced));
  return { variant: best.variant, platt: calibrate(best.scores, labels, rows).platt };
}

/** Nothing can be learnt from one outcome: such a fold's rows keep the score 0. */
function hasBoth(labels: Uint8Array, rows: Int32Array): boolean {
  const positives = rows.reduce((sum, row) => sum + labels[row]!, 0);
  return positives > 0 && positives < rows.length;
}

/** Platt's sigmoid over the scores of `rows`, with the mean log loss that it leaves. */
function calibrate(scores: Float64Array, labels: Uint8Array, rows: Int32Array): { platt: Platt; loss: number } {
  const own = Float64Array.from(rows, (row) => scores[row]!);
  const outcomes = Uint8Array.from(rows, (row) => labels[row]!);
  const platt = fitPlatt(own, outcomes);
  const probabilities = own.map((score) => sigmoid(platt.slope * score + platt.intercept));
  return { platt, loss: mean(logLosses(probabilities, outcomes)) };
}
