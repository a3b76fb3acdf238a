import type { Rhythm } from './expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from './purchase-history.ts';
import type { TicketHistory } from './ticket-history.ts';

/** What a person would call a group of columns that say the same thing in different shapes. */
export const FAMILIES = [
  'rhythm',
  'orders',
  'recent-orders',
  'regularity',
  'spend',
  'trend',
  'tenure',
  'breadth',
  'refunds',
  'tickets',
  'severe-tickets',
  'satisfaction',
] as const;
export type Family = (typeof FAMILIES)[number];

/** The columns of the churn matrix, in order. All come from dated events up to the cut-off; NaN where there is no value. */
export const CHURN_FEATURES = [
  { name: 'log_recency', family: 'rhythm' },
  { name: 'log_off_rhythm', family: 'rhythm' },
  { name: 'log_expected_gap', family: 'rhythm' },
  { name: 'log_own_gap', family: 'rhythm' },
  { name: 'log_orders', family: 'orders' },
  { name: 'log_recent_orders', family: 'recent-orders' },
  { name: 'gap_variation', family: 'regularity' },
  { name: 'log_mean_spend', family: 'spend' },
  { name: 'log_spend_trend', family: 'trend' },
  { name: 'log_tenure', family: 'tenure' },
  { name: 'log_products', family: 'breadth' },
  { name: 'log_refund_days', family: 'refunds' },
  { name: 'log_recent_tickets', family: 'tickets' },
  { name: 'log_open_tickets', family: 'tickets' },
  { name: 'log_severe_tickets', family: 'severe-tickets' },
  { name: 'satisfaction', family: 'satisfaction' },
] as const satisfies readonly { name: string; family: Family }[];

/** The column of off-rhythm, which the overdue rule reads alone. */
export const OFF_RHYTHM_COLUMN = 1;
/** Tickets count as recent for this many days, satisfaction for a year. */
const RECENT_TICKET_DAYS = 90;
const RECENT_SATISFACTION_DAYS = 365;

/**
 * The matrix (customers.length × CHURN_FEATURES.length, row-major) of the customers at the positions `customers`, as of the
 * end of the rhythm's cut-off day. Every one of them has bought.
 */
export function churnFeatures(
  history: PurchaseHistory,
  tickets: TicketHistory,
  rhythms: Rhythm,
  horizonDays: number,
  customers: Int32Array,
): Float64Array {
  const p = CHURN_FEATURES.length;
  const matrix = new Float64Array(customers.length * p);
  for (let row = 0; row < customers.length; row++) {
    const i = customers[row]!;
    const cutOff = rhythms.cutOffDay;
    const orders = ordersOf(history, i, cutOff, horizonDays);
    const support = supportOf(tickets, i, cutOff);
    const gap = rhythms.expectedGap[i]!;
    const values = [
      Math.log1p(cutOff - rhythms.lastDay[i]!),
      Math.log1p(rhythms.offRhythm[i]!),
      Math.log1p(gap),
      Math.log1p(rhythms.ownMedianGap[i]!),
      Math.log(rhythms.purchases[i]!),
      Math.log1p(orders.recent),
      orders.gapVariation,
      Math.log1p(orders.spend / rhythms.purchases[i]! / AMOUNT_SCALE),
      rhythms.purchases[i]! > 1 ? Math.log(orders.lastSpend / (orders.spend / rhythms.purchases[i]!)) : Number.NaN,
      Math.log1p(cutOff - rhythms.firstDay[i]!),
      Math.log1p(orders.products),
      Math.log1p(orders.refundDays),
      Math.log1p(support.recent),
      Math.log1p(support.open),
      Math.log1p(support.severe),
      support.satisfaction,
    ];
    matrix.set(values, row * p);
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

interface Orders {
  readonly recent: number;
  /** Standard deviation ÷ mean of the gaps; NaN below two gaps. */
  readonly gapVariation: number;
  /** Of days with a purchase, in ten-thousandths. */
  readonly spend: number;
  readonly lastSpend: number;
  readonly products: number;
  readonly refundDays: number;
}

function ordersOf(history: PurchaseHistory, i: number, cutOff: number, horizonDays: number): Orders {
  let recent = 0;
  let spend = 0;
  let lastSpend = 0;
  let products = 0;
  let refundDays = 0;
  let last = Number.NaN;
  let gaps = 0;
  let sum = 0;
  let squares = 0;
  for (let k = history.offsets[i]!; k < history.offsets[i + 1]! && history.day[k]! <= cutOff; k++) {
    const day = history.day[k]!;
    const amount = history.amount[k]!;
    products += history.newProducts[k]!;
    if (amount <= 0) {
      if (amount < 0) refundDays++;
      continue;
    }
    if (!Number.isNaN(last)) {
      gaps++;
      sum += day - last;
      squares += (day - last) ** 2;
    }
    if (day > cutOff - horizonDays) recent++;
    spend += amount;
    lastSpend = amount;
    last = day;
  }
  const variance = Math.max(0, squares / gaps - (sum / gaps) ** 2);
  return {
    recent,
    gapVariation: gaps < 2 ? Number.NaN : Math.sqrt(variance) / (sum / gaps),
    spend,
    lastSpend,
    products,
    refundDays,
  };
}

function supportOf(tickets: TicketHistory, i: number, cutOff: number) {
  let recent = 0;
  let open = 0;
  let severe = 0;
  let answers = 0;
  let sum = 0;
  for (let k = tickets.offsets[i]!; k < tickets.offsets[i + 1]! && tickets.openedDay[k]! <= cutOff; k++) {
    const closed = tickets.closedDay[k]!;
    const isRecent = tickets.openedDay[k]! > cutOff - RECENT_TICKET_DAYS;
    const isClosed = closed !== -1 && closed <= cutOff;
    if (isRecent) recent++;
    if (isRecent && tickets.priority[k]! >= 3) severe++;
    if (!isClosed) open++;
    const score = tickets.satisfaction[k]!;
    if (isClosed && closed > cutOff - RECENT_SATISFACTION_DAYS && !Number.isNaN(score)) {
      answers++;
      sum += score;
    }
  }
  return { recent, open, severe, satisfaction: answers === 0 ? Number.NaN : sum / answers };
}
