import {
  RFM_GROUPS,
  type RfmCutPoints,
  type RfmGroup,
  type RfmScore,
  type RfmValues,
  rfmGroup,
  rfmScore,
} from './rfm.ts';

/** Customers and their net money in each of the 125 cells and each named group. */
export interface RfmCounts {
  readonly customers: number;
  /** 125 counts; a score's place is `rfmCell`. */
  readonly cells: readonly number[];
  /** All groups, those without a customer as well, in the order of RFM_GROUPS. */
  readonly groups: readonly { readonly group: RfmGroup; readonly customers: number; readonly money: number }[];
}

/** What moving the cut-points would do. */
export interface RfmMoves {
  /** Customers whose group changes. */
  readonly changed: number;
  /** From group to group, the most customers first. */
  readonly moves: readonly {
    readonly from: RfmGroup;
    readonly to: RfmGroup;
    readonly customers: number;
    readonly money: number;
  }[];
}

/** The place of a score among the 125 cells: recency first, then frequency, then money. */
export function rfmCell({ r, f, m }: RfmScore): number {
  return 25 * (r - 1) + 5 * (f - 1) + (m - 1);
}

export function countRfm(values: RfmValues, points: RfmCutPoints): RfmCounts {
  const cells = new Array<number>(125).fill(0);
  const groups = RFM_GROUPS.map((group) => ({ group, customers: 0, money: 0 }));
  const places = new Map(RFM_GROUPS.map((group, place) => [group, place]));
  let customers = 0;
  for (let i = 0; i < values.frequency.length; i++) {
    const score = rfmScore(values, i, points);
    if (score === null) continue;
    const found = groups[places.get(rfmGroup(score))!]!;
    found.customers++;
    found.money += values.money[i]!;
    cells[rfmCell(score)]! += 1;
    customers++;
  }
  return {
    customers,
    cells,
    groups: groups.map((found) => ({ ...found, money: Math.round(found.money * 100) / 100 })),
  };
}

export function rfmMoves(values: RfmValues, before: RfmCutPoints, after: RfmCutPoints): RfmMoves {
  const moves = new Map<string, { from: RfmGroup; to: RfmGroup; customers: number; money: number }>();
  let changed = 0;
  for (let i = 0; i < values.frequency.length; i++) {
    const [old, next] = [rfmScore(values, i, before), rfmScore(values, i, after)];
    if (old === null || next === null) continue;
    const [from, to] = [rfmGroup(old), rfmGroup(next)];
    if (from === to) continue;
    const key = `${from}>${to}`;
    const move = moves.get(key) ?? { from, to, customers: 0, money: 0 };
    move.customers++;
    move.money += values.money[i]!;
    moves.set(key, move);
    changed++;
  }
  return {
    changed,
    moves: [...moves.values()]
      .map((move) => ({ ...move, money: Math.round(move.money * 100) / 100 }))
      .sort((a, b) => b.customers - a.customers || b.money - a.money || (a.from + a.to < b.from + b.to ? -1 : 1)),
  };
}
