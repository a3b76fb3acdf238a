import { createHmac } from 'node:crypto';
import { lastCompleteDay } from '../features/calendar.ts';
import { type DailyFacts, readDailyFacts } from '../features/daily-facts.ts';
import { rhythm } from '../features/expected-gap.ts';
import { AMOUNT_SCALE, type PurchaseHistory, readPurchaseHistory } from '../features/purchase-history.ts';
import { type PurchaseMix, readPurchaseMix } from '../features/purchase-mix.ts';
import { readTicketHistory, type TicketHistory } from '../features/ticket-history.ts';
import { netMoney } from '../features/value-rate.ts';
import { seededRandom } from '../math/random.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import { customerTests } from './anomalies-customers.ts';
import { mixTests } from './anomalies-mix.ts';
import { oddTests } from './anomalies-odd.ts';
import { presentAnomalies } from './anomalies-report.ts';
import { portfolioTests } from './anomalies-series.ts';
import { type AnomaliesSummary, anomaliesSummarySchema } from './anomalies-summary.ts';
import { type AnomalyTest, cents, type Driver, families, surprising, type TestFamily } from './anomalies-test.ts';

export interface AnomaliesInput {
  readonly customerIds: readonly string[];
  readonly currency: string;
  readonly history: PurchaseHistory;
  readonly tickets: TicketHistory;
  readonly facts: DailyFacts;
  readonly mix: PurchaseMix;
  readonly lastDay: number;
  readonly horizonDays: number;
  /** A secret of the portal's own: what customers are called by in keys is hashed under it. */
  readonly customerKey: string;
}

/** Of what is told, at most this share is expected to be chance. */
export const FALSE_DISCOVERY_RATE = 0.05;
const MOST_TOLD = 5;
const MOST_DRIVERS = 3;
/** Blocks before the newest that say what a customer usually adds to one. */
const USUAL_BLOCKS = 12;

export function computeAnomalies(input: AnomaliesInput, seed: number): Computed<AnomaliesSummary> {
  const { history, tickets, lastDay } = input;
  const n = input.customerIds.length;
  const rhythms = rhythm(history, lastDay);
  const money = netMoney(history, rhythms);
  const position = new Map(input.mix.drivers.length === 0 ? [] : input.customerIds.map((id, i) => [id, i] as const));
  const asked: TestFamily[] = [
    ...families(
      portfolioTests(input.facts, lastDay, (kind, from, to, sign) =>
        kind === 'weekly-revenue' ? revenueDrivers(history, from, to, sign) : ticketDrivers(tickets, from, to, sign),
      ),
    ),
    ...families(mixTests(input.mix, lastDay, (id) => position.get(id) ?? -1)),
    ...customerTests(history, tickets, lastDay, input.horizonDays),
    ...oddTests(history, tickets, rhythms, money, lastDay, seededRandom(seed)),
  ];
  const made: Partial<Record<AnomalyTest['kind'], number>> = {};
  for (const { kind, p } of asked) if (p.length > 0) made[kind] = (made[kind] ?? 0) + p.length;
  const found = surprising(asked, FALSE_DISCOVERY_RATE)
    .map((one) => ({ ...one, anomaly: { ...one.test.describe(), kind: one.test.kind, adjusted_p: one.adjusted } }))
    .sort(
      (a, b) =>
        weightOf(b.anomaly) - weightOf(a.anomaly) || a.adjusted - b.adjusted || a.test.customer - b.test.customer,
    );
  const told = onePerSubject(found).slice(0, MOST_TOLD);
  const scores = {
    value: new Float64Array(n).fill(Number.NaN),
    label: new Array<string>(n).fill(''),
    band: new Array<string>(n).fill(''),
    evidence: new Uint8Array(n),
    details: new Array<string>(n).fill('{"roles":[]}'),
  };
  const roles = new Map<number, { key: string; role: 'self' | 'driver'; amount: number }[]>();
  const give = (customer: number, role: { key: string; role: 'self' | 'driver'; amount: number }) =>
    roles.set(customer, [...(roles.get(customer) ?? []), role]);
  const anomalies = told.map(({ test, anomaly }, k) => {
    // Two customers may do the same on one day: the place keeps their keys apart, and the run's order is stable.
    const key =
      test.customer < 0
        ? anomaly.key
        : `${anomaly.key}:${anomalyKeyOf(input.customerKey, input.customerIds[test.customer]!)}`;
    if (test.customer >= 0) {
      give(test.customer, { key, role: 'self', amount: anomaly.money });
      scores.value[test.customer] = MOST_TOLD - k;
      scores.label[test.customer] = test.kind;
    }
    for (const { customer, amount } of test.drivers().slice(0, MOST_DRIVERS)) {
      give(customer, { key, role: 'driver', amount });
    }
    return { ...anomaly, key };
  });
  for (const [customer, own] of roles) {
    // A band makes these few rows quick to find among all customers.
    scores.band[customer] = 'high';
    if (Number.isNaN(scores.value[customer]!)) scores.value[customer] = 0;
    scores.details[customer] = JSON.stringify({ roles: own });
  }
  return {
    summary: {
      currency: input.currency,
      level: FALSE_DISCOVERY_RATE,
      tests: made,
      found: found.length,
      told: anomalies,
    },
    model: null,
    scores,
    matrix: null,
  };
}

/** What a difference is worth; a customer unlike others has money, and no difference. */
function weightOf({ kind, money }: { readonly kind: AnomalyTest['kind']; readonly money: number }): number {
  return kind === 'customer-odd' ? 0 : Math.abs(money);
}

/** A customer is told once, for what weighs most. */
function onePerSubject<One extends { readonly test: AnomalyTest }>(found: readonly One[]): One[] {
  const seen = new Set<number>();
  return found.filter(({ test }) => {
    if (test.customer < 0) return true;
    if (seen.has(test.customer)) return false;
    seen.add(test.customer);
    return true;
  });
}

/** Who brought most more (or less) than in a usual block, in the direction of the whole. */
function revenueDrivers(history: PurchaseHistory, from: number, to: number, sign: number): Driver[] {
  return differences(history.customerIds.length, from, to, sign, (i, add) => {
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
      add(history.day[row]!, history.amount[row]! / AMOUNT_SCALE);
    }
  });
}

function ticketDrivers(tickets: TicketHistory, from: number, to: number, sign: number): Driver[] {
  return differences(tickets.customerIds.length, from, to, sign, (i, add) => {
    for (let row = tickets.offsets[i]!; row < tickets.offsets[i + 1]!; row++) add(tickets.openedDay[row]!, 1);
  });
}

function differences(
  n: number,
  from: number,
  to: number,
  sign: number,
  each: (customer: number, add: (day: number, amount: number) => void) => void,
): Driver[] {
  const width = to - from;
  const drivers: Driver[] = [];
  for (let i = 0; i < n; i++) {
    let now = 0;
    let before = 0;
    each(i, (day, amount) => {
      if (day > to) return;
      if (day > from) now += amount;
      else if (day > from - USUAL_BLOCKS * width) before += amount;
    });
    const amount = now - before / USUAL_BLOCKS;
    if (amount * sign > 0) drivers.push({ customer: i, amount: cents(amount) });
  }
  return drivers
    .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.customer - b.customer)
    .slice(0, MOST_DRIVERS);
}

/** Keeps a customer's id out of the summary and the findings; whoever is forgotten is found there by it. */
export function anomalyKeyOf(customerKey: string, customerId: string): string {
  return createHmac('sha256', customerKey).update(customerId).digest('hex').slice(0, 16);
}

/** Of a portal. */
export function anomalyCustomerKey(portal: Pick<PortalStore, 'crm'>): Promise<string> {
  return portal.crm.keyedHash('key', 'anomalies');
}

/** What is unusual about customers, the portfolio and its mix, with how sure that is. */
export const anomalies = defineAnalysis<AnomaliesInput, AnomaliesSummary>({
  name: 'anomalies',
  title: { en: 'What is unusual', zh: '异常' },
  summary: anomaliesSummarySchema,
  async read({ portal, portfolio }) {
    const history = await readPurchaseHistory(portal);
    const lastDay = lastCompleteDay(portfolio.asOf, portfolio.timeZone);
    return {
      customerIds: history.customerIds,
      currency: portfolio.currency,
      history,
      // One array of ids, so that it crosses to the worker once.
      tickets: { ...(await readTicketHistory(portal, portfolio)), customerIds: history.customerIds },
      facts: await readDailyFacts(portal, portfolio),
      mix: await readPurchaseMix(portal, portfolio, lastDay),
      lastDay,
      horizonDays: portfolio.horizonDays,
      customerKey: await anomalyCustomerKey(portal),
    };
  },
  compute: computeAnomalies,
  present: presentAnomalies,
  properties: [],
});
