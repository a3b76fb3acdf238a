import type { CrmAccount, Instant } from '../domain/crm.ts';
import type { Outbox } from '../ledger/outbox.ts';
import type { SystemStatus } from '../ports/system-status.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { callsOfDay } from './crm-calls.ts';
import { lastReconciliation } from './reconcile-report.ts';
import { LOOK_BACK_MS, undeliveredMessage } from './undelivered-message.ts';

/** How fresh and how whole everything is: what `/kith status` tells, beside how Kith is in the chat. */
export async function systemStatus(options: {
  portal: PortalStore;
  account: CrmAccount;
  outbox: Pick<Outbox, 'pending' | 'troubled'>;
  jobs: SystemStatus['jobs'];
  now: Instant;
}): Promise<Omit<SystemStatus, 'slack'>> {
  const { portal, account, outbox, jobs, now } = options;
  const [lastSync, runs, counts, rejects, pending, troubled, reconciliation, calls] = await Promise.all([
    portal.crm.cursor('last-sync'),
    portal.results.runs(1),
    portal.crm.counts(),
    portal.crm.rejects(),
    outbox.pending(),
    outbox.troubled(now - LOOK_BACK_MS),
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
    troubled: troubled.map(undeliveredMessage),
    calls,
    reconciliation,
  };
}
