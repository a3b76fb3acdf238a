import { CHURN_FEATURES, FAMILIES, type Family } from '../features/churn-features.ts';
import { treeContributor } from '../models/tree-contributions.ts';
import { BUYER_INPUTS, buyerInputs, buyerScores, shareByInput, usualInputs } from './churn-buyers.ts';
import { pickColumns } from './churn-folds.ts';
import type { BuyerModel, Champion, LinearModel, TreeModel } from './churn-model.ts';
import type { ScoringRows } from './churn-models.ts';
import { type ChurnRecipe, EXPECTED_SILENCE, standardisedExpectation } from './churn-recipe.ts';

/** A row's log-odds = baseline + Σ sums, one of FAMILIES each. */
export interface Shares {
  readonly baseline: number;
  readonly sums: Float64Array;
}

/**
 * Splits each row's log-odds into the average customer's and what each family of columns adds to it, exactly: by weight times
 * distance from the average where the model is linear, by TreeSHAP for trees, by Shapley's average over the four inputs for
 * MBG/NBD and for the column that it fills.
 */
export function sharesOf(champion: Champion, rows: ScoringRows): (row: number) => Shares {
  const { model } = champion;
  switch (model.kind) {
    case 'linear':
      return linearShares(model, champion, rows);
    case 'trees':
      return treeShares(model, champion, rows);
    case 'buyers':
      return buyerShares(model, champion, rows);
  }
}

const RHYTHM = FAMILIES.indexOf('rhythm');
const WIDTH = BUYER_INPUTS.length;
const INPUT_FAMILIES = BUYER_INPUTS.map((name) =>
  FAMILIES.indexOf(CHURN_FEATURES.find((feature) => feature.name === name)!.family),
);

function linearShares(model: LinearModel, champion: Champion, rows: ScoringRows): (row: number) => Shares {
  const { columns, coefficients, intercept } = model;
  const { centre, recipe } = champion;
  const expectation = columns.findIndex((column) => isExpectation(recipe, column));
  const plain = columns.map((_, j) => j).filter((j) => j !== expectation);
  const families = familiesOf(columns, recipe);
  const base = plain.reduce((sum, j) => sum + coefficients[j]! * centre[columns[j]!]!, intercept);
  const split = expectation === -1 ? null : expectationShares(champion, rows, columns[expectation]!);
  return (row) => {
    const sums = new Float64Array(FAMILIES.length);
    for (const j of plain) {
      const own = rows.design[row * rows.columns + columns[j]!]! - centre[columns[j]!]!;
      sums[families[j]!]! += coefficients[j]! * own;
    }
    if (split === null) return { baseline: base, sums };
    const weight = coefficients[expectation]!;
    const { usual, shares } = split(row);
    shares.forEach((share, k) => {
      sums[INPUT_FAMILIES[k]!]! += weight * share;
    });
    return { baseline: base + weight * usual, sums };
  };
}

function treeShares(model: TreeModel, { recipe }: Champion, rows: ScoringRows): (row: number) => Shares {
  const p = model.columns.length;
  const x = pickColumns(rows.design, rows.columns, model.columns);
  const families = familiesOf(model.columns, recipe);
  const contribute = treeContributor(model.trees, p);
  return (row) => {
    const sums = new Float64Array(FAMILIES.length);
    if (p === 0) return { baseline: model.offset, sums };
    const { base, contributions } = contribute(x, row);
    for (let j = 0; j < p; j++) sums[families[j]!]! += model.scale * contributions[j]!;
    return { baseline: model.offset + model.scale * base, sums };
  };
}

function buyerShares(model: BuyerModel, champion: Champion, rows: ScoringRows): (row: number) => Shares {
  const split = expectationShares(champion, rows, null);
  return (row) => {
    const { usual, shares } = split(row);
    const sums = new Float64Array(FAMILIES.length);
    shares.forEach((share, k) => {
      sums[INPUT_FAMILIES[k]!]! += model.slope * share;
    });
    return { baseline: model.offset + model.slope * usual, sums };
  };
}

/** What MBG/NBD expects of each row by input, against the usual inputs; as the design's `column` has it where there is one. */
function expectationShares({ recipe, norms }: Champion, rows: ScoringRows, column: number | null) {
  const usual = usualInputs(Float64Array.from(norms, (norm) => norm ?? Number.NaN));
  const own = buyerInputs(rows.raw);
  const values = (inputs: Float64Array): Float64Array => {
    // A champion that reads the expectation has what it is worked out from.
    const scores = buyerScores(recipe.buyers!, recipe.horizonDays, inputs);
    return column === null ? scores : scores.map((score) => standardisedExpectation(recipe, column, score));
  };
  return (row: number) => shareByInput(own.subarray(row * WIDTH, (row + 1) * WIDTH), usual, values);
}

function isExpectation(recipe: ChurnRecipe, column: number): boolean {
  return recipe.columns[column]!.raw === EXPECTED_SILENCE && !recipe.columns[column]!.isFlag;
}

function familiesOf(columns: readonly number[], recipe: ChurnRecipe): number[] {
  return columns.map((column) => {
    const { raw } = recipe.columns[column]!;
    return raw === EXPECTED_SILENCE ? RHYTHM : FAMILIES.indexOf(CHURN_FEATURES[raw]!.family as Family);
  });
}
