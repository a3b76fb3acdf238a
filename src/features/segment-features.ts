import { median } from '../math/statistics.ts';
import type { PurchaseHistory } from './purchase-history.ts';
import { regularity } from './regularity.ts';
import { rfmValues } from './rfm.ts';
import type { TicketHistory } from './ticket-history.ts';

/** The columns that segments are made of, in order. */
export const SEGMENT_FEATURES = [
  'recency',
  'frequency',
  'value',
  'regularity',
  'breadth',
  'tickets',
  'engagement',
] as const;
export type SegmentFeature = (typeof SEGMENT_FEATURES)[number];

export interface SegmentMatrix {
  /** Positions of those who have bought; the matrix has one row for each. */
  readonly customers: Int32Array;
  /** customers.length × SEGMENT_FEATURES.length, row-major, finite. */
  readonly values: Float64Array;
}

/** Tickets count for this many days before the cut-off. */
const TICKET_DAYS = 365;

/**
 * Natural logarithms of (1 +) days since the last purchase, purchases, net money (0 when refunds outweigh it), distinct
 * products, tickets and engagements of the last year; and regularity, where a customer with fewer than two gaps has the
 * median of the others (0.5 when nobody has two). Nothing after `cutOffDay` is looked at in histories; `engagements` are
 * counted up to it by who reads them.
 */
export function segmentFeatures(
  history: PurchaseHistory,
  tickets: TicketHistory,
  engagements: Int32Array,
  cutOffDay: number,
): SegmentMatrix {
  const rfm = rfmValues(history, cutOffDay);
  const evenness = regularity(history, cutOffDay);
  const known = evenness.filter((value) => !Number.isNaN(value));
  const usual = known.length === 0 ? 0.5 : median(known);
  const customers = Int32Array.from([...rfm.frequency.keys()].filter((i) => rfm.frequency[i]! > 0));
  const p = SEGMENT_FEATURES.length;
  const values = new Float64Array(customers.length * p);
  for (let row = 0; row < customers.length; row++) {
    const i = customers[row]!;
    values.set(
      [
        Math.log1p(rfm.recency[i]!),
        Math.log(rfm.frequency[i]!),
        Math.log1p(Math.max(0, rfm.money[i]!)),
        Number.isNaN(evenness[i]!) ? usual : evenness[i]!,
        Math.log1p(productsUpTo(history, i, cutOffDay)),
        Math.log1p(recentTickets(tickets, i, cutOffDay)),
        Math.log1p(engagements[i] ?? 0),
      ],
      row * p,
    );
  }
  return { customers, values };
}

/** Distinct products that customer i has bought up to `cutOffDay`. */
export function productsUpTo(history: PurchaseHistory, i: number, cutOffDay: number): number {
  let products = 0;
  for (let row = history.offsets[i]!; row < history.offsets[i + 1]! && history.day[row]! <= cutOffDay; row++) {
    products += history.newProducts[row]!;
  }
  return products;
}

function recentTickets(tickets: TicketHistory, i: number, cutOffDay: number): number {
  let count = 0;
  for (let row = tickets.offsets[i]!; row < tickets.offsets[i + 1]!; row++) {
    const day = tickets.openedDay[row]!;
    if (day <= cutOffDay && day > cutOffDay - TICKET_DAYS) count++;
  }
  return count;
}
