import {
  bestHistogramSplit,
  type HistogramLayout,
  type HistogramSplit,
  type LeafRules,
  leafOf,
  type NodeSums,
} from './histogram.ts';
import { type HistogramRoom, histogramRoom } from './histogram-room.ts';
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
  const { layout, order, free } = room;
  const tree = emptyTree();
  const open: OpenNode[] = [];
  let leaves = 1;

  const add = (start: number, end: number, depth: number, sums: NodeSums, histogram: Float64Array): number => {
    const { value, count } = leafOf(sums, growth);
    const node = addLeaf(tree, value * growth.learningRate, count);
    const maySplit = depth < growth.maxDepth && count >= 2 * growth.minLeaf;
    const split = maySplit ? bestHistogramSplit(layout, histogram, sums, growth) : null;
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
  add(0, order.length, 0, root.sums, root.histogram);
  while (open.length > 0 && leaves < growth.maxLeaves) {
    let next = 0;
    for (let k = 1; k < open.length; k++) if (open[k]!.split.gain > open[next]!.split.gain) next = k;
    const { node, depth, start, end, sums, histogram, split } = open.splice(next, 1)[0]!;
    splitLeaf(tree, node, split);
    const middle = partition(room, start, end, split);
    const rest = { slope: sums.slope - split.left.slope, packed: sums.packed - split.left.packed };
    leaves++;
    const isLeftSmaller = middle - start < end - middle;
    const small = isLeftSmaller ? count(room, start, middle, slopes, packed) : count(room, middle, end, slopes, packed);
    subtract(histogram, small.histogram);
    tree.left[node] = add(start, middle, depth + 1, split.left, isLeftSmaller ? small.histogram : histogram);
    tree.right[node] = add(middle, end, depth + 1, rest, isLeftSmaller ? histogram : small.histogram);
  }
  for (const { node, start, end, histogram } of open) close(node, start, end, histogram);
  return tree;
}

/** The histogram and the sums of the rows `order[start … end)`. */
function count(
  room: GrowthRoom,
  start: number,
  end: number,
  slopes: Float64Array,
  packed: Float64Array,
): { histogram: Float64Array; sums: NodeSums } {
  const histogram = room.free.pop() ?? new Float64Array(room.layout.length);
  layPairs(room.order, start, end, slopes, packed, room.pairs);
  room.fill(start, end - start, histogram);
  return {
    histogram,
    sums: { slope: sumOfPairs(room.pairs, 0, end - start), packed: sumOfPairs(room.pairs, 1, end - start) },
  };
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

/** Σ of the first (`side` 0) or the second of `count` pairs. */
function sumOfPairs(pairs: Float64Array, side: 0 | 1, count: number): number {
  let sum = 0;
  for (let at = side; at < 2 * count; at += 2) sum += pairs[at]!;
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

/** Moves the rows that go left to the front, each side in its order; gives where the right ones begin. */
function partition({ layout, order, scratch }: GrowthRoom, start: number, end: number, split: HistogramSplit): number {
  const words = layout.bins.words[split.feature >> 2]!;
  const shift = (split.feature & 3) * 8;
  const missing =
    layout.bins.hasMissing[split.feature]! && split.missingLeft ? layout.bins.bounds[split.feature]!.length + 1 : -1;
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i]!;
    const bin = (words[row]! >>> shift) & 255;
    if (bin <= split.bin || bin === missing) order[left++] = row;
    else scratch[right++] = row;
  }
  order.set(scratch.subarray(0, right), left);
  return left;
}
