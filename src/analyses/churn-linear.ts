import { logit } from '../math/logistic.ts';
import type { RandomSource } from '../math/random.ts';
import { fitBaseRate } from '../models/base-rate.ts';
import { clusteredCovariance } from '../models/clustered-covariance.ts';
import { fitLinearSvm, linearSvmScores } from '../models/linear-svm.ts';
import type { Platt } from '../models/platt.ts';
import { fitRidgeLogistic, ridgeLogOdds } from '../models/ridge-logistic.ts';
import { fitTextbookLogistic } from '../models/textbook-logistic.ts';
import { buyerInputs, buyerScores } from './churn-buyers.ts';
import { chooseVariant, pickColumns, type TrainingSet } from './churn-folds.ts';
import type { BuyerModel, EntrantName, LinearModel } from './churn-model.ts';
import { sampleRows } from './churn-sample.ts';

const PENALTIES = [0.3, 3, 30, 300] as const;
const COSTS = [0.01, 0.3] as const;
/** `ml-logistic-regression` takes 58 ms a step at 20,000 × 20: it learns from a sample. */
const TEXTBOOK = { rows: 1500, steps: 200, rate: 2 };
/** Rows that the linear support vector machine learns from at most. */
export const SVM_ROWS = 20_000;
/** Enough to keep a single column's weight finite, and nothing beside it. */
const FAINT = 1e-3;

/** The same probability for everybody, with how sure it is of it: distinct customers count, not rows. */
export function fitBaseRateModel({ labels, customers }: TrainingSet): LinearModel {
  const { probability } = fitBaseRate(labels);
  const variance = 1 / (new Set(customers).size * probability * (1 - probability));
  return { ...constant('base-rate', labels), covariance: [variance] };
}

/** A rule: the ratio days since the last ÷ expected gap alone, read through the design's standardised column. */
export function fitOverdueModel(training: TrainingSet): LinearModel {
  const { overdueColumn, design, columns } = training;
  if (overdueColumn === -1) return constant('overdue-ratio', training.labels);
  const { intercept, coefficients, covariance } = fitScored(pickColumns(design, columns, [overdueColumn]), training);
  return {
    ...constant('overdue-ratio', training.labels),
    columns: [overdueColumn],
    intercept,
    coefficients,
    covariance,
  };
}

/** MBG/NBD's chance of no purchase, calibrated on the training rows, whose outcomes it did not learn from. */
export function fitBuyerModel(training: TrainingSet): BuyerModel | LinearModel {
  const { recipe, raw, labels } = training;
  if (recipe.buyers === null) return constant('mbg-nbd', labels);
  const scores = buyerScores(recipe.buyers, recipe.horizonDays, buyerInputs(raw));
  const { intercept, coefficients, covariance } = fitScored(scores, training);
  return { kind: 'buyers', name: 'mbg-nbd', offset: intercept, slope: coefficients[0]!, covariance };
}

/**
 * Intercept and slope of one score's log-odds, with a covariance in which a customer's rows at several cut-offs are no
 * independent evidence.
 */
export function fitScored(
  scores: Float64Array,
  { labels, customers }: Pick<TrainingSet, 'labels' | 'customers'>,
): { intercept: number; coefficients: number[]; covariance: number[] } {
  const fitted = fitRidgeLogistic(scores, labels, 1, { penalty: FAINT });
  return {
    intercept: fitted.intercept,
    coefficients: [...fitted.coefficients],
    covariance: clusteredCovariance(fitted, scores, labels, customers),
  };
}

/** λ by grouped folds, then Platt's calibration of the same out-of-fold scores folded into the weights. */
export function fitRidgeModel(training: TrainingSet): LinearModel {
  const { labels, customers, kept } = training;
  if (kept.length === 0) return constant('ridge-logistic', labels);
  const x = pickColumns(training.design, training.columns, kept);
  const rows = Int32Array.from(labels.keys());
  const { variant: penalty, platt } = chooseVariant(training, rows, PENALTIES, (variant, inside, outside) => {
    const fitted = fitRidgeLogistic(x, labels, kept.length, { penalty: variant, rows: inside });
    return ridgeLogOdds(fitted, rowsOf(x, kept.length, outside));
  });
  const fitted = fitRidgeLogistic(x, labels, kept.length, { penalty });
  return {
    ...calibrated('ridge-logistic', kept, fitted, platt),
    covariance: clusteredCovariance(fitted, x, labels, customers).map((value) => platt.slope ** 2 * value),
    penalty,
  };
}

export function fitTextbookModel(training: TrainingSet, random: RandomSource): LinearModel {
  const { labels, kept } = training;
  const rows = sampleRows(labels.length, TEXTBOOK.rows, random);
  const outcomes = Array.from(rows, (row) => labels[row]!);
  if (kept.length === 0 || new Set(outcomes).size < 2) return constant('textbook-logistic', labels);
  const x = pickColumns(training.design, training.columns, kept);
  const fitted = fitTextbookLogistic(rowsOf(x, kept.length, rows), outcomes, kept.length, TEXTBOOK);
  return {
    ...constant('textbook-logistic', labels),
    columns: [...kept],
    ...fitted,
    coefficients: [...fitted.coefficients],
  };
}

/** The cost by grouped folds; the margins become probabilities by Platt's sigmoid. */
export function fitSvmModel(training: TrainingSet, random: RandomSource): LinearModel {
  const { labels, kept } = training;
  if (kept.length === 0) return constant('linear-svm', labels);
  const x = pickColumns(training.design, training.columns, kept);
  const rows = sampleRows(labels.length, SVM_ROWS, random);
  const { variant: cost, platt } = chooseVariant(training, rows, COSTS, (variant, inside, outside) => {
    const fitted = fitLinearSvm(x, labels, kept.length, { cost: variant, rows: inside });
    return linearSvmScores(fitted, rowsOf(x, kept.length, outside));
  });
  return calibrated('linear-svm', kept, fitLinearSvm(x, labels, kept.length, { cost, rows }), platt);
}

function calibrated(
  name: EntrantName,
  kept: readonly number[],
  fitted: { readonly intercept: number; readonly coefficients: ArrayLike<number> },
  { slope, intercept }: Platt,
): LinearModel {
  return {
    kind: 'linear',
    name,
    columns: [...kept],
    intercept: slope * fitted.intercept + intercept,
    coefficients: Array.from(fitted.coefficients, (weight) => slope * weight),
    covariance: null,
    penalty: null,
  };
}

/** No columns: the base rate under another name. */
export function constant(name: EntrantName, labels: Uint8Array): LinearModel {
  return {
    kind: 'linear',
    name,
    columns: [],
    intercept: logit(fitBaseRate(labels).probability),
    coefficients: [],
    covariance: null,
    penalty: null,
  };
}

/** Some rows of n × p, one after the other. */
export function rowsOf(x: Float64Array, p: number, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length * p);
  rows.forEach((row, k) => {
    picked.set(x.subarray(row * p, (row + 1) * p), k * p);
  });
  return picked;
}
