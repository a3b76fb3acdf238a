import { KithError } from '../lib/errors.ts';

/** What each customer bought when, by position: customer c owns the rows `offsets[c] … offsets[c + 1] − 1`. */
export interface PurchaseSequences {
  readonly offsets: Int32Array;
  /** Days since some epoch, ascending within a customer. */
  readonly days: Int32Array;
  /** Item numbers from 0, distinct within a customer's day. */
  readonly items: Int32Array;
}

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

/** Rows looked at before the minimum count is raised: about two seconds' work. */
const MAXIMUM_WORK = 200_000_000;

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
 * row once; Pei, Han and Wang show that this finds all of them. Throws KithError('model-input') for gaps or a minimum that
 * cannot be. Cost: for every sequence found, the rows within reach of its ends.
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

/** Null when there are too many sequences or too much work. */
function mine(sequences: PurchaseSequences, options: SequenceOptions): Tree | null {
  const { minimumCount, maximumLength, minimumGap, maximumGap, maximumSequences } = options;
  const { itemOfRank, ends, days, items, customerOf } = frequentRows(sequences, minimumCount);
  const width = itemOfRank.length;
  const tree = { parent: [] as number[], item: [] as number[], count: [] as number[], length: [] as number[] };
  // Which customer an item was last counted for; and, by row, the number of the sequence that it was last reached by.
  const lastCustomer = new Int32Array(width);
  const counts = new Int32Array(width);
  const reachedBy = new Int32Array(items.length).fill(-1);
  let passes = 0;
  let work = 0;

  /** Grows a sequence by every frequent item in `reach`: the rows that may come next, ascending, each once. */
  const grow = (node: number, depth: number, reach: Int32Array): boolean => {
    counts.fill(0);
    lastCustomer.fill(-1);
    for (const row of reach) {
      const item = items[row]!;
      const customer = customerOf[row]!;
      if (lastCustomer[item] === customer) continue;
      lastCustomer[item] = customer;
      counts[item]! += 1;
    }
    work += reach.length + width;
    if (work > MAXIMUM_WORK) return false;
    const found: [item: number, count: number][] = [];
    for (let item = 0; item < width; item++) if (counts[item]! >= minimumCount) found.push([item, counts[item]!]);
    if (tree.parent.length + found.length > maximumSequences) return false;
    if (found.length === 0) return true;
    const rowsOf = rowsByItem(reach, items, found, width);
    for (const [i, [item, count]] of found.entries()) {
      const child = tree.parent.length;
      tree.parent.push(node);
      tree.item.push(itemOfRank[item]!);
      tree.count.push(count);
      tree.length.push(depth + 1);
      if (depth + 1 >= maximumLength) continue;
      const next = after(rowsOf[i]!);
      if (next === null || !grow(child, depth + 1, next)) return false;
    }
    return true;
  };

  /** The rows within the gaps behind any of these rows; null when that is too much work. */
  const after = (steps: Int32Array): Int32Array | null => {
    const pass = passes++;
    const reach: number[] = [];
    for (const step of steps) {
      const last = ends[customerOf[step]!]!;
      const from = days[step]! + minimumGap;
      const to = days[step]! + maximumGap;
      for (let row = step + 1; row < last && days[row]! <= to; row++) {
        work++;
        if (days[row]! < from || reachedBy[row] === pass) continue;
        reachedBy[row] = pass;
        reach.push(row);
      }
      if (work > MAXIMUM_WORK) return null;
    }
    return Int32Array.from(reach).sort();
  };

  const all = Int32Array.from({ length: items.length }, (_, row) => row);
  if (!grow(-1, 0, all)) return null;
  return {
    parent: Int32Array.from(tree.parent),
    item: Int32Array.from(tree.item),
    count: Int32Array.from(tree.count),
    length: Uint8Array.from(tree.length),
  };
}

/** The rows of items that enough customers bought, the items as ranks; no sequence can hold any other. */
function frequentRows({ offsets, days, items }: PurchaseSequences, minimumCount: number) {
  const customers = offsets.length - 1;
  const itemCount = items.reduce((most, item) => Math.max(most, item), -1) + 1;
  const counts = new Int32Array(itemCount);
  const lastCustomer = new Int32Array(itemCount).fill(-1);
  for (let c = 0; c < customers; c++) {
    for (let row = offsets[c]!; row < offsets[c + 1]!; row++) {
      const item = items[row]!;
      if (lastCustomer[item] !== c) counts[item]! += 1;
      lastCustomer[item] = c;
    }
  }
  const itemOfRank = Int32Array.from({ length: itemCount }, (_, i) => i).filter((i) => counts[i]! >= minimumCount);
  const rankOf = new Int32Array(itemCount).fill(-1);
  for (const [rank, item] of itemOfRank.entries()) rankOf[item] = rank;
  const kept = { days: new Int32Array(items.length), items: new Int32Array(items.length) };
  const customerOf = new Int32Array(items.length);
  const ends = new Int32Array(customers);
  let end = 0;
  for (let c = 0; c < customers; c++) {
    for (let row = offsets[c]!; row < offsets[c + 1]!; row++) {
      const rank = rankOf[items[row]!]!;
      if (rank < 0) continue;
      kept.days[end] = days[row]!;
      kept.items[end] = rank;
      customerOf[end++] = c;
    }
    ends[c] = end;
  }
  return { itemOfRank, ends, customerOf, days: kept.days, items: kept.items.subarray(0, end) };
}

/** Of `rows`, those that hold each found item, in one walk. */
function rowsByItem(
  rows: Int32Array,
  items: Int32Array,
  found: readonly (readonly [item: number, count: number])[],
  width: number,
): Int32Array[] {
  const slot = new Int32Array(width).fill(-1);
  for (const [i, [item]] of found.entries()) slot[item] = i;
  const lists: number[][] = found.map(() => []);
  for (const row of rows) {
    const i = slot[items[row]!]!;
    if (i >= 0) lists[i]!.push(row);
  }
  return lists.map((list) => Int32Array.from(list));
}
