import { bestSplit, type FoundSplit, type SplitSearch } from './exact-split.ts';
import { addLeaf, emptyTree, splitLeaf, type Tree } from './tree.ts';

export interface GrowthOptions {
  readonly maxDepth: number;
  /** A split must lower Σ w (y − mean)² over all rows by at least this. */
  readonly minImprovement: number;
  /** Puts the columns to try for the next split at the front of `features`, and gives how many. */
  readonly pickFeatures: (features: Int32Array) => number;
  /** Added to every value: what was taken off the outcomes. */
  readonly centre: number;
}

/**
 * Grows one tree, depth first, on the rows whose weight is above 0: each node takes the split that most lowers the squared
 * error, which for outcomes of 0 and 1 is the split that most lowers Gini's impurity. A node stays a leaf when it is pure, at
 * `maxDepth`, or when no split leaves the least rows on both sides. Where all columns picked are constant, it goes on to
 * the others until one is not.
 */
export function growExactTree(search: SplitSearch, options: GrowthOptions): Tree {
  const { weights, outcomes, ranked, minLeaf } = search;
  const order = weighed(weights);
  const scratch = new Int32Array(order.length);
  const features = Int32Array.from(ranked.values.keys());
  const tree = emptyTree();
  const waiting: { start: number; end: number; depth: number; parent: number; isLeft: boolean }[] = [
    { start: 0, end: order.length, depth: 0, parent: -1, isLeft: true },
  ];
  while (waiting.length > 0) {
    const { start, end, depth, parent, isLeft } = waiting.pop()!;
    let weight = 0;
    let sum = 0;
    let isPure = true;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      weight += weights[row]!;
      sum += weights[row]! * outcomes[row]!;
      if (outcomes[row] !== outcomes[order[start]!]) isPure = false;
    }
    const node = addLeaf(tree, options.centre + sum / weight, weight);
    if (parent >= 0) (isLeft ? tree.left : tree.right)[parent] = node;
    if (isPure || depth >= options.maxDepth || end - start < 2 * minLeaf) continue;
    const split = searchColumns(search, order, start, end, features, options.pickFeatures(features));
    // As in scikit-learn, a hair of rounding is let through.
    if (split === null || split.score - (sum * sum) / weight + Number.EPSILON < options.minImprovement) continue;
    const missing = ranked.values[split.feature]!.length;
    const middle = partition(ranked.ranks[split.feature]!, order, scratch, start, end, split, missing);
    // Where no missing value was seen, later ones go to the larger side.
    const missingLeft = split.hasMissing ? split.missingLeft : middle - start > end - middle;
    splitLeaf(tree, node, { ...split, missingLeft });
    waiting.push({ start: middle, end, depth: depth + 1, parent: node, isLeft: false });
    waiting.push({ start, end: middle, depth: depth + 1, parent: node, isLeft: true });
  }
  return tree;
}

/** The rows whose weight is above 0, ascending. */
function weighed(weights: Float64Array): Int32Array {
  const rows = new Int32Array(weights.length);
  let count = 0;
  for (let row = 0; row < weights.length; row++) if (weights[row]! > 0) rows[count++] = row;
  return rows.subarray(0, count);
}

function searchColumns(
  search: SplitSearch,
  order: Int32Array,
  start: number,
  end: number,
  features: Int32Array,
  picked: number,
): FoundSplit | null {
  let best: FoundSplit | null = null;
  let score = Number.NEGATIVE_INFINITY;
  let isAllConstant = true;
  for (let k = 0; k < features.length && (k < picked || isAllConstant); k++) {
    const ranks = search.ranked.ranks[features[k]!]!;
    if (isConstant(ranks, order, start, end)) continue;
    isAllConstant = false;
    const found = bestSplit(search, order, start, end, features[k]!, score);
    if (found === null) continue;
    best = found;
    score = found.score;
  }
  return best;
}

function isConstant(ranks: Int32Array, order: Int32Array, start: number, end: number): boolean {
  const first = ranks[order[start]!];
  for (let i = start + 1; i < end; i++) if (ranks[order[i]!] !== first) return false;
  return true;
}

/** Moves the rows that go left to the front, each side in its order; gives where the right ones begin. */
function partition(
  ranks: Int32Array,
  order: Int32Array,
  scratch: Int32Array,
  start: number,
  end: number,
  { rank, missingLeft }: FoundSplit,
  missing: number,
): number {
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i]!;
    const at = ranks[row]!;
    if (at <= rank || (missingLeft && at === missing)) order[left++] = row;
    else scratch[right++] = row;
  }
  order.set(scratch.subarray(0, right), left);
  return left;
}
