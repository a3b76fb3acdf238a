import { sigmoid, softplus } from '../math/logistic.ts';
import { type RandomSource, shuffledIndices } from '../math/random.ts';
import { growHistogramTree, growthRoom } from './grow-histogram-tree.ts';
import { exactSums, histogramLayout } from './histogram.ts';
import { packBins } from './packed-bins.ts';
import type { RankedColumns } from './ranked-columns.ts';
import { sumTreeValues, type Tree, treeValue } from './tree.ts';
import { checkTreeColumns, checkTreeSetting, treeRows } from './tree-input.ts';

/** Fitted gradient boosting, plain JSON. */
export interface GradientBoosting {
  readonly loss: 'log-loss' | 'squared';
  /** p */
  readonly columns: number;
  /** The score before any tree: log-odds of the share of outcomes 1, or the mean. */
  readonly baseline: number;
  /** Each adds its value, already multiplied by the learning rate. */
  readonly trees: readonly Tree[];
}

export interface GradientBoostingOptions {
  /** 'log-loss' for outcomes 0 and 1, 'squared' for amounts. */
  readonly loss: 'log-loss' | 'squared';
  /** The most trees. */
  readonly trees: number;
  readonly learningRate: number;
  readonly maxLeaves: number;
  /** Least rows in a leaf. */
  readonly minLeaf: number;
  /** Added to a leaf's Σ of second derivatives: shrinks small leaves. */
  readonly l2: number;
  /** No limit when absent. */
  readonly maxDepth?: number;
  /** Positions of the rows to fit on; all when absent. */
  readonly rows?: Int32Array;
  /** 2 to 255; 255 when absent. */
  readonly maxBins?: number;
  /** Grow on 90 % of the rows and stop once the last ten trees brought the others no gain; never when absent. */
  readonly earlyStopping?: { readonly random: RandomSource };
  /** The ranks of all rows of `x` (`rankAllRows`), where many are fitted on parts of it: the same model, sooner. */
  readonly ranked?: RankedColumns;
}

const MOST_TREES = 100_000;
const HELD_OUT = 0.1;
const PATIENCE = 10;
const LEAST_GAIN = 1e-7;

/**
 * Answers: how likely is the outcome, as a sum of small trees, each of which mends what those before it got wrong?
 *
 * Assumes 1. that rows are independent, 2. that the future is drawn as the past was: boosting finds any leak of the outcome
 * into the columns, 3. some hundred rows of the rarer outcome: with fewer a penalised regression is the safer choice.
 *
 * `x`: n × p, row-major, NaN = missing; `y`: n outcomes, 0 or 1 ('log-loss') or amounts ('squared'). Columns become at most
 * `maxBins` bins; each tree grows leaf by leaf where the gain is largest, missing values go where they fit better, and
 * leaves take Newton's step. Sums are rounded so as to be exact: the order of rows does not matter. The same algorithm as
 * scikit-learn's HistGradientBoosting. Throws `model-input` for infinite values, no rows, or outcomes that are all the
 * same. Cost: about p n log n, then trees · p · n · log(maxLeaves).
 *
 * Friedman, J. (2001). Greedy function approximation. Annals of Statistics 29(5). Ke, G. et al. (2017). LightGBM. NeurIPS 30.
 */
export function fitGradientBoosting(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: GradientBoostingOptions,
): GradientBoosting {
  const { loss, learningRate, maxLeaves, minLeaf, l2, maxDepth = Number.POSITIVE_INFINITY, maxBins = 255 } = options;
  checkSettings(options, maxDepth, maxBins);
  const isBinary = loss === 'log-loss';
  const { rows, heldOut } = withHeldOut(treeRows(x, y, columns, { ...options, isBinary }), y, options);
  const m = rows.length;
  const outcomes = Float64Array.from(rows, (row) => y[row]!);
  const baseline = baselineOf(outcomes, isBinary);
  const room = growthRoom(histogramLayout(packBins(x, columns, rows, maxBins, options.ranked ?? null)));
  const scores = new Float64Array(m).fill(baseline);
  const slopes = new Float64Array(m);
  const packed = new Float64Array(m).fill(1);
  const heldOutScores = new Float64Array(heldOut.length).fill(baseline);
  const losses = [meanLoss(heldOutScores, heldOut, y, isBinary)];
  const trees: Tree[] = [];
  while (trees.length < options.trees) {
    const packing = isBinary
      ? logLossDerivatives(scores, outcomes, slopes, packed)
      : squaredDerivatives(scores, outcomes, slopes);
    const growth = { maxLeaves, maxDepth, minLeaf, l2, learningRate, packing };
    const tree = growHistogramTree(room, slopes, packed, growth, scores);
    trees.push(tree);
    if (options.earlyStopping === undefined) continue;
    heldOut.forEach((row, i) => {
      heldOutScores[i] = heldOutScores[i]! + treeValue(tree, x, row * columns);
    });
    losses.push(meanLoss(heldOutScores, heldOut, y, isBinary));
    if (hasSettled(losses)) break;
  }
  return { loss, columns, baseline, trees };
}

/** Of each row of `x` (n × p, row-major): log-odds, or the mean. */
export function gradientBoostingScores(fitted: GradientBoosting, x: Float64Array): Float64Array {
  checkTreeColumns(x, fitted.columns);
  return sumTreeValues(fitted.trees, x, fitted.columns, fitted.baseline);
}

function checkSettings(options: GradientBoostingOptions, maxDepth: number, maxBins: number): void {
  checkTreeSetting('trees', options.trees, 1, true, MOST_TREES);
  checkTreeSetting('learningRate', options.learningRate, 0, false);
  checkTreeSetting('maxLeaves', options.maxLeaves, 2, true);
  checkTreeSetting('minLeaf', options.minLeaf, 1, true);
  checkTreeSetting('l2', options.l2, 0, false);
  checkTreeSetting('maxDepth', maxDepth, 1, true);
  checkTreeSetting('maxBins', maxBins, 2, true, 255);
}

function baselineOf(outcomes: Float64Array, isBinary: boolean): number {
  let sum = 0;
  for (const outcome of outcomes) sum += outcome;
  return isBinary ? Math.log(sum / (outcomes.length - sum)) : sum / outcomes.length;
}

/** The gradient p − y and the packed count of each row; gives how curvatures p (1 − p) are packed. */
function logLossDerivatives(
  scores: Float64Array,
  outcomes: Float64Array,
  slopes: Float64Array,
  packed: Float64Array,
): number {
  const { slopeRounding, curvatureRounding, packing } = exactSums(scores.length, 1, true);
  for (let i = 0; i < scores.length; i++) {
    const probability = sigmoid(scores[i]!);
    slopes[i] = probability - outcomes[i]! + slopeRounding - slopeRounding;
    packed[i] = 1 + (probability * (1 - probability) + curvatureRounding - curvatureRounding) * packing;
  }
  return packing;
}

/** The gradient score − y of each row; every curvature is 1. */
function squaredDerivatives(scores: Float64Array, outcomes: Float64Array, slopes: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < scores.length; i++) {
    slopes[i] = scores[i]! - outcomes[i]!;
    largest = Math.max(largest, Math.abs(slopes[i]!));
  }
  const { slopeRounding, packing } = exactSums(scores.length, largest, false);
  for (let i = 0; i < scores.length; i++) slopes[i] = slopes[i]! + slopeRounding - slopeRounding;
  return packing;
}

/** With early stopping, sets a tenth of the rows aside: of each outcome alike where there are two. */
function withHeldOut(
  rows: Int32Array,
  y: ArrayLike<number>,
  { earlyStopping, loss }: GradientBoostingOptions,
): { rows: Int32Array; heldOut: Int32Array } {
  if (earlyStopping === undefined) return { rows, heldOut: new Int32Array(0) };
  const shuffled = shuffledIndices(rows.length, earlyStopping.random).map((position) => rows[position]!);
  const isHeldOut = new Set<number>();
  for (const wanted of loss === 'log-loss' ? [0, 1] : [null]) {
    const alike = shuffled.filter((row) => wanted === null || y[row] === wanted);
    for (const row of alike.subarray(0, Math.floor(alike.length * HELD_OUT))) isHeldOut.add(row);
  }
  return { rows: rows.filter((row) => !isHeldOut.has(row)), heldOut: rows.filter((row) => isHeldOut.has(row)) };
}

function meanLoss(scores: Float64Array, rows: Int32Array, y: ArrayLike<number>, isBinary: boolean): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const outcome = y[rows[i]!]!;
    sum += isBinary ? softplus(scores[i]!) - outcome * scores[i]! : (scores[i]! - outcome) ** 2 / 2;
  }
  return sum / rows.length;
}

/** Whether none of the last ten losses is below the one before them. */
function hasSettled(losses: readonly number[]): boolean {
  if (losses.length <= PATIENCE) return false;
  const before = losses[losses.length - 1 - PATIENCE]!;
  return losses.slice(-PATIENCE).every((loss) => loss >= before - LEAST_GAIN);
}
