import { splitSearch } from './exact-split.ts';
import { growExactTree } from './grow-exact-tree.ts';
import { type RankedColumns, rankColumns, someRanked } from './ranked-columns.ts';
import { meanTreeValues, type Tree } from './tree.ts';
import { checkTreeColumns, checkTreeSetting, treeRows } from './tree-input.ts';

/** A fitted decision tree, plain JSON. */
export interface DecisionTree {
  /** p */
  readonly columns: number;
  /** Values are shares of outcomes 1, or means. */
  readonly tree: Tree;
}

export interface DecisionTreeOptions {
  readonly maxDepth: number;
  /** Least rows on either side of a split. */
  readonly minLeaf: number;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
  /** 'gini' (the default) for outcomes 0 and 1, 'squared' for amounts. */
  readonly criterion?: 'gini' | 'squared';
  /** A split must lower the impurity by at least this, weighted by the share of rows it concerns; 0 when absent. */
  readonly minImpurityDecrease?: number;
  /** The ranks of all rows of `x` (`rankAllRows`), where many are fitted on parts of it: the same model, sooner. */
  readonly ranked?: RankedColumns;
}

/**
 * Answers: which few questions, one after the other, tell rows with the outcome from rows without?
 *
 * Assumes 1. that rows are independent, 2. that steps along single columns describe the outcome: where it grows smoothly, or
 * with a sum of columns, a regression says it in fewer words; 3. enough rows a leaf for its share to mean something. One
 * tree changes much with few rows: compare with others before reading a story into it.
 *
 * `x`: n × p, row-major, NaN = missing; `y`: n outcomes, 0 or 1 ('gini') or amounts ('squared'). Every halfway threshold is
 * tried; missing rows go to the side that fits better, or the larger one where none was seen. Columns are tried in
 * their order and the first of equal splits wins, so the order of rows does not matter. Throws `model-input` for infinite
 * values, no rows, or outcomes that are all the same. Cost: about p n log n a level.
 *
 * Breiman, L., Friedman, J., Olshen, R. and Stone, C. (1984). Classification and Regression Trees, chapters 2 and 4.
 */
export function fitDecisionTree(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: DecisionTreeOptions,
): DecisionTree {
  const { maxDepth, minLeaf, criterion = 'gini', minImpurityDecrease = 0 } = options;
  checkTreeSetting('maxDepth', maxDepth, 1, true);
  checkTreeSetting('minLeaf', minLeaf, 1, true);
  const isBinary = criterion === 'gini';
  const rows = treeRows(x, y, columns, { ...options, isBinary });
  const outcomes = Float64Array.from(rows, (row) => y[row]!);
  const centre = isBinary ? 0 : centreOutcomes(outcomes);
  const tree = growExactTree(splitSearch(ranksOf(x, columns, rows, options.ranked), outcomes, minLeaf), {
    maxDepth,
    // Gini's impurity is twice the variance.
    minImprovement: (minImpurityDecrease * rows.length) / (isBinary ? 2 : 1),
    pickFeatures: () => columns,
    centre,
  });
  return { columns, tree };
}

/** The ranks of the rows that are fitted on, taken from those of all rows where they are known. */
export function ranksOf(x: Float64Array, columns: number, rows: Int32Array, all?: RankedColumns): RankedColumns {
  return all === undefined ? rankColumns(x, columns, rows) : someRanked(all, rows);
}

/** Of each row of `x` (n × p, row-major): the share of outcomes 1, or the mean, in its leaf. */
export function decisionTreeValues(fitted: DecisionTree, x: Float64Array): Float64Array {
  checkTreeColumns(x, fitted.columns);
  return meanTreeValues([fitted.tree], x, fitted.columns);
}

/** Takes the mean off `outcomes`, in place, and gives it. */
export function centreOutcomes(outcomes: Float64Array): number {
  let mean = 0;
  for (const outcome of outcomes) mean += outcome / outcomes.length;
  for (let i = 0; i < outcomes.length; i++) outcomes[i] = outcomes[i]! - mean;
  return mean;
}
