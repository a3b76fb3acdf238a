import { CHURN_FEATURES } from '../features/churn-features.ts';
import type { RandomSource } from '../math/random.ts';
import { neuralNetScores } from '../models/neural-net.ts';
import { ridgeLogOdds } from '../models/ridge-logistic.ts';
import { treeValue } from '../models/tree.ts';
import { buyerInputs, buyerScores } from './churn-buyers.ts';
import { pickColumns, type TrainingSet } from './churn-folds.ts';
import {
  fitBaseRateModel,
  fitBuyerModel,
  fitOverdueModel,
  fitRidgeModel,
  fitSvmModel,
  fitTextbookModel,
  SVM_ROWS,
} from './churn-linear.ts';
import type { ChurnModel, EntrantName } from './churn-model.ts';
import { fitNetModel, NET_ROWS, type NetModel } from './churn-net.ts';
import { type ChurnRecipe, churnDesign } from './churn-recipe.ts';
import { FOREST_ROWS, fitTreeModel } from './churn-trees.ts';

export type FittedEntrant = ChurnModel | NetModel;

/** Rows to score: both as read and as the training's recipe makes them. */
export interface ScoringRows {
  readonly recipe: ChurnRecipe;
  /** n × q, row-major. */
  readonly design: Float64Array;
  readonly columns: number;
  /** n × CHURN_FEATURES.length, row-major. */
  readonly raw: Float64Array;
  readonly count: number;
}

export function fitEntrant(name: EntrantName, training: TrainingSet, random: RandomSource): FittedEntrant {
  switch (name) {
    case 'base-rate':
      return fitBaseRateModel(training);
    case 'overdue-ratio':
      return fitOverdueModel(training);
    case 'mbg-nbd':
      return fitBuyerModel(training);
    case 'ridge-logistic':
      return fitRidgeModel(training);
    case 'textbook-logistic':
      return fitTextbookModel(training, random);
    case 'linear-svm':
      return fitSvmModel(training, random);
    case 'neural-net':
      return fitNetModel(training, random);
    default:
      return fitTreeModel(name, training, random);
  }
}

/** Rows that a slow method samples from its training rows, by name; the others take all of them. */
export const SAMPLED_ROWS: Readonly<Partial<Record<EntrantName, number>>> = {
  'random-forest': FOREST_ROWS,
  'linear-svm': SVM_ROWS,
  'neural-net': NET_ROWS,
};

/** Raw rows (n × CHURN_FEATURES.length) as models read them. */
export function scoringRows(recipe: ChurnRecipe, raw: Float64Array): ScoringRows {
  const count = raw.length / CHURN_FEATURES.length;
  return { recipe, design: churnDesign(recipe, raw), columns: recipe.columns.length, raw, count };
}

/** Log-odds of each row. */
export function modelLogOdds(model: FittedEntrant, rows: ScoringRows): Float64Array {
  switch (model.kind) {
    case 'linear':
      return model.columns.length === 0
        ? new Float64Array(rows.count).fill(model.intercept)
        : ridgeLogOdds(model, pickColumns(rows.design, rows.columns, model.columns));
    case 'buyers':
      return expectations(rows).map((score) => model.offset + model.slope * score);
    case 'net': {
      const { slope, intercept } = model.platt;
      return neuralNetScores(model.net, pickColumns(rows.design, rows.columns, model.columns)).map(
        (score) => slope * score + intercept,
      );
    }
    case 'trees': {
      const p = model.columns.length;
      const x = pickColumns(rows.design, rows.columns, model.columns);
      return Float64Array.from({ length: rows.count }, (_, i) => {
        let sum = 0;
        for (const tree of model.trees) sum += treeValue(tree, x, i * p);
        return model.offset + model.scale * sum;
      });
    }
  }
}

/** Standard errors of the log-odds of each row; null where the method gives none. */
export function modelErrors(model: FittedEntrant, rows: ScoringRows): Float64Array | null {
  if (model.kind === 'buyers') {
    return errorsOf(expectations(rows), 1, model.covariance, rows.count);
  }
  if (model.kind !== 'linear' || model.covariance === null) return null;
  const x = pickColumns(rows.design, rows.columns, model.columns);
  return errorsOf(x, model.columns.length, model.covariance, rows.count);
}

/** What the recipe's MBG/NBD expects; 0 where it has none, which no such model is fitted on. */
function expectations({ recipe, raw, count }: ScoringRows): Float64Array {
  return recipe.buyers === null
    ? new Float64Array(count)
    : buyerScores(recipe.buyers, recipe.horizonDays, buyerInputs(raw));
}

function errorsOf(x: Float64Array, p: number, covariance: readonly number[], n: number): Float64Array {
  const size = p + 1;
  const row = new Float64Array(size);
  return Float64Array.from({ length: n }, (_, i) => {
    row[0] = 1;
    for (let j = 0; j < p; j++) row[j + 1] = x[i * p + j]!;
    let variance = 0;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) variance += row[a]! * covariance[a * size + b]! * row[b]!;
    return Math.sqrt(Math.max(0, variance));
  });
}
