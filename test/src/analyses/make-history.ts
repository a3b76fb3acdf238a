import type { Run } from '../../../src/domain/results.ts';
import { AMOUNT_SCALE, type PurchaseHistory } from '../../../src/features/purchase-history.ts';
import type { TicketHistory } from '../../../src/features/ticket-history.ts';

/** One customer's purchases: day, amount in major units, products bought for the first time. */
export type Purchases = readonly (readonly [day: number, amount: number, newProducts?: number])[];

export function historyOf(customers: Readonly<Record<string, Purchases>>): PurchaseHistory {
  const customerIds = Object.keys(customers).sort();
  const offsets = [0];
  const rows = customerIds.flatMap((id) => {
    const purchases = [...customers[id]!].sort((a, b) => a[0] - b[0]);
    offsets.push(offsets.at(-1)! + purchases.length);
    return purchases;
  });
  return {
    customerIds,
    offsets: Int32Array.from(offsets),
    day: Int32Array.from(rows, ([day]) => day),
    amount: Float64Array.from(rows, ([, amount]) => Math.round(amount * AMOUNT_SCALE)),
    newProducts: Int32Array.from(rows, ([, , products]) => products ?? 0),
  };
}

/** One customer's tickets: day opened and closed, answer. */
export type Tickets = readonly (readonly [opened: number, closed: number, satisfaction: number])[];

export function ticketsOf(
  customerIds: readonly string[],
  tickets: Readonly<Record<string, Tickets>> = {},
): TicketHistory {
  const offsets = [0];
  const rows = customerIds.flatMap((id) => {
    const own = tickets[id] ?? [];
    offsets.push(offsets.at(-1)! + own.length);
    return own;
  });
  return {
    customerIds,
    offsets: Int32Array.from(offsets),
    openedDay: Int32Array.from(rows, ([opened]) => opened),
    closedDay: Int32Array.from(rows, ([, closed]) => closed),
    priority: new Int8Array(rows.length),
    satisfaction: Float64Array.from(rows, ([, , satisfaction]) => satisfaction),
  };
}

/** 2026-03-01, the day on which the runs of these tests look at their histories. */
export const AS_OF_DAY = 20_513;

export const run: Run = {
  id: 'r1',
  startedAt: 0,
  finishedAt: 0,
  status: 'done',
  asOf: AS_OF_DAY * 86_400_000,
  fingerprint: '',
  portfolio: {
    unit: 'company',
    timeZone: 'UTC',
    currency: 'EUR',
    asOf: AS_OF_DAY * 86_400_000,
    horizonDays: 90,
    seed: 1,
  },
};

/** A stored result as it comes back: through JSON. */
export function stored<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
