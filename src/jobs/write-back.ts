import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { Audit } from '../ledger/audit.ts';
import type { WriteBackLog } from '../ledger/write-back-log.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { CrmSink, PropertyDrift } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type MadePlan, makeWriteBackPlan, PLAN_LIFE_MS } from './make-write-back-plan.ts';
import { sendWrites } from './send-writes.ts';
import { settleWriteBacks } from './settle-write-backs.ts';
import { readBreakerFacts, refusalsOf } from './write-back-breakers.ts';
import { createMoves, type Move } from './write-back-moves.ts';
import { isSameValue, type LeftAlone, SCORED_AT } from './write-back-plan.ts';
import { createWriteBackPlans, type PlanHeader } from './write-back-plans.ts';
import { WRITE_BACK_STEP } from './write-back-texts.ts';

/** What is asked for. */
export interface WriteBackOrder {
  /** Plans only: the CRM is not written. */
  readonly dryRun: boolean;
  /** A plan made before, to be written as it was shown; a new one when absent. */
  readonly plan?: string;
  /** Writes although a circuit breaker says no; the audit keeps who and why. */
  readonly force?: boolean;
  /** Who had it done, for the audit. */
  readonly actor?: string;
  /** What is not sent when it is told to stop stays proposed. */
  readonly signal?: AbortSignal;
}

interface WriteBackOptions extends WriteBackOrder {
  readonly sink: CrmSink;
  readonly portal: PortalStore;
  readonly log: WriteBackLog;
  readonly audit: Pick<Audit, 'append'>;
  readonly analyses: readonly RegisteredAnalysis[];
  readonly now: () => Instant;
  readonly progress: Progress;
}

export interface WriteBackReport {
  /** The plan's id, which names this write-back in the ledger, for approving and for undoing it. */
  readonly batch: string;
  readonly dryRun: boolean;
  /** The plan that was asked for and could not be written as it was, and why; nothing was written then. */
  readonly replaces: { readonly plan: string; readonly reason: 'old' | 'changed' } | null;
  readonly objectType: 'companies' | 'contacts';
  readonly asOf: Instant;
  /** Customers with a score. */
  readonly examined: number;
  /** Records with a value to change. */
  readonly changed: number;
  /** Records written; 0 in a dry run. */
  readonly written: number;
  readonly failed: number;
  /** Customers whose record the CRM no longer has. */
  readonly missing: number;
  /** Values that are somebody's own; they stay. */
  readonly leftAlone: number;
  /** Changed values by property. */
  readonly byProperty: Readonly<Record<string, number>>;
  /** The ten largest moves. */
  readonly sample: readonly Move[];
  readonly failures: readonly { id: string; reason: string }[];
  /** Records whose last write failed: they are tried again. */
  readonly quarantined: readonly { id: string; reason: string }[];
  readonly leftAloneSample: readonly LeftAlone[];
  /** Definitions of Kith's properties that somebody changed in the CRM. */
  readonly drift: readonly PropertyDrift[];
  /** Why nothing should be written now. */
  readonly refusals: readonly Text[];
}

const RECORDS_PER_PAGE = 1000;
const LISTED = 100;

/**
 * Plans what the newest finished results would change on the customers' CRM records, and writes it unless it is a dry run:
 * values that differ only, in the ledger before they are sent, read back after. A plan made before is written exactly as it
 * was shown; one that is older than a day, or whose records changed since, is planned anew and not written.
 */
export async function writeBack(options: WriteBackOptions): Promise<WriteBackReport> {
  const { sink, portal, log, audit, dryRun, force = false, actor = 'scheduler' } = options;
  const plans = createWriteBackPlans(portal);
  // A plan too: after a stop there may be nothing left to write, and what was written is told all the same.
  await portal.erasures.apart(() => settleWriteBacks({ sink, log, audit }));
  let made: MadePlan | null = null;
  let header: PlanHeader;
  let replaces: WriteBackReport['replaces'] = null;
  if (options.plan === undefined) {
    made = await makeWriteBackPlan(options);
    header = made.header;
  } else {
    header = await plans.read(options.plan);
    if (header.state === 'written') throw alreadyWritten(header.batch);
    const reason = await staleness(options, header);
    if (reason !== null) {
      replaces = { plan: header.batch, reason };
      await plans.save({ ...header, state: 'replaced' });
      made = await makeWriteBackPlan(options);
      header = made.header;
    }
  }
  const refusals = refusalsOf({ ...header, ...(await readBreakerFacts(portal, header.objectType)) });
  const kept = await log.quarantined(header.objectType);
  const report: WriteBackReport = {
    batch: header.batch,
    dryRun: dryRun || replaces !== null,
    replaces,
    objectType: header.objectType,
    asOf: header.asOf,
    examined: header.examined,
    changed: header.changed,
    written: 0,
    failed: 0,
    missing: header.missing,
    leftAlone: header.leftAlone,
    byProperty: header.byProperty,
    sample: made?.sample ?? [],
    failures: [],
    quarantined: [...kept].slice(0, LISTED).map(([id, reason]) => ({ id, reason })),
    leftAloneSample: made?.leftAloneSample ?? [],
    drift: made?.drift ?? [],
    refusals,
  };
  if (report.dryRun) return report;
  if (refusals.length > 0) {
    if (!force) throw refused(refusals, header.batch);
    const details = { refusals: refusals.map(({ en }) => en) };
    await audit.append({ actor, act: 'forced-write-back', subject: header.batch, details });
  }
  return apply(options, header, report);
}

/** Writes a plan's proposals as they are in the ledger. */
async function apply(options: WriteBackOptions, header: PlanHeader, report: WriteBackReport): Promise<WriteBackReport> {
  const { sink, log, analyses, progress, portal, signal } = options;
  const { batch, objectType } = header;
  const properties = analyses.flatMap((analysis) => analysis.properties);
  const moves = createMoves(properties);
  const failures: { id: string; reason: string }[] = [];
  let [written, failed, done] = [0, 0, 0];
  const soFar = (): WriteBackReport => ({
    ...report,
    written,
    failed,
    failures,
    quarantined: failures,
    sample: moves.largest(),
  });
  try {
    const used = new Set([...Object.keys(header.byProperty), SCORED_AT.name]);
    await sink.prepare(
      objectType,
      [...properties, SCORED_AT].filter(({ name }) => used.has(name)),
    );
    for (let after: string | null = ''; after !== null; ) {
      signal?.throwIfAborted();
      progress.update(WRITE_BACK_STEP, done, header.changed);
      const from: string = after;
      // Who is forgotten meanwhile is gone from the proposals before they are read, or after they are sent and noted.
      after = await portal.erasures.apart(async () => {
        const writes = await log.proposed(batch, { after: from, records: RECORDS_PER_PAGE });
        for (const { recordId, property, before, after: value } of writes) {
          if (property !== SCORED_AT.name) moves.add({ id: recordId, property, before: before ?? '', after: value });
        }
        const sent = await sendWrites({ sink, log, batch, objectType, writes, ...(signal && { signal }) });
        written += sent.written.length;
        failed += sent.failed.length;
        failures.push(...sent.failed.slice(0, LISTED - failures.length));
        done += sent.written.length + sent.failed.length;
        return writes.at(-1)?.recordId ?? null;
      });
    }
    progress.update(WRITE_BACK_STEP, done, header.changed);
    await createWriteBackPlans(portal).save({ ...header, state: 'written' });
  } catch (error) {
    await appendAudit(options, soFar(), messageOf(error));
    throw error;
  }
  await appendAudit(options, soFar(), null);
  return soFar();
}

/** Why a plan is no longer what would be written: its age, or a record that is not as it was. */
async function staleness(
  { sink, log, now }: WriteBackOptions,
  { batch, objectType, plannedAt, state }: PlanHeader,
): Promise<'old' | 'changed' | null> {
  if (state === 'replaced' || now() - plannedAt > PLAN_LIFE_MS) return 'old';
  for (let after = ''; ; ) {
    const writes = await log.proposed(batch, { after, records: RECORDS_PER_PAGE });
    const last = writes.at(-1);
    if (last === undefined) return null;
    after = last.recordId;
    const ids = [...new Set(writes.map(({ recordId }) => recordId))];
    const current = await sink.current(objectType, ids, [...new Set(writes.map(({ property }) => property))]);
    const isSame = writes.every(({ recordId, property, before }) => {
      const now = current.get(recordId)?.[property];
      return now !== undefined && isSameValue(now, before ?? '');
    });
    if (!isSame) return 'changed';
  }
}

function refused(refusals: readonly Text[], batch: string): KithError {
  return new KithError('write-back-refused', {
    en: `Nothing was written. ${refusals.map(({ en }) => en).join('. ')}. Look at it with 'kith write-back --dry-run'; to write it all the same: kith write-back --plan ${batch} --yes --force`,
    zh: `未写入任何内容。${refusals.map(({ zh }) => zh).join('。')}。可用 kith write-back --dry-run 查看；如确需写入：kith write-back --plan ${batch} --yes --force`,
  });
}

function alreadyWritten(batch: string): KithError {
  return new KithError('usage', {
    en: `The plan ${batch} has been written already; 'kith write-back undo ${batch}' takes it back`,
    zh: `计划 ${batch} 已经写入；可用 kith write-back undo ${batch} 撤销`,
  });
}

async function appendAudit(
  { audit, actor }: WriteBackOptions,
  report: WriteBackReport,
  error: string | null,
): Promise<void> {
  const { objectType, examined, changed, written, failed, missing, leftAlone, byProperty } = report;
  const details = { objectType, examined, changed, written, failed, missing, leftAlone, byProperty, error };
  await audit.append({ actor: actor ?? 'scheduler', act: 'wrote-back', subject: report.batch, details });
}
