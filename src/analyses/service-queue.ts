import type { Run } from '../domain/results.ts';
import { batches } from '../lib/batches.ts';
import type { Text } from '../lib/text.ts';
import type { ScoreQuery } from '../store/portal-store.ts';
import type { PresentedRow } from './analysis.ts';
import { type ChurnDetails, type ChurnSummary, churnDetailsSchema, churnSummarySchema } from './churn-summary.ts';
import { type ServiceDetails, serviceDetailsSchema } from './service-summary.ts';

/**
 * What the queue is sorted by. `chance`: value × probability of leaving; `band`: high, medium, low, then value; `value`: value alone,
 * where no risk is scored.
 */
export type QueueBasis = 'chance' | 'band' | 'value';

/** A customer with its tickets, risk and value, as far as each is known. */
export interface ServedCustomer {
  readonly row: PresentedRow;
  readonly details: ServiceDetails;
  /** Per year, in the portal's currency; null for somebody who has not bought. */
  readonly value: number | null;
  /** low, medium, high, or '' where there are no classes. */
  readonly valueClass: string;
  readonly risk: {
    readonly band: string;
    /** Null where the evidence carries no probability, and where nobody asks: lapsed, too new, under contract, outside its season. */
    readonly probability: number | null;
    readonly details: ChurnDetails;
  } | null;
}

export interface ServiceQueue {
  readonly basis: QueueBasis;
  readonly churn: ChurnSummary | null;
  /** What needs attention first comes first. */
  readonly customers: readonly ServedCustomer[];
  /** Why customers are missing; null when none are. */
  readonly withheld: Text | null;
}

/** The one way to rows, already filtered and masked for whoever reads. */
export interface RowReader {
  result(analysis: string): Promise<{ readonly summary: unknown } | null>;
  rows(
    run: Run,
    analysis: string,
    query: ScoreQuery,
  ): Promise<{ readonly rows: readonly PresentedRow[]; readonly withheld: Text | null }>;
}

/** Ids of one look-up. */
const LOOK_UP = 5_000;

/** Customers by their tickets, joined with the risk and the value of the same run, sorted by `rankQueue`. */
export async function readServiceQueue(reader: RowReader, run: Run, query: ScoreQuery): Promise<ServiceQueue> {
  const { rows, withheld } = await reader.rows(run, 'service', { order: 'value-desc', ...query });
  const stored = await reader.result('churn-risk');
  const churn = stored === null ? null : (churnSummarySchema.safeParse(stored.summary).data ?? null);
  const basis = basisOf(churn);
  if (rows.length === 0) return { basis, churn, customers: [], withheld };
  const customerIds = rows.map(({ customerId }) => customerId);
  const risks = await byCustomer(reader, run, 'churn-risk', customerIds);
  const values = await byCustomer(reader, run, 'value', customerIds);
  const customers = rows.flatMap((row): ServedCustomer[] => {
    const details = serviceDetailsSchema.safeParse(row.details).data;
    if (details === undefined) return [];
    const value = values.get(row.customerId);
    return [
      {
        row,
        details,
        value: value?.value ?? null,
        valueClass: value?.label ?? '',
        risk: basis === 'value' ? null : riskOf(risks.get(row.customerId)),
      },
    ];
  });
  return { basis, churn, customers: rankQueue(customers, basis), withheld };
}

function basisOf(churn: ChurnSummary | null): QueueBasis {
  if (churn === null || churn.outcome.kind === 'none' || churn.evidence_level === 0) return 'value';
  return churn.revenue_at_risk === null ? 'band' : 'chance';
}

async function byCustomer(
  reader: RowReader,
  run: Run,
  analysis: string,
  customerIds: readonly string[],
): Promise<Map<string, PresentedRow>> {
  const found = new Map<string, PresentedRow>();
  for (const part of batches(customerIds, LOOK_UP)) {
    const { rows } = await reader.rows(run, analysis, { customerIds: part });
    for (const row of rows) found.set(row.customerId, row);
  }
  return found;
}

function riskOf(row: PresentedRow | undefined): ServedCustomer['risk'] {
  const details = churnDetailsSchema.safeParse(row?.details).data;
  if (row === undefined || details === undefined) return null;
  const isScored = row.label === 'eligible' && row.evidence >= 2 && !details.out_of_season;
  return { band: row.band, probability: isScored ? row.value : null, details };
}

/** Value × risk; 0 where one of them is not known. */
export function atStakeOf({ value, risk }: ServedCustomer): number {
  return Math.max(0, value ?? 0) * (risk?.probability ?? 0);
}

const BAND_ORDER: Readonly<Record<string, number>> = { high: 3, medium: 2, low: 1 };

/** By value × risk (or band, where there is no probability), then value, then the age of the oldest open ticket. */
export function rankQueue(customers: readonly ServedCustomer[], basis: QueueBasis): ServedCustomer[] {
  const first = (one: ServedCustomer): number =>
    basis === 'chance' ? atStakeOf(one) : basis === 'band' ? (BAND_ORDER[one.risk?.band ?? ''] ?? 0) : 0;
  return [...customers].sort(
    (a, b) =>
      first(b) - first(a) ||
      (b.value ?? 0) - (a.value ?? 0) ||
      (b.details.oldest ?? -1) - (a.details.oldest ?? -1) ||
      (a.row.customerId < b.row.customerId ? -1 : 1),
  );
}
