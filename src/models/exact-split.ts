import { midpoint, type RankedColumns } from './ranked-columns.ts';
import type { Split } from './tree.ts';

/** Rows whose value is missing go with the others of a split; where no known value is on their side, everything known is left. */
const ALL_KNOWN = Number.MAX_VALUE;
/** A sorted key is rank · 2²⁶ + row, exact in a double. */
const ROW_BITS = 2 ** 26;
/** So few keys are in order sooner than a sort is called. */
const FEW = 24;

/** The rows that a tree is grown on, and room to look at them; made once for many trees. */
export interface SplitSearch {
  readonly ranked: RankedColumns;
  /** m outcomes, centred where they are not 0 and 1 so that squares of sums keep their digits. */
  readonly outcomes: Float64Array;
  /** m: how often each row counts. */
  readonly weights: Float64Array;
  readonly minLeaf: number;
  readonly weightOf: Float64Array;
  readonly sumOf: Float64Array;
  readonly countOf: Int32Array;
  readonly keys: Float64Array;
  readonly slots: Int32Array;
}

export interface FoundSplit extends Split {
  /** Rows up to this rank go left. */
  readonly rank: number;
  /** Whether a row here misses a value; where none does, `missingLeft` is still open. */
  readonly hasMissing: boolean;
  /** S²/W of the left rows plus that of the right ones, S being a sum of outcomes and W of weights: the larger the better. */
  readonly score: number;
}

export function splitSearch(ranked: RankedColumns, outcomes: Float64Array, minLeaf: number): SplitSearch {
  const slots = Math.max(...ranked.values.map((values) => values.length)) + 1;
  return {
    ranked,
    outcomes,
    weights: new Float64Array(ranked.rows).fill(1),
    minLeaf,
    weightOf: new Float64Array(slots),
    sumOf: new Float64Array(slots),
    countOf: new Int32Array(slots),
    keys: new Float64Array(ranked.rows),
    slots: new Int32Array(slots),
  };
}

/**
 * The best split of the rows `order[start … end)` by column `feature` when it scores above `floor`; null otherwise. Every
 * threshold halfway between two neighbouring values is tried, with missing rows right and then left; the first of equals wins.
 */
export function bestSplit(
  search: SplitSearch,
  order: Int32Array,
  start: number,
  end: number,
  feature: number,
  floor: number,
): FoundSplit | null {
  const { ranked, minLeaf, weightOf, sumOf, countOf } = search;
  const values = ranked.values[feature]!;
  const missing = values.length;
  const slots = gather(search, order, start, end, feature);
  let weight = 0;
  let sum = 0;
  let count = 0;
  for (let slot = 0; slot < slots.length; slot++) {
    weight += weightOf[slot]!;
    sum += sumOf[slot]!;
    count += countOf[slot]!;
  }
  const last = slots.length - 1;
  const hasMissing = last >= 0 && slots[last] === missing;
  const known = hasMissing ? last : last + 1;
  let best: { slot: number; missingLeft: boolean } | null = null;
  let score = floor;
  for (const missingLeft of hasMissing ? [false, true] : [false]) {
    let leftWeight = missingLeft ? weightOf[last]! : 0;
    let leftSum = missingLeft ? sumOf[last]! : 0;
    let leftCount = missingLeft ? countOf[last]! : 0;
    // With missing rows right, everything known may be left.
    const stop = hasMissing && !missingLeft ? known : known - 1;
    for (let slot = 0; slot < stop; slot++) {
      leftWeight += weightOf[slot]!;
      leftSum += sumOf[slot]!;
      leftCount += countOf[slot]!;
      if (leftCount < minLeaf) continue;
      if (count - leftCount < minLeaf) break;
      const rightSum = sum - leftSum;
      const reached = (leftSum * leftSum) / leftWeight + (rightSum * rightSum) / (weight - leftWeight);
      if (reached > score) {
        score = reached;
        best = { slot, missingLeft };
      }
    }
  }
  if (best === null) return null;
  const { slot, missingLeft } = best;
  const isKnownAgainstMissing = slot === known - 1;
  const rank = slots[slot]!;
  return {
    feature,
    rank: isKnownAgainstMissing ? missing - 1 : rank,
    threshold: isKnownAgainstMissing ? ALL_KNOWN : midpoint(values[rank]!, values[slots[slot + 1]!]!),
    missingLeft,
    hasMissing,
    score,
  };
}

/** Adds the rows up by rank into the first slots of the search's lists; gives the rank of each slot, ascending, until the next call. */
function gather(search: SplitSearch, order: Int32Array, start: number, end: number, feature: number): Int32Array {
  const ranks = search.ranked.ranks[feature]!;
  const distinct = search.ranked.values[feature]!.length + 1;
  // Counting visits every rank, sorting every row several times.
  return distinct <= 4 * (end - start)
    ? gatherByCounting(search, order, start, end, ranks, distinct)
    : gatherBySorting(search, order, start, end, ranks);
}

function gatherByCounting(
  search: SplitSearch,
  order: Int32Array,
  start: number,
  end: number,
  ranks: Int32Array,
  distinct: number,
): Int32Array {
  const { weightOf, sumOf, countOf } = search;
  weightOf.fill(0, 0, distinct);
  sumOf.fill(0, 0, distinct);
  countOf.fill(0, 0, distinct);
  // Two functions: V8 leaves the code that it made for the first loop at what follows, each time anew.
  addByRank(search, order, start, end, ranks);
  return closeUp(search, distinct);
}

function addByRank(
  { outcomes, weights, weightOf, sumOf, countOf }: SplitSearch,
  order: Int32Array,
  start: number,
  end: number,
  ranks: Int32Array,
): void {
  for (let i = start; i < end; i++) {
    const row = order[i]!;
    const rank = ranks[row]!;
    weightOf[rank] = weightOf[rank]! + weights[row]!;
    sumOf[rank] = sumOf[rank]! + weights[row]! * outcomes[row]!;
    countOf[rank] = countOf[rank]! + 1;
  }
}

/** Moves the ranks that have rows to the first slots; gives them, ascending. */
function closeUp({ slots, weightOf, sumOf, countOf }: SplitSearch, distinct: number): Int32Array {
  let slot = 0;
  for (let rank = 0; rank < distinct; rank++) {
    if (countOf[rank] === 0) continue;
    weightOf[slot] = weightOf[rank]!;
    sumOf[slot] = sumOf[rank]!;
    countOf[slot] = countOf[rank]!;
    slots[slot++] = rank;
  }
  return slots.subarray(0, slot);
}

function gatherBySorting(
  { outcomes, weights, weightOf, sumOf, countOf, keys, slots }: SplitSearch,
  order: Int32Array,
  start: number,
  end: number,
  ranks: Int32Array,
): Int32Array {
  const sorted = keys.subarray(0, end - start);
  for (let i = start; i < end; i++) sorted[i - start] = ranks[order[i]!]! * ROW_BITS + order[i]!;
  if (sorted.length > FEW) sorted.sort();
  else insertionSort(sorted);
  let slot = -1;
  for (let i = 0; i < sorted.length; i++) {
    const rank = Math.floor(sorted[i]! / ROW_BITS);
    const row = sorted[i]! - rank * ROW_BITS;
    if (slot < 0 || slots[slot] !== rank) {
      slots[++slot] = rank;
      weightOf[slot] = 0;
      sumOf[slot] = 0;
      countOf[slot] = 0;
    }
    weightOf[slot] = weightOf[slot]! + weights[row]!;
    sumOf[slot] = sumOf[slot]! + weights[row]! * outcomes[row]!;
    countOf[slot] = countOf[slot]! + 1;
  }
  return slots.subarray(0, slot + 1);
}

function insertionSort(keys: Float64Array): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
}
