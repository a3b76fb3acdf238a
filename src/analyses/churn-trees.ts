import { logit } from '../math/logistic.ts';
import type { RandomSource } from '../math/random.ts';
import { fitBaseRate } from '../models/base-rate.ts';
import { decisionTreeValues, fitDecisionTree } from '../models/decision-tree.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../models/gradient-boosting.ts';
import { fitPlatt, type Platt } from '../models/platt.ts';
import { fitRandomForest } from '../models/random-forest.ts';
import { type RankedColumns, rankAllRows } from '../models/ranked-columns.ts';
import type { Tree } from '../models/tree.ts';
import { chooseVariant, pickColumns, type TrainingSet } from './churn-folds.ts';
import { rowsOf } from './churn-linear.ts';
import type { TreeModel } from './churn-model.ts';
import { sampleRows } from './churn-sample.ts';

/** Rows that a forest learns from at most: its trees are deep, and each looks at all of its rows. */
export const FOREST_ROWS = 20_000;
const FOREST = { trees: 40, maxDepth: 6 };
const DEPTHS = [2, 4] as const;
const LEAVES = [4, 8] as const;
const STEPS = { trees: 60, learningRate: 0.1, l2: 1 };
/** A leaf holds one row in so many, and some at least, so that it says something about more than a few. */
const LEAF_SHARE = 200;
const SMALLEST_LEAF = 10;

/** A method whose score is offset + scale × Σ trees, before calibration. */
interface TreeFit {
  readonly trees: readonly Tree[];
  readonly offset: number;
  readonly scale: number;
  score(x: Float64Array): Float64Array;
}

/** What every fit of one training set shares. */
interface TreeData {
  readonly x: Float64Array;
  readonly p: number;
  readonly labels: Uint8Array;
  readonly customers: Int32Array;
  readonly ranked: RankedColumns;
}

type FitTrees = (data: TreeData, rows: Int32Array) => TreeFit;

const METHODS: Readonly<Record<'decision-tree' | 'gradient-boosting', readonly FitTrees[]>> = {
  'decision-tree': DEPTHS.map((maxDepth) => ({ x, p, labels, ranked }, rows) => {
    const fitted = fitDecisionTree(x, labels, p, { maxDepth, minLeaf: smallestLeaf(rows), rows, ranked });
    return { trees: [fitted.tree], offset: 0, scale: 1, score: (some) => decisionTreeValues(fitted, some) };
  }),
  'gradient-boosting': LEAVES.map((maxLeaves) => ({ x, p, labels, ranked }, rows) => {
    const fitted = fitGradientBoosting(x, labels, p, {
      ...STEPS,
      loss: 'log-loss',
      maxLeaves,
      minLeaf: smallestLeaf(rows),
      rows,
      ranked,
    });
    const { trees, baseline } = fitted;
    return { trees, offset: baseline, scale: 1, score: (some) => gradientBoostingScores(fitted, some) };
  }),
};

/** Platt's calibration of scores of rows that were not learnt from is folded into offset and scale. */
export function fitTreeModel(
  name: keyof typeof METHODS | 'random-forest',
  training: TrainingSet,
  random: RandomSource,
): TreeModel {
  const { labels, kept } = training;
  if (kept.length === 0) {
    return { kind: 'trees', name, columns: [], trees: [], offset: logit(fitBaseRate(labels).probability), scale: 1 };
  }
  const { fitted, platt } =
    name === 'random-forest' ? forestOf(treeData(training), random) : bestOf(METHODS[name], training);
  return {
    kind: 'trees',
    name,
    columns: [...kept],
    trees: [...fitted.trees],
    offset: platt.slope * fitted.offset + platt.intercept,
    scale: platt.slope * fitted.scale,
  };
}

interface CalibratedTrees {
  readonly fitted: Pick<TreeFit, 'trees' | 'offset' | 'scale'>;
  readonly platt: Platt;
}

/** The variant by grouped folds, whose scores calibrate it too. */
function bestOf(methods: readonly FitTrees[], training: TrainingSet): CalibratedTrees {
  const data = treeData(training);
  const rows = Int32Array.from(training.labels.keys());
  const { variant: grow, platt } = chooseVariant(training, rows, methods, (variant, inside, outside) =>
    variant(data, inside).score(rowsOf(data.x, data.p, outside)),
  );
  return { fitted: grow(data, rows), platt };
}

/**
 * A forest needs no folds: each of its trees leaves out a third of the customers, and what the trees say of those that they left out
 * calibrates it.
 */
function forestOf({ x, p, labels, customers, ranked }: TreeData, random: RandomSource): CalibratedTrees {
  const rows = sampleRows(labels.length, FOREST_ROWS, random);
  const minLeaf = smallestLeaf(rows);
  const forest = { ...FOREST, minLeaf, rows, random, ranked, groups: customers, withOutOfBag: true };
  const { trees, outOfBag } = fitRandomForest(x, labels, p, forest);
  const told = rows.map((_, i) => i).filter((i) => !Number.isNaN(outOfBag![i]!));
  const platt = fitPlatt(
    Float64Array.from(told, (i) => outOfBag![i]!),
    Uint8Array.from(told, (i) => labels[rows[i]!]!),
  );
  return { fitted: { trees, offset: 0, scale: 1 / trees.length }, platt };
}

/** Kept for as long as the training set is: each method in turn asks for the same. */
const known = new WeakMap<TrainingSet, TreeData>();

function treeData(training: TrainingSet): TreeData {
  const { labels, customers, kept } = training;
  const before = known.get(training);
  if (before !== undefined) return before;
  const x = pickColumns(training.design, training.columns, kept);
  const data = { x, p: kept.length, labels, customers, ranked: rankAllRows(x, kept.length) };
  known.set(training, data);
  return data;
}

function smallestLeaf(rows: Int32Array): number {
  return Math.max(SMALLEST_LEAF, Math.round(rows.length / LEAF_SHARE));
}
