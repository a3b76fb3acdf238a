import type { Text } from '../lib/text.ts';
import { quantileSorted } from '../math/statistics.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from './purchase-history.ts';

/** Recency, frequency and money of each customer, by position in `customerIds`; NaN recency where nothing was bought. */
export interface RfmValues {
  /** Whole days from the last purchase to the cut-off day. */
  readonly recency: Float64Array;
  /** Purchases: days with a positive net amount. */
  readonly frequency: Float64Array;
  /** Net won money in the portal's currency, refunds taken off. */
  readonly money: Float64Array;
}

/**
 * Where one score ends and the next begins, four ascending values each. Recency: up to the first value scores 5. Frequency
 * and money: above the last value scores 5.
 */
export interface RfmCutPoints {
  readonly recency: readonly number[];
  readonly frequency: readonly number[];
  readonly money: readonly number[];
}

export interface RfmScore {
  readonly r: number;
  readonly f: number;
  readonly m: number;
}

/** Days: within the first a customer scores 5 for recency, within the second 4 at least, and so on. */
const RECENCY_FLOORS = [7, 14, 30, 60];

/** Everything up to and on `cutOffDay`; nothing later is looked at. */
export function rfmValues(history: PurchaseHistory, cutOffDay: number): RfmValues {
  const n = history.customerIds.length;
  const recency = new Float64Array(n).fill(Number.NaN);
  const frequency = new Float64Array(n);
  const money = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]! && history.day[row]! <= cutOffDay; row++) {
      sum += history.amount[row]!;
      if (history.amount[row]! > 0) {
        recency[i] = cutOffDay - history.day[row]!;
        frequency[i]! += 1;
      }
    }
    money[i] = sum / AMOUNT_SCALE;
  }
  return { recency, frequency, money };
}

/**
 * The portal's cut-points: quintiles of those who bought, rounded so that people can read them, and moved up where they
 * would coincide (many customers bought exactly once), so that every score stays possible. Recency has floors: where
 * everybody bought last week, nobody is long gone.
 */
export function deriveRfmCutPoints(values: RfmValues): RfmCutPoints {
  const bought = [...values.frequency.keys()].filter((i) => values.frequency[i]! > 0);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(bought, (i) => column[i]!).sort();
  return {
    recency: ascending(pick(values.recency), (value) => Math.round(value), 1).map((days, i) =>
      Math.max(days, RECENCY_FLOORS[i]!),
    ),
    frequency: ascending(pick(values.frequency), (value) => Math.round(value), 1),
    money: ascending(pick(values.money), roundedMoney, 0),
  };
}

function ascending(sorted: Float64Array, round: (value: number) => number, step: number): number[] {
  const points: number[] = [];
  for (const share of [0.2, 0.4, 0.6, 0.8]) {
    const point = sorted.length === 0 ? 0 : round(quantileSorted(sorted, share));
    const last = points.at(-1);
    // Money has no natural step: one hundredth of the point before is one that people can still tell apart.
    points.push(last === undefined || point > last ? point : last + (step || Math.max(1, Math.abs(last) / 100)));
  }
  return points;
}

/** Two significant digits: 14,732 is 15,000. */
export function roundedMoney(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  // Divided by a whole power of ten below 1, so that 0.35 does not become 0.35000000000000003.
  return unit >= 1 ? Math.round(value / unit) * unit : Math.round(value * Math.round(1 / unit)) / Math.round(1 / unit);
}

/** Scores 1 to 5, 5 best; null for who never bought. */
export function rfmScore(values: RfmValues, i: number, points: RfmCutPoints): RfmScore | null {
  if (values.frequency[i] === 0) return null;
  return {
    r: 5 - points.recency.filter((point) => values.recency[i]! > point).length,
    f: 1 + points.frequency.filter((point) => values.frequency[i]! > point).length,
    m: 1 + points.money.filter((point) => values.money[i]! > point).length,
  };
}

export const RFM_GROUPS = [
  'champions',
  'loyal',
  'potential',
  'promising',
  'recent-small',
  'attention',
  'sleepy',
  'at-risk',
  'cannot-lose',
  'hibernating',
  'lost',
] as const;
export type RfmGroup = (typeof RFM_GROUPS)[number];

export const RFM_GROUP_NAMES: Readonly<Record<RfmGroup, Text>> = {
  champions: { en: 'Champions', zh: '重要价值客户' },
  loyal: { en: 'Loyal', zh: '忠诚客户' },
  potential: { en: 'Potential loyalists', zh: '潜力客户' },
  promising: { en: 'Promising', zh: '有望客户' },
  'recent-small': { en: 'Recent, small', zh: '近期小额客户' },
  attention: { en: 'Need attention', zh: '需关注客户' },
  sleepy: { en: 'About to sleep', zh: '即将沉睡客户' },
  'at-risk': { en: 'Going quiet', zh: '渐趋沉默客户' },
  'cannot-lose': { en: 'Best customers gone quiet', zh: '沉默的重点客户' },
  hibernating: { en: 'Hibernating', zh: '休眠客户' },
  lost: { en: 'Long gone', zh: '久未光顾客户' },
};

/** Row: recency 1 to 5; column: the mean of frequency and money, rounded up, 1 to 5. */
const GRID: readonly (readonly RfmGroup[])[] = [
  ['lost', 'lost', 'hibernating', 'at-risk', 'cannot-lose'],
  ['hibernating', 'hibernating', 'at-risk', 'at-risk', 'cannot-lose'],
  ['sleepy', 'sleepy', 'attention', 'loyal', 'loyal'],
  ['promising', 'promising', 'potential', 'loyal', 'champions'],
  ['recent-small', 'promising', 'potential', 'champions', 'champions'],
];

/** The named group of one of the 125 cells: every cell has exactly one. */
export function rfmGroup({ r, f, m }: RfmScore): RfmGroup {
  return GRID[r - 1]![Math.ceil((f + m) / 2) - 1]!;
}
