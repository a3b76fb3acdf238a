import type { CrmAccount } from '../domain/crm.ts';
import type { Viewer } from '../domain/people.ts';
import type { Outbox } from '../ledger/outbox.ts';
import { joinTexts, type Text } from '../lib/text.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import { digestViewer } from '../privacy/viewer.ts';
import { formatCount, plural } from '../report/format.ts';
import { DEPARTMENT_NAMES } from '../state/department-names.ts';
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
}): Promise<Text> {
  const { portal, desk, state, account, outbox, progress, signal } = options;
  const plan = await desk.write({ dryRun: true, actor: 'scheduler', progress, signal });
  const { batch, changed, refusals } = plan;
  if (changed === 0) return { en: 'no record would change', zh: '没有需要修改的记录' };
  if (state.writeBackApproved && refusals.length === 0) {
    const { written } = await desk.write({ dryRun: false, plan: batch, actor: 'scheduler', progress, signal });
    return {
      en: `${formatCount('en', written)} of ${records(changed)} written as ${batch}`,
      zh: `${formatCount('zh', changed)} 条记录中已写回 ${formatCount('zh', written)} 条，批次 ${batch}`,
    };
  }
  const why = whyNot(refusals);
  const would: Text = {
    en: `${records(changed)} would change; ${why.en}`,
    zh: `将修改 ${formatCount('zh', changed)} 条记录；${why.zh}`,
  };
  const department = APPROVERS.find((name) => state.channels[name] !== undefined);
  const channelId = department === undefined ? undefined : state.channels[department];
  if (department === undefined || channelId === undefined) {
    return {
      en: `${would.en} (no channel is set for finance or sales, so the plan ${batch} was not posted)`,
      zh: `${would.zh}（财务部和销售部均未指定频道，因此计划 ${batch} 未发布）`,
    };
  }
  const reader = options.reader(digestViewer('write-back', department, channelId));
  const { language } = state;
  await portal.erasures.fresh(
    () => desk.present(plan, { reader, language, timeZone: account.timeZone }),
    (report) => outbox.enqueue({ key: `write-back:${batch}`, channelId, kind: 'write-back', report }),
  );
  const where = DEPARTMENT_NAMES[department];
  return {
    en: `${would.en}; the plan ${batch} is posted in the ${where.en} channel`,
    zh: `${would.zh}；计划 ${batch} 已发布到${where.zh}频道`,
  };
}

/** Why a plan that would change something is not written now. */
function whyNot(refusals: readonly Text[]): Text {
  if (refusals.length === 0) return { en: 'nothing is written until it is approved', zh: '批准之前不会写入' };
  const held = joinTexts(refusals, { en: '; ', zh: '；' });
  return { en: `nothing is written: ${held.en}`, zh: `未写入任何内容：${held.zh}` };
}

const records = (count: number): string => plural('en', count, { one: 'record', other: 'records' }, '');
