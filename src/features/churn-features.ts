import { ENGAGEMENT_FEATURES, writeEngagementFeatures } from './engagement-features.ts';
import type { EngagementHistory } from './engagement-history.ts';
import type { Rhythm } from './expected-gap.ts';
import { ORDER_FEATURES, writeOrderFeatures } from './order-features.ts';
import type { PurchaseHistory } from './purchase-history.ts';
import { SERVICE_FEATURES, writeServiceFeatures } from './service-features.ts';
import type { TicketHistory } from './ticket-history.ts';

/** The dated events of the same customers, in the same order. */
export interface CustomerEvents {
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly engagements: EngagementHistory;
}

/** The columns of the churn matrix, in order. All come from dated events up to the cut-off; NaN where there is no value. */
export const CHURN_FEATURES = [...ORDER_FEATURES, ...SERVICE_FEATURES, ...ENGAGEMENT_FEATURES] as const;

/** What a person would call a group of columns that say the same thing in different shapes. */
export type Family = (typeof CHURN_FEATURES)[number]['family'];
/** Every family once, in the order of the columns. */
export const FAMILIES = [...new Set(CHURN_FEATURES.map(({ family }) => family))] as [Family, ...Family[]];

/** The column of off-rhythm, which the overdue rule reads alone. */
export const OFF_RHYTHM_COLUMN = 1;

/**
 * The matrix (customers.length × CHURN_FEATURES.length, row-major) of the customers at the positions `customers`, as of the
 * end of the rhythm's cut-off day. Every one of them has bought. Cost: one pass over their events.
 */
export function churnFeatures(
  { history, tickets, engagements }: CustomerEvents,
  rhythms: Rhythm,
  horizonDays: number,
  customers: Int32Array,
): Float64Array {
  const p = CHURN_FEATURES.length;
  const service = ORDER_FEATURES.length;
  const engagement = service + SERVICE_FEATURES.length;
  const cutOff = rhythms.cutOffDay;
  const matrix = new Float64Array(customers.length * p);
  for (let row = 0; row < customers.length; row++) {
    const i = customers[row]!;
    const at = row * p;
    writeOrderFeatures(matrix, at, history, rhythms, horizonDays, i);
    writeServiceFeatures(matrix, at + service, tickets, cutOff, horizonDays, i);
    writeEngagementFeatures(matrix, at + engagement, engagements, cutOff, horizonDays, i);
  }
  return matrix;
}

/** 1 where the customer made no purchase in (cut-off, cut-off + H], 0 where it did. */
export function noOrderLabels(
  history: PurchaseHistory,
  cutOffDay: number,
  horizonDays: number,
  customers: Int32Array,
): Uint8Array {
  const labels = new Uint8Array(customers.length).fill(1);
  for (let row = 0; row < customers.length; row++) {
    const i = customers[row]!;
    // Backwards: what matters is at the end of a customer's days.
    for (let k = history.offsets[i + 1]! - 1; k >= history.offsets[i]! && history.day[k]! > cutOffDay; k--) {
      if (history.day[k]! <= cutOffDay + horizonDays && history.amount[k]! > 0) labels[row] = 0;
    }
  }
  return labels;
}
