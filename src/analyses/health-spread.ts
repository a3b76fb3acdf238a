import type { Rhythm } from '../features/expected-gap.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { regularity } from '../features/regularity.ts';
import { SEGMENT_FEATURES, type SegmentFeature, type SegmentMatrix } from '../features/segment-features.ts';
import type { TicketHistory } from '../features/ticket-history.ts';
import { median } from '../math/statistics.ts';
import { fitWinsorScaler } from '../models/winsor-scaler.ts';
import type { HealthSummary } from './health-summary.ts';

/** From a column of `segmentFeatures` back to days, purchases, money, a share, products, tickets and engagements. */
const IN_OWN_UNITS: Readonly<Record<SegmentFeature, (value: number) => number>> = {
  recency: Math.expm1,
  frequency: Math.exp,
  value: Math.expm1,
  regularity: (value) => value,
  breadth: Math.expm1,
  tickets: Math.expm1,
  engagement: Math.expm1,
};

/** Where models cut each feature of the buyers off, and how many values lie beyond. Features that nobody exceeds are absent. */
export function outliersOf({ customers, values }: SegmentMatrix): HealthSummary['outliers'] {
  if (customers.length === 0) return [];
  const p = SEGMENT_FEATURES.length;
  const { low, high } = fitWinsorScaler(values, p);
  return SEGMENT_FEATURES.flatMap((feature, j) => {
    let below = 0;
    let above = 0;
    for (let row = 0; row < customers.length; row++) {
      const value = values[row * p + j]!;
      if (value < low[j]!) below++;
      else if (value > high[j]!) above++;
    }
    if (below + above === 0) return [];
    const inUnits = (value: number): number => Math.round(IN_OWN_UNITS[feature](value) * 100) / 100;
    return [{ feature, low: inUnits(low[j]!), high: inUnits(high[j]!), below, above }];
  });
}

/** What models do not know of the buyers and fill with the median: gaps of their own, their evenness, their satisfaction. */
export function imputedOf(history: PurchaseHistory, tickets: TicketHistory, rhythms: Rhythm): HealthSummary['imputed'] {
  const buyers = [...rhythms.purchases.keys()].filter((i) => rhythms.purchases[i]! > 0);
  const evenness = regularity(history, rhythms.cutOffDay);
  const answers = new Float64Array(rhythms.purchases.length).fill(Number.NaN);
  for (const i of buyers) {
    let sum = 0;
    let count = 0;
    for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]!; k++) {
      if (Number.isNaN(tickets.satisfaction[k]!) || tickets.openedDay[k]! > rhythms.cutOffDay) continue;
      sum += tickets.satisfaction[k]!;
      count++;
    }
    if (count > 0) answers[i] = sum / count;
  }
  const columns = [
    ['own-gap', rhythms.ownMedianGap],
    ['regularity', evenness],
    ['satisfaction', answers],
  ] as const;
  return columns.flatMap(([feature, column]) => {
    const known = buyers.filter((i) => !Number.isNaN(column[i]!));
    const missing = buyers.length - known.length;
    if (missing === 0) return [];
    const middle = known.length === 0 ? null : median(known.map((i) => column[i]!));
    return [
      {
        feature,
        missing,
        of: buyers.length,
        median: middle === null ? null : Math.round(middle * 100) / 100,
      },
    ];
  });
}
