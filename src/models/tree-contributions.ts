import type { Tree } from './tree.ts';

export interface TreeContributions {
  /** What a row is given before anything is known of it: Σ over the trees of the mean leaf, weighted by cover. */
  readonly base: number;
  /** p: what each column adds to it or takes away. base + Σ contributions = scale · Σ of the trees' values. */
  readonly contributions: Float64Array;
}

/** Leaves with more columns above them are worked out anew for each row: a table of theirs would be too long. */
const MOST_TABLED = 8;

/**
 * Answers: how much did each column move this row's value away from the mean?
 *
 * Exact Shapley values: each column's mean move over all orders in which the columns become known. Assumes that what is
 * unknown is filled by the fitted rows that took each branch (path-dependent), so columns that go together share what they
 * say. They tell of the trees and not of causes. `scale` multiplies everything: 1 / trees for a forest, 1 for boosting, whose
 * baseline is to be added to `base`. Gives a function of `x` (n × p, row-major, NaN = missing) and the position of a row.
 *
 * What a leaf adds depends only on which of the d columns above it let the row through, one of 2ᵈ cases: each case is worked
 * out once, when it is first met. Cost of a row: trees · leaves · d; of a case: d³.
 *
 * Lundberg, S., Erion, G. and Lee, S.-I. (2018). Consistent individualized feature attribution for tree ensembles.
 * arXiv:1802.03888, equation 2 over the paths of algorithm 1. Yang, J. (2021). Fast TreeSHAP. arXiv:2109.09847, version 2.
 */
export function treeContributor(
  trees: readonly Tree[],
  columns: number,
  scale = 1,
): (x: Float64Array, row: number) => TreeContributions {
  const leaves = trees.flatMap((tree) => leavesOf(tree, 0, []));
  let base = 0;
  for (const { value, path } of leaves) base += path.reduce((share, { zero }) => share * zero, value * scale);
  const paths = leaves.flatMap(({ value, path }) => (path.length === 0 ? [] : [tabled(path, value * scale)]));
  return (x, row) => {
    const contributions = new Float64Array(columns);
    const offset = row * columns;
    for (const leaf of paths) addLeaf(leaf, x, offset, contributions);
    return { base, contributions };
  };
}

/** What the questions about one column, on the way from the root to a leaf, ask together. */
interface Step {
  readonly column: number;
  /** A value goes on when it is above `above` and at most `most`; a missing one when `missing` says so. */
  readonly above: number;
  readonly most: number;
  readonly missing: boolean;
  /** The share of fitted rows that go on while the column is unknown. */
  readonly zero: number;
}

function leavesOf(tree: Tree, node: number, path: readonly Step[]): { value: number; path: readonly Step[] }[] {
  const column = tree.feature[node]!;
  if (column < 0) return [{ value: tree.value[node]!, path }];
  const threshold = tree.threshold[node]!;
  const missingLeft = tree.missingLeft[node]!;
  const before = path.find((step) => step.column === column) ?? {
    column,
    above: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
    missing: true,
    zero: 1,
  };
  const others = path.filter((step) => step.column !== column);
  const share = (child: number) => (before.zero * tree.cover[child]!) / tree.cover[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const below: Step = {
    ...before,
    most: Math.min(before.most, threshold),
    missing: before.missing && missingLeft,
    zero: share(left),
  };
  const beside: Step = {
    ...before,
    above: Math.max(before.above, threshold),
    missing: before.missing && !missingLeft,
    zero: share(right),
  };
  return [...leavesOf(tree, left, [...others, below]), ...leavesOf(tree, right, [...others, beside])];
}

/** A leaf's path as arrays, and what it adds to each of its d columns by which of them let a row through. */
interface LeafTable {
  readonly value: number;
  readonly column: Int32Array;
  readonly above: Float64Array;
  readonly most: Float64Array;
  readonly missing: Uint8Array;
  readonly zero: Float64Array;
  /** 2ᵈ × d, bit k of a row's number for column k; d where no table is kept. */
  readonly shares: Float64Array;
  readonly isKnown: Uint8Array;
}

function tabled(path: readonly Step[], value: number): LeafTable {
  const cases = path.length <= MOST_TABLED ? 2 ** path.length : 0;
  return {
    value,
    column: Int32Array.from(path, ({ column }) => column),
    above: Float64Array.from(path, ({ above }) => above),
    most: Float64Array.from(path, ({ most }) => most),
    missing: Uint8Array.from(path, ({ missing }) => (missing ? 1 : 0)),
    zero: Float64Array.from(path, ({ zero }) => zero),
    shares: new Float64Array(Math.max(1, cases) * path.length),
    isKnown: new Uint8Array(cases),
  };
}

function addLeaf(leaf: LeafTable, x: Float64Array, offset: number, contributions: Float64Array): void {
  const { column, above, most, missing, shares, isKnown } = leaf;
  const d = column.length;
  let through = 0;
  for (let k = 0; k < d; k++) {
    const value = x[offset + column[k]!]!;
    // No comparison holds for a missing value.
    if ((value > above[k]! && value <= most[k]!) || (missing[k] === 1 && Number.isNaN(value))) through += 2 ** k;
  }
  const hasTable = isKnown.length > 0;
  const at = hasTable ? through * d : 0;
  if (!hasTable || isKnown[through] === 0) {
    workOut(leaf, through, at);
    if (hasTable) isKnown[through] = 1;
  }
  for (let k = 0; k < d; k++) contributions[column[k]!] = contributions[column[k]!]! + shares[at + k]!;
}

/** Shapley's average over the subsets of the other columns that are known, by their number. */
function workOut({ value, zero, shares }: LeafTable, through: number, at: number): void {
  const d = zero.length;
  const isThrough = (k: number): number => Math.floor(through / 2 ** k) % 2;
  for (let k = 0; k < d; k++) {
    // Coefficient s: Σ over subsets of s others of what goes on when those are known and the rest are not.
    const sums = new Float64Array(d);
    sums[0] = 1;
    let met = 0;
    for (let other = 0; other < d; other++) {
      if (other === k) continue;
      met++;
      const one = isThrough(other);
      for (let s = met; s >= 0; s--) sums[s] = sums[s]! * zero[other]! + (s > 0 ? one * sums[s - 1]! : 0);
    }
    // s! (d − 1 − s)! ÷ d!, the share of orders in which exactly s others come first.
    let orders = 1 / d;
    let average = 0;
    for (let s = 0; s < d; s++) {
      average += orders * sums[s]!;
      orders *= (s + 1) / (d - 1 - s || 1);
    }
    shares[at + k] = value * (isThrough(k) - zero[k]!) * average;
  }
}
