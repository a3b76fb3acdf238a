import { logit } from '../math/logistic.ts';
import type { RandomSource } from '../math/random.ts';
import { fitBaseRate } from '../models/base-rate.ts';
import { decisionTreeValues, fitDecisionTree } from '../models/decision-tree.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../models/gradient-boosting.ts';
import { fitRandomForest, randomForestValues } from '../models/random-forest.ts';
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
  readonly ranked: RankedColumns;
}

type FitTrees = (data: TreeData, rows: Int32Array, random: RandomSource) => TreeFit;

const METHODS: Readonly<Record<'decision-tree' | 'random-forest' | 'gradient-boosting', readonly FitTrees[]>> = {
  'decision-tree': DEPTHS.map((maxDepth) => ({ x, p, labels, ranked }, rows) => {
    const fitted = fitDecisionTree(x, labels, p, { maxDepth, minLeaf: smallestLeaf(rows), rows, ranked });
    return { trees: [fitted.tree], offset: 0, scale: 1, score: (some) => decisionTreeValues(fitted, some) };
  }),
  'random-forest': [
    ({ x, p, labels, ranked }, rows, random) => {
      const fitted = fitRandomForest(x, labels, p, { ...FOREST, minLeaf: smallestLeaf(rows), rows, random, ranked });
      const { trees } = fitted;
      return { trees, offset: 0, scale: 1 / trees.length, score: (some) => randomForestValues(fitted, some) };
    },
  ],
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

/** The variant by grouped folds; Platt's calibration of its out-of-fold scores is folded into offset and scale. */
export function fitTreeModel(name: keyof typeof METHODS, training: TrainingSet, random: RandomSource): TreeModel {
  const { labels, kept } = training;
  const p = kept.length;
  if (p === 0) {
    return { kind: 'trees', name, columns: [], trees: [], offset: logit(fitBaseRate(labels).probability), scale: 1 };
  }
  const data = treeData(training);
  const { x } = data;
  const most = name === 'random-forest' ? FOREST_ROWS : labels.length;
  const rows = sampleRows(labels.length, most, random);
  const { variant: grow, platt } = chooseVariant(training, rows, METHODS[name], (variant, inside, outside) =>
    variant(data, inside, random).score(rowsOf(x, p, outside)),
  );
  const { trees, offset, scale } = grow(data, rows, random);
  return {
    kind: 'trees',
    name,
    columns: [...kept],
    trees: [...trees],
    offset: platt.slope * offset + platt.intercept,
    scale: platt.slope * scale,
  };
}

/** Kept for as long as the training set is: each method in turn asks for the same. */
const known = new WeakMap<TrainingSet, TreeData>();

function treeData(training: TrainingSet): TreeData {
  const { labels, kept } = training;
  const before = known.get(training);
  if (before !== undefined) return before;
  const x = pickColumns(training.design, training.columns, kept);
  const data = { x, p: kept.length, labels, ranked: rankAllRows(x, kept.length) };
  known.set(training, data);
  return data;
}

function smallestLeaf(rows: Int32Array): number {
  return Math.max(SMALLEST_LEAF, Math.round(rows.length / LEAF_SHARE));
}
