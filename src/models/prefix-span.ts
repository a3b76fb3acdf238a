import { KithError } from '../lib/errors.ts';
import { frequentRows, type PurchaseSequences, rowsByItem } from './purchase-sequences.ts';

/** Frequent sequences as a prefix tree: sequence i is sequence `parent[i]` and, on a later day, the item `item[i]`. */
export interface FrequentSequences {
  /** −1 for single items. A parent stands before its children. */
  readonly parent: Int32Array;
  readonly item: Int32Array;
  /** How many customers the whole sequence is found in. */
  readonly count: Int32Array;
  readonly length: Uint8Array;
  /** The least count that was mined: more than asked for when the sequences were too many. */
  readonly minimumCount: number;
  readonly wasRaised: boolean;
}

export interface SequenceOptions {
  /** Frequent means found in at least this many customers. */
  readonly minimumCount: number;
  readonly maximumLength: number;
  /** Days between one item and the next: at least, and at most. */
  readonly minimumGap: number;
  readonly maximumGap: number;
  /** Above this many sequences the minimum count is raised by a quarter and mining starts again. */
  readonly maximumSequences: number;
}

/** Rows looked at before the minimum count is raised: some seconds' work. */
const MAXIMUM_WORK = 1_000_000_000;

/**
 * In which order are things bought? All sequences of items, one after the other with gaps between `minimumGap` and
 * `maximumGap` days, that are found in at least `minimumCount` customers.
 *
 * Assumptions: (1) a customer counts once for a sequence, however often it is found there; (2) what is bought on one day
 * has no order, so a step takes at least one day; (3) what lies between two steps does not matter. An item may follow
 * itself.
 *
 * PrefixSpan grows a sequence by what follows it, in the rest of the customers that hold it. With a greatest gap the
 * earliest end of a sequence is not enough (the next item may be near a later one), so every end is carried along, each
 * row once; Pei, Han and Wang show that this finds all of them. Rows are in the order of days, so what a later end reaches begins
 * and ends no earlier than what the one before it reached: one walk, without marks and without sorting. Throws
 * KithError('model-input') for gaps or a minimum that cannot be. Cost: for every sequence found, the rows within reach of its ends.
 *
 * Pei, J. et al. (2001). PrefixSpan: mining sequential patterns efficiently by prefix-projected pattern growth. ICDE.
 * Pei, J., Han, J. and Wang, W. (2007). Constraint-based sequential pattern mining. J. Intelligent Information Systems 28.
 */
export function prefixSpan(sequences: PurchaseSequences, options: SequenceOptions): FrequentSequences {
  const { minimumCount, minimumGap, maximumGap } = options;
  if (!(minimumCount >= 1)) {
    throw new KithError('model-input', `Sequences need a minimum count of 1 or more, not ${minimumCount}`);
  }
  if (!(minimumGap >= 1 && maximumGap >= minimumGap)) {
    throw new KithError('model-input', `Sequences need gaps of 1 day or more, not ${minimumGap} to ${maximumGap}`);
  }
  const asked = Math.ceil(minimumCount);
  for (let least = asked; ; least = Math.ceil(least * 1.25)) {
    const tree = mine(sequences, { ...options, minimumCount: least });
    if (tree !== null) return { ...tree, minimumCount: least, wasRaised: least > asked };
  }
}

/** The items of sequence `index`, first to last. */
export function stepsOf(sequences: FrequentSequences, index: number): number[] {
  const items: number[] = [];
  for (let node = index; node >= 0; node = sequences.parent[node]!) items.push(sequences.item[node]!);
  return items.reverse();
}

type Tree = Pick<FrequentSequences, 'parent' | 'item' | 'count' | 'length'>;

const NO_ROWS = new Int32Array(0);

/** Null when there are too many sequences or too much work. */
function mine(sequences: PurchaseSequences, options: SequenceOptions): Tree | null {
  const { minimumCount, maximumLength, maximumSequences } = options;
  const { itemOfRank, countOf, customerOf, items, reachFrom, reachTo } = frequentRows(sequences, options);
  const width = itemOfRank.length;
  const tree = { parent: [] as number[], item: [] as number[], count: [] as number[], length: [] as number[] };
  // Which customer an item was last counted for.
  const lastCustomer = new Int32Array(width);
  const counts = new Int32Array(width);
  // By depth: the rows that may come next, and the same item by item. One sequence is grown at a time.
  const within: Int32Array[] = [];
  const byItem: Int32Array[] = [];
  let work = 0;

  /** Counts what lies within the gaps behind any of `steps`, ascending rows, and keeps those rows in `kept` where there is one. */
  const follow = (steps: Int32Array, kept: Int32Array | null): number => {
    counts.fill(0);
    lastCustomer.fill(-1);
    // Later steps reach no row before those that earlier ones reached.
    let [unreached, reached] = [0, 0];
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const customer = customerOf[step]!;
      const to = reachTo[step]!;
      for (let row = Math.max(reachFrom[step]!, unreached); row < to; row++) {
        const item = items[row]!;
        if (kept !== null) kept[reached] = row;
        reached++;
        if (lastCustomer[item] === customer) continue;
        lastCustomer[item] = customer;
        counts[item]! += 1;
      }
      if (to > unreached) unreached = to;
    }
    work += steps.length + reached + width;
    return reached;
  };

  /** Grows a sequence by every frequent item of what may come next, which was counted just now. */
  const grow = (node: number, depth: number, next: Int32Array): boolean => {
    if (work > MAXIMUM_WORK) return false;
    const found: [item: number, count: number][] = [];
    for (let item = 0; item < width; item++) if (counts[item]! >= minimumCount) found.push([item, counts[item]!]);
    if (tree.parent.length + found.length > maximumSequences) return false;
    const isLast = depth + 1 >= maximumLength;
    byItem[depth] ??= new Int32Array(isLast ? 0 : next.length);
    if (byItem[depth].length < next.length) byItem[depth] = new Int32Array(next.length);
    const ends = isLast ? NO_ROWS : rowsByItem(next, items, found, width, byItem[depth]);
    for (const [i, [item, count]] of found.entries()) {
      const child = tree.parent.length;
      tree.parent.push(node);
      tree.item.push(itemOfRank[item]!);
      tree.count.push(count);
      tree.length.push(depth + 1);
      if (isLast) continue;
      const steps = byItem[depth].subarray(ends[i - 1] ?? 0, ends[i]);
      // Of the last items of the longest sequences nobody asks where they lie.
      const isNextLast = depth + 2 >= maximumLength;
      if (!isNextLast) within[depth] ??= new Int32Array(items.length);
      const reached = follow(steps, isNextLast ? null : within[depth]!);
      if (!grow(child, depth + 1, isNextLast ? NO_ROWS : within[depth]!.subarray(0, reached))) return false;
    }
    return true;
  };

  for (const [rank, item] of itemOfRank.entries()) counts[rank] = countOf[item]!;
  const all = Int32Array.from(items, (_, row) => row);
  if (!grow(-1, 0, all)) return null;
  return {
    parent: Int32Array.from(tree.parent),
    item: Int32Array.from(tree.item),
    count: Int32Array.from(tree.count),
    length: Uint8Array.from(tree.length),
  };
}
