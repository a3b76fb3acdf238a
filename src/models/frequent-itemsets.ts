import { KithError } from '../lib/errors.ts';

/** Baskets by position: basket b holds `items[offsets[b] … offsets[b + 1])`, distinct item numbers from 0. */
export interface Baskets {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
}

/** Frequent itemsets as a prefix tree: set i is set `parent[i]` and the item `item[i]`. */
export interface FrequentItemsets {
  /** −1 for single items. A parent stands before its children. */
  readonly parent: Int32Array;
  readonly item: Int32Array;
  /** In how many baskets the whole set is. */
  readonly count: Int32Array;
  readonly length: Uint8Array;
  /** The least count that was mined: more than asked for when the sets were too many. */
  readonly minimumCount: number;
  readonly wasRaised: boolean;
  readonly baskets: number;
}

export interface MiningOptions {
  /** Frequent means in at least this many baskets. */
  readonly minimumCount: number;
  readonly maximumLength: number;
  /** Above this many sets the minimum count is raised by a quarter and mining starts again. */
  readonly maximumItemsets: number;
}

/** Item occurrences looked at before the minimum count is raised: about two seconds' work. */
const MAXIMUM_WORK = 400_000_000;

/**
 * What is often bought together? All sets of items that are in at least `minimumCount` baskets, depth first. A set is
 * extended only by items more frequent than its last one, and all its extensions are counted in one walk over the rest of
 * the baskets that hold it ("occurrence deliver"), so the cost follows the occurrences and not the candidates.
 *
 * Uno, T., Kiyomi, M. and Arimura, H. (2004). LCM ver. 2: efficient mining algorithms. FIMI.
 */
export function frequentItemsets(baskets: Baskets, options: MiningOptions): FrequentItemsets {
  if (!(options.minimumCount >= 1)) {
    throw new KithError('model-input', `Itemsets need a minimum count of 1 or more, not ${options.minimumCount}`);
  }
  const asked = Math.ceil(options.minimumCount);
  for (let minimumCount = asked; ; minimumCount = Math.ceil(minimumCount * 1.25)) {
    const tree = mine(baskets, { ...options, minimumCount });
    if (tree === null) continue;
    return { ...tree, minimumCount, wasRaised: minimumCount > asked, baskets: baskets.offsets.length - 1 };
  }
}

/** The items of set `index`, ascending. */
export function itemsOf(sets: FrequentItemsets, index: number): number[] {
  const items: number[] = [];
  for (let node = index; node >= 0; node = sets.parent[node]!) items.push(sets.item[node]!);
  return items.sort((a, b) => a - b);
}

type Tree = Pick<FrequentItemsets, 'parent' | 'item' | 'count' | 'length'>;

/** Null when there are too many sets or too much work. */
function mine(baskets: Baskets, options: MiningOptions): Tree | null {
  const { minimumCount, maximumLength, maximumItemsets } = options;
  const { itemOfRank, positions, tails } = frequentDatabase(baskets, minimumCount);
  const ranks = itemOfRank.length;
  const parent: number[] = [];
  const item: number[] = [];
  const count: number[] = [];
  const length: number[] = [];
  const countsByDepth: Int32Array[] = [];
  let work = 0;

  /** Extends a set by every frequent item behind it. `occurrences` point behind its last item in each basket holding it. */
  const extend = (node: number, depth: number, occurrences: Int32Array): boolean => {
    countsByDepth[depth] ??= new Int32Array(ranks);
    const counts = countsByDepth[depth];
    counts.fill(0);
    for (const start of occurrences) {
      let position = start;
      for (let rank = tails[position]!; rank < ranks; rank = tails[++position]!) counts[rank]! += 1;
      work += position - start;
    }
    if (work > MAXIMUM_WORK) return false;

    // Occurrences of all extensions go into one block, each extension's behind the one before.
    const extensions: number[] = [];
    const ends: number[] = [];
    let total = 0;
    for (let rank = 0; rank < ranks; rank++) {
      const found = counts[rank]!;
      if (found < minimumCount) {
        counts[rank] = -1;
        continue;
      }
      extensions.push(rank);
      counts[rank] = total;
      total += found;
      ends.push(total);
    }
    if (parent.length + extensions.length > maximumItemsets) return false;
    const isDeeper = depth + 1 < maximumLength && extensions.length > 1;
    const block = new Int32Array(isDeeper ? total : 0);
    if (isDeeper) {
      for (const start of occurrences) {
        let position = start;
        for (let rank = tails[position]!; rank < ranks; rank = tails[position]!) {
          position++;
          const slot = counts[rank]!;
          if (slot < 0) continue;
          block[slot] = position;
          counts[rank] = slot + 1;
        }
      }
    }
    let begin = 0;
    for (const [i, rank] of extensions.entries()) {
      const end = ends[i]!;
      const child = parent.length;
      parent.push(node);
      item.push(itemOfRank[rank]!);
      count.push(end - begin);
      length.push(depth + 1);
      // The last extension has no frequent item behind it.
      if (isDeeper && i < extensions.length - 1 && !extend(child, depth + 1, block.subarray(begin, end))) return false;
      begin = end;
    }
    return true;
  };

  if (!extend(-1, 0, positions)) return null;
  return {
    parent: Int32Array.from(parent),
    item: Int32Array.from(item),
    count: Int32Array.from(count),
    length: Uint8Array.from(length),
  };
}

/**
 * The baskets with their frequent items alone, as ranks (rarest first, which keeps the walks short), ascending, each basket
 * ended by a rank that no item has.
 */
function frequentDatabase(
  baskets: Baskets,
  minimumCount: number,
): { itemOfRank: Int32Array; positions: Int32Array; tails: Int32Array } {
  const { offsets, items } = baskets;
  const itemCount = items.reduce((most, item) => Math.max(most, item), -1) + 1;
  const counts = new Int32Array(itemCount);
  for (const item of items) counts[item]! += 1;
  const itemOfRank = Int32Array.from({ length: itemCount }, (_, i) => i)
    .filter((item) => counts[item]! >= minimumCount)
    .sort((a, b) => counts[a]! - counts[b]! || a - b);
  const ranks = itemOfRank.length;
  const rankOf = new Int32Array(itemCount).fill(-1);
  for (let rank = 0; rank < ranks; rank++) rankOf[itemOfRank[rank]!] = rank;

  const tails = new Int32Array(items.length + offsets.length);
  const positions = new Int32Array(Math.max(0, offsets.length - 1));
  let end = 0;
  for (let b = 0; b < positions.length; b++) {
    const begin = end;
    positions[b] = begin;
    for (let i = offsets[b]!; i < offsets[b + 1]!; i++) {
      const rank = rankOf[items[i]!]!;
      if (rank >= 0) tails[end++] = rank;
    }
    tails.subarray(begin, end).sort();
    tails[end++] = ranks;
  }
  return { itemOfRank, positions, tails };
}
