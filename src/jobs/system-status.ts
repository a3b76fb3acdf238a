import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type CallsOfDay, callsOfDay } from './crm-calls.ts';
import { lastReconciliation, type ReconciliationReport } from './reconcile-report.ts';

export interface SystemStatus {
  /** The CRM account, as people call it. */
  readonly crm: string;
  readonly lastSyncAt: Instant | null;
  readonly lastRunAt: Instant | null;
  readonly asOf: Instant | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly jobs: readonly { name: string; schedule: string; nextAt: number | null; lastOutcome: string }[];
  readonly undelivered: number;
  /** Where the CRM's calls of today stand; null when it was not talked to today, or counts none. */
  readonly calls: CallsOfDay | null;
  /** The last comparison with the CRM; null before the first. */
  readonly reconciliation: ReconciliationReport | null;
}

/** How fresh and how whole everything is: what `/kith status` tells. */
export async function systemStatus(options: {
  portal: PortalStore;
  account: CrmAccount;
  outbox: Pick<Outbox, 'pending'>;
  jobs: SystemStatus['jobs'];
  now: Instant;
}): Promise<SystemStatus> {
  const { portal, account, outbox, jobs, now } = options;
  const [lastSync, runs, counts, rejects, pending, reconciliation, calls] = await Promise.all([
    portal.crm.cursor('last-sync'),
    portal.results.runs(1),
    portal.crm.counts(),
    portal.crm.rejects(),
    outbox.pending(),
    lastReconciliation(portal),
    callsOfDay(portal, account, now),
  ]);
  return {
    crm: account.name,
    lastSyncAt: lastSync === null ? null : Number(lastSync),
    lastRunAt: runs[0]?.finishedAt ?? null,
    asOf: runs[0]?.asOf ?? null,
    counts,
    rejected: rejects.length,
    jobs,
    undelivered: pending.length,
    calls,
    reconciliation,
  };
}
