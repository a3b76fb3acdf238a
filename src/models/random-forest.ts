import type { RandomSource } from '../math/random.ts';
import { centreOutcomes, ranksOf } from './decision-tree.ts';
import { splitSearch } from './exact-split.ts';
import { growExactTree } from './grow-exact-tree.ts';
import type { RankedColumns } from './ranked-columns.ts';
import { meanTreeValues, type Tree, treeValue } from './tree.ts';
import { checkTreeColumns, checkTreeSetting, treeRows } from './tree-input.ts';

/** A fitted random forest; without `outOfBag`, plain JSON. */
export interface RandomForest {
  /** p */
  readonly columns: number;
  /** Values are shares of outcomes 1, or means. */
  readonly trees: readonly Tree[];
  /** When asked for, of each fitted row: the mean over the trees that did not see it, NaN where all did. */
  readonly outOfBag: Float64Array | null;
}

export interface RandomForestOptions {
  readonly trees: number;
  /** No limit when absent. */
  readonly maxDepth?: number;
  /** Least different rows on either side of a split. */
  readonly minLeaf: number;
  /** Columns looked at for a split; √p, rounded down, when absent. */
  readonly featuresPerSplit?: number;
  readonly random: RandomSource;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
  readonly withOutOfBag?: boolean;
  /** n group numbers, 0 up: a group's rows are drawn together, so that the trees that did not see a row saw none like it. */
  readonly groups?: Int32Array;
  /** The ranks of all rows of `x` (`rankAllRows`), where many are fitted on parts of it: the same model, sooner. */
  readonly ranked?: RankedColumns;
}

const MOST_TREES = 100_000;

/**
 * Answers: how likely is the outcome, by the vote of many trees that each saw other rows and columns?
 *
 * Assumes 1. that rows are independent: several rows of one customer make the out-of-bag values too good, unless they are a group, 2. that the
 * outcome lies within what was seen: a forest never predicts beyond it. `x`: n × p, row-major, NaN = missing (see
 * `fitDecisionTree`); `y`: n outcomes, 0 or 1, or amounts. Each tree is grown on n rows (or all groups) drawn with replacement and looks at
 * `featuresPerSplit` random columns a split; shares are averaged, not votes. Throws `model-input` for infinite values, no
 * rows, or outcomes that are all the same. Cost: about trees · featuresPerSplit · n log n a level.
 *
 * Breiman, L. (2001). Random forests. Machine Learning 45(1).
 */
export function fitRandomForest(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: RandomForestOptions,
): RandomForest {
  const { trees: wanted, maxDepth = Number.POSITIVE_INFINITY, minLeaf, random } = options;
  const { featuresPerSplit = Math.max(1, Math.floor(Math.sqrt(columns))) } = options;
  checkTreeSetting('trees', wanted, 1, true, MOST_TREES);
  checkTreeSetting('maxDepth', maxDepth, 1, true);
  checkTreeSetting('minLeaf', minLeaf, 1, true);
  checkTreeSetting('featuresPerSplit', featuresPerSplit, 1, true);
  const rows = treeRows(x, y, columns, { ...options, isBinary: false });
  const m = rows.length;
  const outcomes = Float64Array.from(rows, (row) => y[row]!);
  const centre = outcomes.every((outcome) => outcome === 0 || outcome === 1) ? 0 : centreOutcomes(outcomes);
  const search = splitSearch(ranksOf(x, columns, rows, options.ranked), outcomes, minLeaf);
  const pickFeatures = (features: Int32Array) => {
    shuffle(features, random);
    return Math.min(featuresPerSplit, columns);
  };
  const units = options.groups === undefined ? null : unitsOf(options.groups, rows);
  const trees: Tree[] = [];
  const sums = new Float64Array(m);
  const votes = new Float64Array(m);
  for (let t = 0; t < wanted; t++) {
    drawInto(search.weights, units, random);
    const tree = growExactTree(search, { maxDepth, minImprovement: 0, pickFeatures, centre });
    trees.push(tree);
    if (options.withOutOfBag !== true) continue;
    for (let i = 0; i < m; i++) {
      if (search.weights[i] !== 0) continue;
      sums[i] = sums[i]! + treeValue(tree, x, rows[i]! * columns);
      votes[i] = votes[i]! + 1;
    }
  }
  return { columns, trees, outOfBag: options.withOutOfBag === true ? sums.map((sum, i) => sum / votes[i]!) : null };
}

/** Of each row of `x` (n × p, row-major): the share of outcomes 1, or the mean, over the trees. */
export function randomForestValues(fitted: RandomForest, x: Float64Array): Float64Array {
  checkTreeColumns(x, fitted.columns);
  return meanTreeValues(fitted.trees, x, fitted.columns);
}

/** Of each row the position of its group among those that occur, and how many occur. */
function unitsOf(groups: Int32Array, rows: Int32Array): { readonly of: Int32Array; readonly count: number } {
  const positions = new Map<number, number>();
  const of = rows.map((row) => {
    const group = groups[row]!;
    const position = positions.get(group) ?? positions.size;
    positions.set(group, position);
    return position;
  });
  return { of, count: positions.size };
}

/** How often each row was drawn: with replacement, by itself or with its group. */
function drawInto(weights: Float64Array, units: ReturnType<typeof unitsOf> | null, random: RandomSource): void {
  const drawn = units === null ? weights.fill(0) : new Float64Array(units.count);
  for (let draw = 0; draw < drawn.length; draw++) {
    const unit = Math.floor(random() * drawn.length);
    drawn[unit] = drawn[unit]! + 1;
  }
  if (units !== null) for (let i = 0; i < weights.length; i++) weights[i] = drawn[units.of[i]!]!;
}

/** Fisher–Yates, in place. */
function shuffle(features: Int32Array, random: RandomSource): void {
  for (let i = features.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swap = features[i]!;
    features[i] = features[j]!;
    features[j] = swap;
  }
}
