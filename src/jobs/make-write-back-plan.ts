import type { AnalysisProperty, RegisteredAnalysis } from '../analyses/analysis.ts';
import type { Instant } from '../domain/crm.ts';
import type { Run } from '../domain/results.ts';
import type { Proposal, WriteBackLog } from '../ledger/write-back-log.ts';
import { batches } from '../lib/batches.ts';
import { KithError } from '../lib/errors.ts';
import type { CrmSink, PropertyDrift } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import { textColumn } from '../store/arrow-columns.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createMoves, type Move } from './write-back-moves.ts';
import { type LeftAlone, type PlanInput, planWriteBack, SCORED_AT } from './write-back-plan.ts';
import { createWriteBackPlans, type PlanHeader } from './write-back-plans.ts';
import { WRITE_BACK_STEP } from './write-back-texts.ts';

export interface MadePlan {
  readonly header: PlanHeader;
  /** The ten largest moves. */
  readonly sample: readonly Move[];
  readonly leftAloneSample: readonly LeftAlone[];
  /** Definitions that somebody changed in the CRM; properties of another type are not in the plan. */
  readonly drift: readonly PropertyDrift[];
}

/** Customers whose scores and records are held at a time. */
const CUSTOMERS_AT_A_TIME = 1000;
const LISTED = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a plan may be approved. */
export const PLAN_LIFE_MS = DAY_MS;

/**
 * Works out what a write-back would change and keeps it in the ledger under an id of its own; the CRM is only read. KithError
 * ('no-results') before the first run.
 */
export async function makeWriteBackPlan(options: {
  sink: CrmSink;
  portal: PortalStore;
  log: WriteBackLog;
  analyses: readonly RegisteredAnalysis[];
  now: () => Instant;
  progress: Progress;
}): Promise<MadePlan> {
  const { sink, portal, log, now, progress } = options;
  const results = await newestResults(portal, options.analyses);
  const newest = results[0];
  if (newest === undefined) {
    throw new KithError('no-results', {
      en: "There are no results to write back; run 'kith analyse' first",
      zh: '没有可写回的结果；请先运行 kith analyse',
    });
  }
  const plannedAt = now();
  await log.dropProposals(plannedAt - 7 * DAY_MS);
  const batch = `wb-${new Date(plannedAt).toISOString().replace(/[-:.]/g, '')}`;
  const objectType = newest.run.portfolio.unit === 'company' ? 'companies' : 'contacts';
  const all = results.flatMap(({ analysis }) => analysis.properties);
  const drift = (await sink.drift?.(objectType, [...all, SCORED_AT])) ?? [];
  const foreign = new Set(drift.filter(({ kind }) => kind === 'type').map(({ property }) => property));
  const properties = all.filter(({ name }) => !foreign.has(name));
  const names = [...properties.map(({ name }) => name), SCORED_AT.name];
  const found = { changed: 0, missing: 0, leftAlone: 0, annotated: 0, moved: 0 };
  const byProperty = new Map<string, number>();
  const moves = createMoves(properties);
  const leftAloneSample: LeftAlone[] = [];
  const customerIds = await scoredCustomers(portal, results);
  let done = 0;
  for (const ids of batches(customerIds, CUSTOMERS_AT_A_TIME)) {
    progress.update(WRITE_BACK_STEP, done, customerIds.length);
    const input: PlanInput = {
      scoredAt: newest.run.finishedAt ?? newest.run.startedAt,
      customerIds: ids,
      analyses: await scoresOf(portal, results, ids, foreign),
      current: await sink.current(objectType, ids, names),
      lastWritten: await log.lastWritten(objectType, ids),
      authors: new Map(),
    };
    const plan = await withAuthors(input, sink, objectType, names);
    found.changed += plan.writes.length;
    found.missing += plan.missing.length;
    found.leftAlone += plan.leftAlone.length;
    found.annotated += plan.annotated;
    found.moved += plan.moved;
    leftAloneSample.push(...plan.leftAlone.slice(0, LISTED - leftAloneSample.length));
    for (const { id, changes } of plan.writes) {
      for (const change of changes) {
        if (change.property === SCORED_AT.name) continue;
        byProperty.set(change.property, (byProperty.get(change.property) ?? 0) + 1);
        moves.add({ id, ...change });
      }
    }
    await log.propose(batch, proposalsOf(objectType, plan));
    done += ids.length;
  }
  progress.update(WRITE_BACK_STEP, done, customerIds.length);
  const header: PlanHeader = {
    batch,
    plannedAt,
    state: 'open',
    objectType,
    asOf: newest.run.asOf,
    examined: customerIds.length,
    ...found,
    byProperty: Object.fromEntries(byProperty),
  };
  await createWriteBackPlans(portal).save(header);
  return { header, sample: moves.largest(), leftAloneSample, drift };
}

/** Where the log does not know a value, the CRM's history may. */
async function withAuthors(
  input: PlanInput,
  sink: CrmSink,
  objectType: 'companies' | 'contacts',
  names: readonly string[],
): Promise<ReturnType<typeof planWriteBack>> {
  const plan = planWriteBack(input);
  if (plan.leftAlone.length === 0 || sink.authors === undefined) return plan;
  const ids = [...new Set(plan.leftAlone.map(({ id }) => id))];
  return planWriteBack({ ...input, authors: await sink.authors(objectType, ids, names) });
}

function proposalsOf(objectType: string, plan: ReturnType<typeof planWriteBack>): readonly Proposal[] {
  const proposed = plan.writes.flatMap(({ id, changes }) =>
    changes.map((change) => ({ objectType, recordId: id, ...change, kind: 'proposed' as const, note: '' })),
  );
  const leftAlone = plan.leftAlone.map(({ id, property, theirs, ours, reason }) => ({
    objectType,
    recordId: id,
    property,
    before: theirs,
    after: ours,
    kind: 'left-alone' as const,
    note: reason,
  }));
  return [...proposed, ...leftAlone];
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
  const rows = await portal.arrow(
    `SELECT DISTINCT customer_id AS id FROM {db:Identifier}.scores
     WHERE (analysis, run_id) IN (SELECT arrayJoin(arrayZip({analyses:Array(String)}, {runs:Array(String)}))) ORDER BY id`,
    { analyses: results.map(({ analysis }) => analysis.name), runs: results.map(({ run }) => run.id) },
  );
  return textColumn(rows, 'id');
}

async function scoresOf(
  portal: PortalStore,
  results: readonly Result[],
  customerIds: readonly string[],
  foreign: ReadonlySet<string>,
) {
  const found = [];
  for (const { analysis, run } of results) {
    const scores = await portal.results.scores(run.id, analysis.name, { customerIds });
    const properties: readonly AnalysisProperty[] = analysis.properties.filter(({ name }) => !foreign.has(name));
    found.push({ run, properties, scores: new Map(scores.map((score) => [score.customerId, score])) });
  }
  return found;
}
