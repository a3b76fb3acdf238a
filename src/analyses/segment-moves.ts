/** Customers who changed from one segment to another, and what they have brought so far. */
export interface SegmentMove {
  /** '' for those who had not bought yet. */
  readonly from: string;
  readonly to: string;
  readonly customers: number;
  readonly value: number;
}

/** One customer's segment then and now, as ids; then is '' for who had not bought yet. */
export interface Stay {
  readonly from: string;
  readonly to: string;
  readonly value: number;
}

/** The moves between segments with the most money first; who stayed is left out. */
export function movesOf(stays: readonly Stay[]): SegmentMove[] {
  const moves = new Map<string, SegmentMove>();
  for (const { from, to, value } of stays) {
    if (from === to) continue;
    const key = `${from} ${to}`;
    const { customers, value: sum } = moves.get(key) ?? { customers: 0, value: 0 };
    moves.set(key, { from, to, customers: customers + 1, value: sum + value });
  }
  return [...moves.values()]
    .map((move) => ({ ...move, value: Math.round(move.value * 100) / 100 }))
    .sort((a, b) => b.value - a.value || b.customers - a.customers || (a.from + a.to < b.from + b.to ? -1 : 1));
}
