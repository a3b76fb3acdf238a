/** A binary tree as plain JSON: node 0 is the root, and entry i of every list belongs to node i. */
export interface Tree {
  /** The column a node asks about; −1 for a leaf. */
  readonly feature: readonly number[];
  /** A row goes left when its value is at most this. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Where a row without a value (NaN) goes. */
  readonly missingLeft: readonly boolean[];
  /** What a row that ends here adds to the answer; of an inner node, what it would have added there. */
  readonly value: readonly number[];
  /** How many of the fitted rows came through, each by its weight. */
  readonly cover: readonly number[];
}

/** A tree while it grows. */
export interface GrowingTree extends Tree {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly missingLeft: boolean[];
  readonly value: number[];
  readonly cover: number[];
}

export interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

export function emptyTree(): GrowingTree {
  return { feature: [], threshold: [], left: [], right: [], missingLeft: [], value: [], cover: [] };
}

/** Appends a leaf and gives its number. */
export function addLeaf(tree: GrowingTree, value: number, cover: number): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.left.push(-1);
  tree.right.push(-1);
  tree.missingLeft.push(false);
  tree.value.push(value);
  tree.cover.push(cover);
  return tree.feature.length - 1;
}

/** Turns the leaf `node` into a question; the caller links its children. */
export function splitLeaf(tree: GrowingTree, node: number, split: Split): void {
  tree.feature[node] = split.feature;
  tree.threshold[node] = split.threshold;
  tree.missingLeft[node] = split.missingLeft;
}

/** The value of the leaf that the row of `x` beginning at `offset` ends in. */
export function treeValue(tree: Tree, x: Float64Array, offset: number): number {
  let node = 0;
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    node = goesLeft(tree, node, x[offset + feature]!) ? tree.left[node]! : tree.right[node]!;
  }
  return tree.value[node]!;
}

/** Whether a row with `value` in the column that `node` asks about goes left. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  return value <= tree.threshold[node]! || (tree.missingLeft[node]! && Number.isNaN(value));
}

/** The mean over `trees` of the value each row of `x` (n × p, row-major) ends in. */
export function meanTreeValues(trees: readonly Tree[], x: Float64Array, columns: number): Float64Array {
  const means = sumTreeValues(trees, x, columns, 0);
  for (let i = 0; i < means.length; i++) means[i] = means[i]! / trees.length;
  return means;
}

/** `start` plus the values of all `trees`, for each row of `x` (n × p, row-major). */
export function sumTreeValues(trees: readonly Tree[], x: Float64Array, columns: number, start: number): Float64Array {
  const sums = new Float64Array(x.length / columns).fill(start);
  for (const tree of trees) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + treeValue(tree, x, i * columns);
  return sums;
}
