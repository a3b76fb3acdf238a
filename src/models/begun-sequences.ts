import type { PurchaseSequences } from './purchase-sequences.ts';

/** Days between one item and the next: at least, and at most. */
export interface Gaps {
  readonly minimumGap: number;
  readonly maximumGap: number;
}

interface Node {
  /** Of the sequences that end here; none where only longer ones were asked for. */
  readonly asked: number[];
  readonly next: Map<number, Node>;
}

/**
 * Which of some sequences of items has a customer gone through, one item after the other within the gaps, and since when? Tells of
 * each by its place among `asked`, with the first day on which it is complete.
 *
 * All of them are followed at once, as a prefix tree: of what a beginning reaches, each row is looked at once, and only beginnings
 * that the customer has are gone on with.
 */
export function begunSequences(
  { offsets, days, items }: PurchaseSequences,
  asked: readonly (readonly number[])[],
  gaps: Gaps,
): (customer: number, tell: (index: number, day: number) => void) => void {
  const root: Node = { asked: [], next: new Map() };
  for (const [index, steps] of asked.entries()) {
    let node = root;
    for (const item of steps) {
      const next = node.next.get(item) ?? { asked: [], next: new Map() };
      node.next.set(item, next);
      node = next;
    }
    node.asked.push(index);
  }
  const itemCount = items.reduce((most, item) => Math.max(most, item), -1) + 1;
  let longestHistory = 0;
  for (let c = 0; c + 1 < offsets.length; c++) longestHistory = Math.max(longestHistory, offsets[c + 1]! - offsets[c]!);
  // By depth, for one customer's rows: those of each item that a node goes on with, as a chain in their order.
  const levels = Array.from({ length: Math.max(1, ...asked.map((steps) => steps.length)) }, () => ({
    seenBy: new Int32Array(itemCount),
    first: new Int32Array(itemCount),
    last: new Int32Array(itemCount),
    chain: new Int32Array(longestHistory),
    met: [] as number[],
  }));
  let visits = 0;

  return (customer, tell) => {
    const begin = offsets[customer]!;
    const end = offsets[customer + 1]!;
    /** Follows a node whose sequence ends at the rows of a chain, or at the beginning of all where there is none. */
    const follow = (node: Node, depth: number, steps: Int32Array | null, firstStep: number): void => {
      const { seenBy, first, last, chain, met } = levels[depth]!;
      const visit = ++visits;
      met.length = 0;
      let row = begin;
      let step = firstStep;
      while (step >= 0) {
        const from = steps === null ? Number.NEGATIVE_INFINITY : days[step]! + gaps.minimumGap;
        const to = steps === null ? Number.POSITIVE_INFINITY : days[step]! + gaps.maximumGap;
        // Later steps reach no row before those that earlier ones reached.
        for (; row < end && days[row]! <= to; row++) {
          if (days[row]! < from) continue;
          const item = items[row]!;
          if (!node.next.has(item)) continue;
          if (seenBy[item] === visit) chain[last[item]! - begin] = row;
          else {
            seenBy[item] = visit;
            first[item] = row;
            met.push(item);
          }
          last[item] = row;
          chain[row - begin] = -1;
        }
        step = steps === null ? -1 : steps[step - begin]!;
      }
      for (const item of met) {
        const next = node.next.get(item)!;
        const day = days[first[item]!]!;
        for (const index of next.asked) tell(index, day);
        if (next.next.size > 0) follow(next, depth + 1, chain, first[item]!);
      }
    };
    if (begin < end) follow(root, 0, null, begin);
  };
}
