import type { AnomaliesInput } from '../../../src/analyses/anomalies.ts';
import type { DailyFacts } from '../../../src/features/daily-facts.ts';
import type { PurchaseMix } from '../../../src/features/purchase-mix.ts';
import { normal, type RandomSource } from '../../../src/math/random.ts';
import { type Event, historyOf, ticketsOf } from '../features/history-fixture.ts';

/** Two years, so that nothing is too short to be tested. */
export const DAYS = 730;

export interface MadeUp {
  readonly customers: Event[][];
  /** Days on which each customer's tickets were opened. */
  readonly tickets: number[][];
  /** Counts of purchases of three products in 13 blocks, the oldest first. */
  readonly mix: number[][];
}

/** Customers that buy at their own pace for their own usual amount, open tickets now and then, and nothing else. */
export function noise(random: RandomSource, customers: number): MadeUp {
  return {
    customers: Array.from({ length: customers }, () => {
      const gap = 10 + 40 * random();
      const usual = Math.log(50 + 500 * random());
      const events: Event[] = [];
      for (let day = gap * random(); day <= DAYS; day += gap * (0.6 + 0.8 * random())) {
        events.push([Math.floor(day) + 1, Math.round(100 * Math.exp(usual + 0.4 * normal(random))) / 100]);
      }
      return events;
    }),
    tickets: Array.from({ length: customers }, () => {
      const rate = 0.02 * random();
      return Array.from({ length: DAYS }, (_, day) => day + 1).filter(() => random() < rate);
    }),
    mix: Array.from({ length: 13 }, () => {
      const counts = [0, 0, 0];
      for (let k = 0; k < 120; k++) {
        const draw = random();
        const product = draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2;
        counts[product] = counts[product]! + 1;
      }
      return counts;
    }),
  };
}

export function inputOf({ customers, tickets, mix }: MadeUp): AnomaliesInput {
  const history = historyOf(customers.map((events) => [...new Map(events.map((event) => [event[0], event])).values()]));
  return {
    customerIds: history.customerIds,
    currency: 'EUR',
    history,
    tickets: ticketsOf(
      tickets.map((days) => [...days].sort((a, b) => a - b).map((day) => [day, -1, Number.NaN] as const)),
    ),
    facts: factsOf(customers, tickets),
    mix: mixOf(mix),
    lastDay: DAYS,
    horizonDays: 90,
    customerKey: 'a key',
  };
}

function factsOf(customers: readonly (readonly Event[])[], tickets: readonly (readonly number[])[]): DailyFacts {
  const revenue = new Float64Array(DAYS + 1);
  const won = new Int32Array(DAYS + 1);
  const opened = new Int32Array(DAYS + 1);
  for (const [day, amount] of customers.flat()) {
    if (day > DAYS) continue;
    revenue[day] = revenue[day]! + Math.round(amount * 10_000);
    won[day] = won[day]! + 1;
  }
  for (const day of tickets.flat()) opened[day] = opened[day]! + 1;
  return {
    day: Int32Array.from({ length: DAYS }, (_, k) => k + 1),
    revenue: revenue.subarray(1),
    won: won.subarray(1),
    lost: new Int32Array(DAYS),
    tickets: opened.subarray(1),
  };
}

function mixOf(mix: readonly (readonly number[])[]): PurchaseMix {
  const rows = mix.flatMap((counts, at) =>
    counts.map((count, product) => ({ product, block: mix.length - 1 - at, count })),
  );
  return {
    dimension: rows.map(() => 'product'),
    category: rows.map(({ product }) => ['Desk', 'Lamp', 'Chair'][product]!),
    block: Int32Array.from(rows, ({ block }) => block),
    deals: Int32Array.from(rows, ({ count }) => count),
    amount: Float64Array.from(rows, ({ count }) => count * 1_000_000),
    drivers: [{ dimension: 'product', category: 'Chair', customerId: 'c00000', amount: 5_000_000 }],
  };
}
