import {
  bestHistogramSplit,
  type HistogramLayout,
  type HistogramSplit,
  type LeafRules,
  leafOf,
  type NodeSums,
} from './histogram.ts';
import { type HistogramRoom, histogramRoom } from './histogram-room.ts';
import { addToSides, partition } from './part-rows.ts';
import { addLeaf, emptyTree, splitLeaf, type Tree } from './tree.ts';

export interface HistogramGrowth extends LeafRules {
  readonly maxLeaves: number;
  readonly maxDepth: number;
  /** Multiplies every leaf's value. */
  readonly learningRate: number;
}

/** Room for growing trees on m rows; made once for many trees, and gone with the next. */
export interface GrowthRoom extends HistogramRoom {
  readonly layout: HistogramLayout;
  readonly scratch: Int32Array;
  /** Histograms nobody needs any more. */
  readonly free: Float64Array[];
}

interface OpenNode {
  readonly node: number;
  readonly depth: number;
  readonly start: number;
  readonly end: number;
  readonly sums: NodeSums;
  readonly histogram: Float64Array;
  readonly split: HistogramSplit;
}

export function growthRoom(layout: HistogramLayout): GrowthRoom {
  return { ...histogramRoom(layout), layout, scratch: new Int32Array(layout.bins.rows), free: [] };
}

/**
 * Grows one tree, the leaf with the largest gain first, and adds its values to the m `scores`. Of two children the smaller
 * one's histogram is counted; the larger one's is what remains of the parent's.
 */
export function growHistogramTree(
  room: GrowthRoom,
  slopes: Float64Array,
  packed: Float64Array,
  growth: HistogramGrowth,
  scores: Float64Array,
): Tree {
  const { layout, order, scratch, free } = room;
  const tree = emptyTree();
  const open: OpenNode[] = [];
  let leaves = 1;

  /** Whether a leaf of so many rows could be split if its histogram were known. */
  const maySplit = ({ packed }: NodeSums, depth: number): boolean =>
    leaves < growth.maxLeaves && depth < growth.maxDepth && Math.floor(packed) >= 2 * growth.minLeaf;
  const leaf = (sums: NodeSums): number => {
    const { value, count } = leafOf(sums, growth);
    return addLeaf(tree, value * growth.learningRate, count);
  };
  const add = (start: number, end: number, depth: number, sums: NodeSums, histogram: Float64Array): number => {
    const node = leaf(sums);
    const split = maySplit(sums, depth) ? bestHistogramSplit(layout, histogram, sums, growth) : null;
    if (split !== null) open.push({ node, depth, start, end, sums, histogram, split });
    else close(node, start, end, histogram);
    return node;
  };
  const close = (node: number, start: number, end: number, histogram: Float64Array): void => {
    addTo(scores, order, start, end, tree.value[node]!);
    free.push(histogram);
  };

  putInOrder(order);
  const root = count(room, 0, order.length, slopes, packed);
  const all = { slope: sumOfPairs(room.pairs, 0), packed: sumOfPairs(room.pairs, 1) };
  add(0, order.length, 0, all, root);
  while (open.length > 0 && leaves < growth.maxLeaves) {
    let next = 0;
    for (let k = 1; k < open.length; k++) if (open[k]!.split.gain > open[next]!.split.gain) next = k;
    const { node, depth, start, end, sums, histogram, split } = open.splice(next, 1)[0]!;
    splitLeaf(tree, node, split);
    const rest = { slope: sums.slope - split.left.slope, packed: sums.packed - split.left.packed };
    leaves++;
    if (!maySplit(split.left, depth + 1) && !maySplit(rest, depth + 1)) {
      const [left, right] = [leaf(split.left), leaf(rest)];
      tree.left[node] = left;
      tree.right[node] = right;
      addToSides(layout.bins, split, order, start, end, [tree.value[left]!, tree.value[right]!], scores);
      free.push(histogram);
      continue;
    }
    const middle = partition(layout.bins, split, order, start, end, scratch);
    const isLeftSmaller = middle - start < end - middle;
    const small = isLeftSmaller ? count(room, start, middle, slopes, packed) : count(room, middle, end, slopes, packed);
    subtract(histogram, small);
    tree.left[node] = add(start, middle, depth + 1, split.left, isLeftSmaller ? small : histogram);
    tree.right[node] = add(middle, end, depth + 1, rest, isLeftSmaller ? histogram : small);
  }
  for (const { node, start, end, histogram } of open) close(node, start, end, histogram);
  return tree;
}

/** The histogram of the rows `order[start … end)`. */
function count(room: GrowthRoom, start: number, end: number, slopes: Float64Array, packed: Float64Array): Float64Array {
  const histogram = room.free.pop() ?? new Float64Array(room.layout.length);
  layPairs(room.order, start, end, slopes, packed, room.pairs);
  room.fill(start, end - start, histogram);
  return histogram;
}

// Loops that many rows go through are functions of their own, with nothing behind them: V8 leaves its code for a loop at whatever
// follows that it had not seen yet when it made it, each time anew.

function layPairs(
  order: Int32Array,
  start: number,
  end: number,
  slopes: Float64Array,
  packed: Float64Array,
  pairs: Float64Array,
): void {
  for (let i = start, at = 0; i < end; i++, at += 2) {
    const row = order[i]!;
    pairs[at] = slopes[row]!;
    pairs[at + 1] = packed[row]!;
  }
}

/** Σ of the first (`side` 0) or the second of all pairs. */
function sumOfPairs(pairs: Float64Array, side: 0 | 1): number {
  let sum = 0;
  for (let at = side; at < pairs.length; at += 2) sum += pairs[at]!;
  return sum;
}

function putInOrder(order: Int32Array): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
}

function addTo(scores: Float64Array, order: Int32Array, start: number, end: number, value: number): void {
  for (let i = start; i < end; i++) scores[order[i]!] = scores[order[i]!]! + value;
}

function subtract(from: Float64Array, other: Float64Array): void {
  for (let k = 0; k < from.length; k++) from[k] = from[k]! - other[k]!;
}
