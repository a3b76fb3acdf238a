import { roundedMoney } from '../features/rfm.ts';
import { quantileSorted } from '../math/statistics.ts';
import { VALUE_CLASSES } from './value-summary.ts';

/** From here on a customer is medium or high, in money a year. */
export interface ValueThresholds {
  readonly medium: number;
  readonly high: number;
}

/** Below this many buyers, thirds of them would be single customers. */
const FEWEST_FOR_TERTILES = 6;

/** Thirds of the buyers, rounded so that people can read them and small moves change no class; null when they coincide. */
export function tertiles(perYear: Float64Array): ValueThresholds | null {
  if (perYear.length < FEWEST_FOR_TERTILES) return null;
  const ascending = perYear.slice().sort();
  const medium = roundedMoney(quantileSorted(ascending, 1 / 3));
  const high = roundedMoney(quantileSorted(ascending, 2 / 3));
  return high > medium ? { medium, high } : null;
}

/** Position in VALUE_CLASSES. */
export function valueRank(perYear: number, { medium, high }: ValueThresholds): 0 | 1 | 2 {
  return perYear >= high ? 2 : perYear >= medium ? 1 : 0;
}

export interface ValueMoves {
  /** Customers who have bought, and those of them whose class would be another. */
  readonly customers: number;
  readonly moved: number;
  /** Most customers first; '' where there are no classes. */
  readonly moves: readonly { readonly from: string; readonly to: string; readonly customers: number }[];
}

/** Who would be in another class: `classes` are those of the newest run, `after` null for thirds of the customers. */
export function valueMoves(
  perYear: Float64Array,
  classes: readonly string[],
  after: ValueThresholds | null,
): ValueMoves {
  const thresholds = after ?? tertiles(perYear);
  const counted = new Map<string, { from: string; to: string; customers: number }>();
  let moved = 0;
  classes.forEach((from, i) => {
    const to = thresholds === null ? '' : VALUE_CLASSES[valueRank(perYear[i]!, thresholds)]!;
    if (from === to) return;
    moved++;
    const move = counted.get(`${from}>${to}`) ?? { from, to, customers: 0 };
    move.customers++;
    counted.set(`${from}>${to}`, move);
  });
  const moves = [...counted.values()].sort(
    (a, b) => b.customers - a.customers || (a.from + a.to < b.from + b.to ? -1 : 1),
  );
  return { customers: classes.length, moved, moves };
}
