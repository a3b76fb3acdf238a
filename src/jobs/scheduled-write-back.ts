import type { CrmAccount } from '../domain/crm.ts';
import type { Viewer } from '../domain/people.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { say } from '../lib/text.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import { digestViewer } from '../privacy/viewer.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { WriteBackDesk } from './write-back-desk.ts';

/** Where a plan is shown for approval: whoever keeps the figures, else whoever works with them. */
const APPROVERS = ['finance', 'sales'] as const;

/**
 * The write-back of the schedule: writes what somebody approved once and for all; else, or when a circuit breaker says no,
 * it posts the plan to be approved. The job's note says what came of it.
 */
export async function scheduledWriteBack(options: {
  portal: Pick<PortalStore, 'erasures'>;
  desk: WriteBackDesk;
  state: PortalState;
  account: CrmAccount;
  outbox: Pick<Outbox, 'enqueue'>;
  reader: (viewer: Viewer) => PrivacyReader;
  progress: Progress;
  signal: AbortSignal;
}): Promise<string> {
  const { portal, desk, state, account, outbox, progress, signal } = options;
  const plan = await desk.write({ dryRun: true, actor: 'scheduler', progress, signal });
  const { batch, changed, refusals } = plan;
  if (changed === 0) return 'no record would change';
  const held = refusals.map((refusal) => say('en', refusal)).join('; ');
  if (state.writeBackApproved && refusals.length === 0) {
    const { written } = await desk.write({ dryRun: false, plan: batch, actor: 'scheduler', progress, signal });
    return `${written} of ${changed} records written as ${batch}`;
  }
  const why = held === '' ? 'nothing is written until it is approved' : `nothing is written: ${held}`;
  const department = APPROVERS.find((name) => state.channels[name] !== undefined);
  const channelId = department === undefined ? undefined : state.channels[department];
  if (department === undefined || channelId === undefined) {
    return `${changed} records would change; ${why} (no channel is set for finance or sales, so the plan ${batch} was not posted)`;
  }
  const reader = options.reader(digestViewer('write-back', department, channelId));
  const { language } = state;
  await portal.erasures.fresh(
    () => desk.present(plan, { reader, language, timeZone: account.timeZone }),
    (report) => outbox.enqueue({ key: `write-back:${batch}`, channelId, kind: 'write-back', report }),
  );
  return `${changed} records would change; ${why}; the plan ${batch} is posted in the ${department} channel`;
}
