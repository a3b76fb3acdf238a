import type { RegisteredAnalysis } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import type { Audit } from '../ledger/audit.ts';
import type { WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { CrmSink } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type LeftAlone, type PlannedWrite, planWriteBack, SCORED_AT } from './write-back-plan.ts';

interface WriteBackOptions {
  readonly sink: CrmSink;
  readonly portal: PortalStore;
  readonly log: WriteBackLog;
  readonly audit: Pick<Audit, 'append'>;
  readonly analyses: readonly RegisteredAnalysis[];
  readonly now: () => Instant;
  /** Plans only: nothing is written to the CRM or the ledger. */
  readonly dryRun: boolean;
  readonly progress: Progress;
  /** Who had it done, for the audit. */
  readonly actor?: string;
}

export interface WriteBackReport {
  /** Names this write-back in the ledger, for undoing it. */
  readonly batch: string;
  readonly dryRun: boolean;
  readonly objectType: 'companies' | 'contacts';
  /** Customers with a score. */
  readonly examined: number;
  /** Records with a value to change. */
  readonly changed: number;
  /** Records written; 0 in a dry run. */
  readonly written: number;
  readonly failed: number;
  /** Customers whose record the CRM no longer has. */
  readonly missing: number;
  /** Values that somebody changed since Kith wrote them; they stay. */
  readonly leftAlone: number;
  /** Changed values by property. */
  readonly byProperty: Readonly<Record<string, number>>;
  /** The first few changes, failures and values left alone. */
  readonly sample: readonly { id: string; property: string; before: string; after: string }[];
  readonly failures: readonly { id: string; reason: string }[];
  readonly leftAloneSample: readonly LeftAlone[];
}

const RECORDS_PER_BATCH = 100;
/** Customers whose scores and records are held at a time. */
const CUSTOMERS_AT_A_TIME = 1000;
const SAMPLE = 10;
const LISTED = 100;

/**
 * Writes the newest finished results on the customers' CRM records, changed values only. What is about to be written is in
 * the ledger before it is sent, and its outcome after, so that a crash in between leaves nothing unknown.
 */
export async function writeBack(options: WriteBackOptions): Promise<WriteBackReport> {
  const { sink, portal, now, dryRun, progress } = options;
  const results = await newestResults(portal, options.analyses);
  const newest = results[0];
  if (newest === undefined) {
    throw new KithError('no-results', "There are no results to write back; run 'kith analyse' first");
  }
  const objectType = newest.run.portfolio.unit === 'company' ? 'companies' : 'contacts';
  const properties = results.flatMap(({ analysis }) => analysis.properties);
  const names = [...properties.map(({ name }) => name), SCORED_AT.name];
  const job: Job = {
    ...options,
    objectType,
    batch: `wb-${new Date(now()).toISOString().replace(/[-:.]/g, '')}`,
    tally: { written: 0, failed: 0, failures: [] },
  };
  const found = { changed: 0, missing: 0, leftAlone: 0, byProperty: new Map<string, number>() };
  const sample: WriteBackReport['sample'][number][] = [];
  const leftAloneSample: LeftAlone[] = [];
  const customerIds = await scoredCustomers(portal, results);
  const report = (): WriteBackReport => ({
    batch: job.batch,
    dryRun,
    objectType,
    examined: customerIds.length,
    ...found,
    ...job.tally,
    byProperty: Object.fromEntries(found.byProperty),
    sample,
    leftAloneSample,
  });
  try {
    if (!dryRun) {
      await sink.prepare(objectType, [...properties, SCORED_AT]);
    }
    let done = 0;
    for (const ids of batches(customerIds, CUSTOMERS_AT_A_TIME)) {
      progress.update('write-back', done, customerIds.length);
      const plan = planWriteBack({
        scoredAt: newest.run.finishedAt ?? newest.run.startedAt,
        customerIds: ids,
        analyses: await scoresOf(portal, results, ids),
        current: await sink.current(objectType, ids, names),
        lastWritten: await options.log.lastWritten(objectType, ids),
      });
      found.changed += plan.writes.length;
      found.missing += plan.missing.length;
      found.leftAlone += plan.leftAlone.length;
      leftAloneSample.push(...plan.leftAlone.slice(0, LISTED - leftAloneSample.length));
      for (const { id, changes } of plan.writes) {
        for (const change of changes.filter(({ property }) => property !== SCORED_AT.name)) {
          found.byProperty.set(change.property, (found.byProperty.get(change.property) ?? 0) + 1);
          if (sample.length < SAMPLE) {
            sample.push({ id, ...change });
          }
        }
      }
      if (!dryRun) {
        for (const writes of batches(plan.writes, RECORDS_PER_BATCH)) {
          await writeBatch(job, writes);
        }
      }
      done += ids.length;
    }
    progress.update('write-back', done, customerIds.length);
  } catch (error) {
    await appendAudit(job, report(), messageOf(error));
    throw error;
  }
  await appendAudit(job, report(), null);
  return report();
}

interface Job extends WriteBackOptions {
  readonly objectType: 'companies' | 'contacts';
  readonly batch: string;
  readonly tally: { written: number; failed: number; readonly failures: { id: string; reason: string }[] };
}

async function writeBatch(
  { sink, log, objectType, batch, tally }: Job,
  writes: readonly PlannedWrite[],
): Promise<void> {
  await log.begin(
    batch,
    writes.flatMap(({ id, changes }) => changes.map((change) => ({ objectType, recordId: id, ...change }))),
  );
  const result = await sink.write(
    objectType,
    writes.map(({ id, changes }) => ({
      id,
      properties: Object.fromEntries(changes.map(({ property, after }) => [property, after])),
    })),
  );
  tally.written += result.written.length;
  tally.failed += result.failed.length;
  tally.failures.push(...result.failed.slice(0, LISTED - tally.failures.length));
  if (result.written.length > 0) {
    await log.outcome(batch, result.written, 'written', '');
  }
  for (const reason of new Set(result.failed.map((failure) => failure.reason))) {
    const ids = result.failed.filter((failure) => failure.reason === reason).map(({ id }) => id);
    await log.outcome(batch, ids, 'failed', reason);
  }
}

async function appendAudit(
  { audit, dryRun, batch, actor }: Job,
  report: WriteBackReport,
  error: string | null,
): Promise<void> {
  if (dryRun) {
    return;
  }
  const { objectType, examined, changed, written, failed, missing, leftAlone, byProperty } = report;
  const details = { objectType, examined, changed, written, failed, missing, leftAlone, byProperty, error };
  await audit.append({ actor: actor ?? 'scheduler', act: 'wrote-back', subject: batch, details });
}

interface Result {
  readonly analysis: RegisteredAnalysis;
  readonly run: Run;
}

/** Each analysis with something to write and the run of its newest result; the newest run first, and its unit only. */
async function newestResults(portal: PortalStore, analyses: readonly RegisteredAnalysis[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const analysis of analyses.filter(({ properties }) => properties.length > 0)) {
    const latest = await portal.results.latest(analysis.name);
    if (latest !== null) {
      results.push({ analysis, run: latest.run });
    }
  }
  results.sort((a, b) => (a.run.id < b.run.id ? 1 : a.run.id > b.run.id ? -1 : 0));
  return results.filter(({ run }) => run.portfolio.unit === results[0]?.run.portfolio.unit);
}

async function scoredCustomers(portal: PortalStore, results: readonly Result[]): Promise<readonly string[]> {
  const rows = await portal.query<{ id: string }>(
    `SELECT DISTINCT customer_id AS id FROM {db:Identifier}.scores
     WHERE (analysis, run_id) IN (SELECT arrayJoin(arrayZip({analyses:Array(String)}, {runs:Array(String)}))) ORDER BY id`,
    { analyses: results.map(({ analysis }) => analysis.name), runs: results.map(({ run }) => run.id) },
  );
  return rows.map(({ id }) => id);
}

async function scoresOf(portal: PortalStore, results: readonly Result[], customerIds: readonly string[]) {
  const found = [];
  for (const { analysis, run } of results) {
    const scores = await portal.results.scores(run.id, analysis.name, { customerIds });
    found.push({
      run,
      properties: analysis.properties,
      scores: new Map(scores.map((score) => [score.customerId, score])),
    });
  }
  return found;
}
