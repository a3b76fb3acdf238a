import type { EngagementHistory } from '../../../src/features/engagement-history.ts';
import type { PurchaseHistory } from '../../../src/features/purchase-history.ts';
import type { TicketHistory } from '../../../src/features/ticket-history.ts';

/** One event of a customer: the day, the day's net amount in major units, products bought for the first time. */
export type Event = readonly [day: number, amount: number, newProducts?: number];

export function historyOf(customers: readonly (readonly Event[])[]): PurchaseHistory {
  const rows = customers.flat();
  const offsets = new Int32Array(customers.length + 1);
  customers.forEach((events, i) => {
    offsets[i + 1] = offsets[i]! + events.length;
  });
  return {
    customerIds: customers.map((_, i) => `c${String(i).padStart(5, '0')}`),
    offsets,
    day: Int32Array.from(rows, ([day]) => day),
    amount: Float64Array.from(rows, ([, amount]) => amount * 10_000),
    newProducts: Int32Array.from(rows, ([, , products]) => products ?? 0),
  };
}

export function noTickets(history: PurchaseHistory): TicketHistory {
  return ticketsOf(history.customerIds.map(() => []));
}

export function noEngagements(history: PurchaseHistory): EngagementHistory {
  return engagementsOf(history.customerIds.map(() => []));
}

/** One engagement of a customer: day, position in `ENGAGEMENT_TYPES`, and where they matter inbound, missed and score. */
export type Touch = readonly [day: number, type: number, isInbound?: 0 | 1, isMissed?: 0 | 1, score?: number];

export function engagementsOf(customers: readonly (readonly Touch[])[]): EngagementHistory {
  const rows = customers.flat();
  const offsets = new Int32Array(customers.length + 1);
  customers.forEach((own, i) => {
    offsets[i + 1] = offsets[i]! + own.length;
  });
  return {
    customerIds: customers.map((_, i) => `c${String(i).padStart(5, '0')}`),
    offsets,
    day: Int32Array.from(rows, ([day]) => day),
    type: Int8Array.from(rows, ([, type]) => type),
    isInbound: Uint8Array.from(rows, ([, , inbound]) => inbound ?? 0),
    isMissed: Uint8Array.from(rows, ([, , , missed]) => missed ?? 0),
    score: Float64Array.from(rows, ([, , , , score]) => score ?? Number.NaN),
  };
}

/** Per customer: [opened, closed or -1, satisfaction or NaN]. */
export function ticketsOf(customers: readonly (readonly (readonly [number, number, number])[])[]): TicketHistory {
  const rows = customers.flat();
  const offsets = new Int32Array(customers.length + 1);
  customers.forEach((tickets, i) => {
    offsets[i + 1] = offsets[i]! + tickets.length;
  });
  return {
    customerIds: customers.map((_, i) => `c${String(i).padStart(5, '0')}`),
    offsets,
    openedDay: Int32Array.from(rows, ([opened]) => opened),
    closedDay: Int32Array.from(rows, ([, closed]) => closed),
    priority: new Int8Array(rows.length),
    satisfaction: Float64Array.from(rows, ([, , score]) => score),
  };
}
