import { type Anomaly, anomaliesSummarySchema, anomalyDetailsSchema } from '../analyses/anomalies-summary.ts';
import type { ChurnReason } from '../analyses/churn-summary.ts';
import { LONG_OPEN_DAYS } from '../analyses/service-patterns.ts';
import { atStakeOf, readServiceQueue, type ServedCustomer, type ServiceQueue } from '../analyses/service-queue.ts';
import type { Run } from '../domain/results.ts';
import type { Finding } from '../ledger/findings.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';

/** Why service should look after a customer, the least pressing first. */
export const CONCERNS = ['risk-medium', 'burst', 'long-open', 'unhappy', 'risk-high'] as const;
export type Concern = (typeof CONCERNS)[number];

/** A customer with everything that speaks for looking after it. */
export interface ServiceCase {
  readonly finding: Finding & { readonly band: Concern };
  readonly customer: ServedCustomer;
  /** What the risk is associated with and service can do something about. */
  readonly reasons: readonly ChurnReason[];
  /** The burst of tickets that stood out; null without one. */
  readonly burst: Anomaly | null;
  /** Value × risk where there are probabilities, value a year elsewhere. */
  readonly weight: number;
}

export interface ServiceCases {
  readonly queue: ServiceQueue;
  /** The most at stake first. */
  readonly cases: readonly ServiceCase[];
  /** More or fewer tickets than usual in all; null when nothing is unusual. */
  readonly tickets: Anomaly | null;
}

const SERVICE_FAMILIES: readonly string[] = [
  'tickets',
  'ticket-trend',
  'severe-tickets',
  'repeat-tickets',
  'time-to-close',
  'satisfaction',
  'feedback',
];
// By money at risk, so that those whom tickets concern are among them.
const READ_AT_RISK = 500;
const READ_WAITING = 1_000;

/** Everybody whom the viewer may see and whom service should look after, and what is unusual about tickets in all. */
export async function readServiceCases(reader: PrivacyReader, run: Run): Promise<ServiceCases> {
  const ids = new Set<string>();
  const waiting = await reader.rows(run, 'service', { label: 'open', order: 'value-desc', limit: READ_WAITING });
  const unhappy = await reader.rows(run, 'service', { band: 'unhappy', order: 'customer', limit: READ_WAITING });
  const atRisk = await reader.rows(run, 'churn-risk', {
    bands: ['high', 'medium'],
    order: 'at-risk-desc',
    limit: READ_AT_RISK,
  });
  const { bursts, tickets } = await readTicketAnomalies(reader, run);
  for (const { customerId } of [...waiting.rows, ...unhappy.rows, ...atRisk.rows]) ids.add(customerId);
  for (const customerId of bursts.keys()) ids.add(customerId);
  const queue = await readServiceQueue(reader, run, { customerIds: [...ids] });
  const cases = queue.customers.flatMap((customer): ServiceCase[] => {
    const found = caseOf(customer, queue, bursts.get(customer.row.customerId) ?? null);
    return found === null ? [] : [found];
  });
  cases.sort(
    (a, b) =>
      b.weight - a.weight ||
      CONCERNS.indexOf(b.finding.band) - CONCERNS.indexOf(a.finding.band) ||
      (a.finding.key < b.finding.key ? -1 : 1),
  );
  return { queue: { ...queue, withheld: queue.withheld ?? waiting.withheld }, cases, tickets };
}

/** What speaks for looking after a customer now; null when nothing does. */
export function caseOf(customer: ServedCustomer, { basis }: ServiceQueue, burst: Anomaly | null): ServiceCase | null {
  const { details, risk, row } = customer;
  const up = risk?.details.up ?? [];
  const reasons = up.filter(isOfService);
  const holds: Readonly<Record<Concern, boolean>> = {
    // Of a middling risk tickets have to be the strongest reason.
    'risk-medium': risk?.band === 'medium' && up.slice(0, 1).some(isOfService),
    burst: burst !== null,
    'long-open': isValuable(customer) && (details.oldest ?? 0) > LONG_OPEN_DAYS,
    unhappy: isValuable(customer) && details.answer?.mood === 'dissatisfied',
    'risk-high': risk?.band === 'high' && reasons.length > 0,
  };
  const band = CONCERNS.findLast((concern) => holds[concern]);
  if (band === undefined) return null;
  const weight = basis === 'chance' ? atStakeOf(customer) : Math.max(0, customer.value ?? 0);
  const finding = { key: `service:${row.customerId}`, customerId: row.customerId, band, money: weight.toFixed(2) };
  return { finding, customer, reasons, burst, weight };
}

function isOfService({ family }: ChurnReason): boolean {
  return SERVICE_FAMILIES.includes(family);
}

/** High value, or bought at all where there are no classes of value. */
function isValuable({ value, valueClass }: ServedCustomer): boolean {
  return valueClass === 'high' || (valueClass === '' && (value ?? 0) > 0);
}

async function readTicketAnomalies(
  reader: PrivacyReader,
  run: Run,
): Promise<{ bursts: ReadonlyMap<string, Anomaly>; tickets: Anomaly | null }> {
  const stored = await reader.result('anomalies');
  const told = anomaliesSummarySchema.safeParse(stored?.summary).data?.told ?? [];
  const byKey = new Map(told.filter(({ kind }) => kind === 'customer-tickets').map((one) => [one.key, one]));
  const bursts = new Map<string, Anomaly>();
  if (byKey.size > 0) {
    const { rows } = await reader.rows(run, 'anomalies', { band: 'high' });
    for (const { customerId, details } of rows) {
      for (const { key, role } of anomalyDetailsSchema.safeParse(details).data?.roles ?? []) {
        const burst = byKey.get(key);
        if (role === 'self' && burst?.direction === 'up') bursts.set(customerId, burst);
      }
    }
  }
  return { bursts, tickets: told.find(({ kind }) => kind === 'weekly-tickets') ?? null };
}
