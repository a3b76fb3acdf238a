import type { Computed } from '../../../src/analyses/analysis.ts';
import type { ChurnInput } from '../../../src/analyses/churn-input.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import type { ChurnSummary } from '../../../src/analyses/churn-summary.ts';
import type { RandomSource } from '../../../src/math/random.ts';
import { type Event, historyOf, noEngagements, noTickets } from '../features/history-fixture.ts';

/** With every row made. */
export function computeChurn(input: ChurnInput, seed: number): Computed<ChurnSummary> {
  const computed = churnRisk.compute(input, seed);
  return { ...computed, summary: churnRisk.summary.parse(computed.summary) };
}

/** A portal of `customers` histories over `days` days, seen on the last of them. */
export function inputOf(customers: readonly (readonly Event[])[], days: number, horizonDays: number): ChurnInput {
  const history = historyOf(customers);
  return {
    customerIds: history.customerIds,
    history,
    tickets: noTickets(history),
    engagements: noEngagements(history),
    horizonDays,
    asOfDay: days,
    lastCompleteDay: days - 1,
    currency: 'EUR',
    choice: { kind: 'no-order', contracts: null },
    business: {
      mode: 'transactional',
      is_set: false,
      buyers: customers.length,
      repeat_buyers: customers.length,
      won_deals: customers.length,
      recurring_deals: 0,
      lacks_ends: false,
    },
    outcome: { kind: 'no-order', terms: null },
    lastRun: null,
    lastRisk: new Float64Array(customers.length).fill(Number.NaN),
  };
}

/** Purchases at exponential gaps until `stop`: nothing in the past tells the next one. */
export function poissonCustomer(random: RandomSource, meanGap: number, stop: number): Event[] {
  const events: Event[] = [];
  let day = 0;
  for (;;) {
    day += Math.max(1, Math.round(-Math.log(1 - random()) * meanGap));
    if (day > stop) return events;
    events.push([day, 50]);
  }
}

/** A portal where frequent buyers go on and rare ones stop. */
export function mixedPortal(random: RandomSource, size: number, days: number): Event[][] {
  return Array.from({ length: size }, () => {
    const leaves = random() < 0.5 ? Math.floor(random() * days) : days;
    return poissonCustomer(random, 8 + random() * random() * 120, leaves);
  });
}
