import type { HistogramSplit } from './histogram.ts';
import type { PackedBins } from './packed-bins.ts';

/** What of a split says which rows go left. */
export type Parting = Pick<HistogramSplit, 'feature' | 'bin' | 'missingLeft'>;

/**
 * Moves those of the rows `order[start … end)` that go left to the front, each side in its order; gives where the right ones
 * begin. `scratch` has room for all of them.
 */
export function partition(
  bins: PackedBins,
  split: Parting,
  order: Int32Array,
  start: number,
  end: number,
  scratch: Int32Array,
): number {
  const words = bins.words[split.feature >> 2]!;
  const middle = moveLeft(order, start, end, words, (split.feature & 3) * 8, leftBins(bins, split), scratch);
  order.set(scratch.subarray(0, end - middle), middle);
  return middle;
}

/** Adds `left` or `right` to the score of each of the rows `order[start … end)`, as they go; where nothing asks for their order any more. */
export function addToSides(
  bins: PackedBins,
  split: Parting,
  order: Int32Array,
  start: number,
  end: number,
  [left, right]: readonly [left: number, right: number],
  scores: Float64Array,
): void {
  const values = Float64Array.from(leftBins(bins, split), (isLeft) => (isLeft === 1 ? left : right));
  addByBin(order, start, end, bins.words[split.feature >> 2]!, (split.feature & 3) * 8, values, scores);
}

/** Of each bin of the split's column: 1 where its rows go left. */
function leftBins({ bounds, hasMissing }: PackedBins, { feature, bin, missingLeft }: Parting): Uint8Array {
  const isLeft = new Uint8Array(256).fill(1, 0, bin + 1);
  if (hasMissing[feature]! && missingLeft) isLeft[bounds[feature]!.length + 1] = 1;
  return isLeft;
}

/** Each row is written to both sides and only its own moves on: a jump that cannot be foreseen would cost more. */
function moveLeft(
  order: Int32Array,
  start: number,
  end: number,
  words: Int32Array,
  shift: number,
  isLeft: Uint8Array,
  scratch: Int32Array,
): number {
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i]!;
    const step = isLeft[(words[row]! >>> shift) & 255]!;
    order[left] = row;
    scratch[right] = row;
    left += step;
    right += 1 - step;
  }
  return left;
}

function addByBin(
  order: Int32Array,
  start: number,
  end: number,
  words: Int32Array,
  shift: number,
  values: Float64Array,
  scores: Float64Array,
): void {
  for (let i = start; i < end; i++) {
    const row = order[i]!;
    scores[row] = scores[row]! + values[(words[row]! >>> shift) & 255]!;
  }
}
