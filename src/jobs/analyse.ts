import type { AnalysisSettings, Computed, ComputedRows, RegisteredAnalysis } from '../analyses/analysis.ts';
import { analyses } from '../analyses/index.ts';
import type { Instant } from '../domain/crm.ts';
import type { KeptRun, Portfolio, Run, RunKind } from '../domain/results.ts';
import { chooseUnit } from '../features/customer-unit.ts';
import { readPurchaseHistory } from '../features/purchase-history.ts';
import { buildWonDeals } from '../features/won-deals.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { KithError } from '../lib/errors.ts';
import type { JobRunner, Progress } from '../ports/job-runner.ts';
import type { PortalState } from '../state/portal-state.ts';
import type { PortalStore, ScoreColumns } from '../store/portal-store.ts';
import { analysisSettings, keptSettings } from './analysis-settings.ts';
import { dataFingerprint } from './data-fingerprint.ts';
import { refitDone, refitDue } from './refit-due.ts';
import { withSharedReads } from './shared-reads.ts';
import { HORIZON_TASK } from './worker.ts';

export interface AnalyseOptions {
  readonly portal: PortalStore;
  readonly runner: JobRunner;
  readonly state: PortalState;
  readonly now: () => number;
  /**
   * An instant that somebody named; null: the portal's own. A run as of another instant than the portal's own is a replay: of the
   * kept run that looked at that very instant, with its settings, or else of the past with today's.
   */
  readonly asOf: Instant | null;
  /** The portal's own as-of, where it is not now; of a folder of files it is the last event in it in any case. */
  readonly ownAsOf?: Instant | null;
  /** Null: what people set for the portal, else read off the gaps between purchases. */
  readonly horizonDays: number | null;
  /** Names of analyses; all when absent. */
  readonly only?: readonly string[];
  readonly progress: Progress;
  /** Ends the run where it stands: its fits are broken off, and it is kept as failed. */
  readonly signal?: AbortSignal;
}

/** The same data gives the same answers, so the seed is no choice. */
const SEED = 2011;
/** Portals of CRM folders end when their files end. */
const FOLDER_PORTAL = 'folder-';
/** Analyses that are read and not yet saved: those that the threads compute, and the next. */
const MOST_UNFINISHED = 3;
/** Of more customers one analysis is read and computed after the other: its input alone is a hundred megabytes and more. */
const MANY_CUSTOMERS = 300_000;
const ROWS_BEFORE_FREEING = 100_000;
/** More than are ever kept. */
const ALL_RUNS = 1_000_000;

/**
 * One run of the analyses: reads on this thread, beside the store; fits in the runner's; saves each result. Nothing of a run
 * that fails is ever shown, and a replay is nobody's newest result.
 */
export async function analyse(options: AnalyseOptions): Promise<KeptRun> {
  const { portal, runner, now, progress, signal } = options;
  const stoppable = signal === undefined ? {} : { signal };
  const chosen = chosenAnalyses(options.only);
  const steps = chosen.length + 1;
  progress.update('analyse', 0, steps);
  signal?.throwIfAborted();
  const work = await prepare(options);
  const { portfolio, kind, replayOf, settings } = work;
  const kept = { kind, replayOf: replayOf?.id ?? null, settings };
  const refit = kind === 'current' ? await refitDue(portal) : null;
  const isFirst = (await portal.results.runs(1)).length === 0;
  const run = await portal.results.begin(
    {
      asOf: portfolio.asOf,
      startedAt: now(),
      fingerprint: await dataFingerprint(portal, portfolio),
      portfolio,
    },
    kept,
  );
  let done = 1;
  progress.update('analyse', done, steps);
  const running: Promise<void>[] = [];
  const unfinished = new Set<Promise<unknown>>();
  const reading = { ...work, portal: withSharedReads(portal), givenBy: replayOf?.startedAt ?? run.startedAt, isFirst };
  let most = 0;
  try {
    for (const analysis of longestFirst(chosen)) {
      signal?.throwIfAborted();
      // What is read waits in memory for a thread: of many customers it is much.
      while (unfinished.size >= (most > MANY_CUSTOMERS ? 1 : MOST_UNFINISHED)) await Promise.race(unfinished);
      if (most > MANY_CUSTOMERS) await runner.rest();
      signal?.throwIfAborted();
      const input = await read(reading, analysis, refit !== null);
      most = Math.max(most, input.customerIds.length);
      await portal.freeMemory();
      const finished = runner
        .run<Told>(
          analysis.name,
          { read: input, seed: portfolio.seed },
          {
            ...stoppable,
            // What the runner's task sends.
            takeRows: (rows) => saveRows(portal, run, analysis, input.customerIds, rows as ComputedRows),
          },
        )
        .then((told) =>
          portal.erasures.apart(() => portal.results.save(run, analysis.name, { ...told, scores: NO_SCORES })),
        )
        .then(() => {
          done++;
          progress.update('analyse', done, steps);
        });
      // The next one is read while this one is fitted; what failed is met by the wait below.
      const settled: Promise<unknown> = finished.then(
        () => unfinished.delete(settled),
        () => unfinished.delete(settled),
      );
      unfinished.add(settled);
      running.push(finished);
    }
    if (kind === 'replay') await backToPresent(portal);
    await Promise.all(running);
  } catch (error) {
    // What still runs must not save into a run that is over.
    await Promise.allSettled(running);
    if (kind === 'replay') await backToPresent(portal);
    await portal.results.finish(run, 'failed', now());
    // What broke off says so in its own words.
    signal?.throwIfAborted();
    throw error;
  }
  const finishedAt = now();
  await portal.results.finish(run, 'done', finishedAt);
  // A run of some analyses leaves the others as they were.
  if (refit !== null && chosen.length === analyses.length) await refitDone(portal, refit);
  return { ...run, ...kept, status: 'done', finishedAt };
}

function chosenAnalyses(only: readonly string[] | undefined): readonly RegisteredAnalysis[] {
  if (only === undefined || only.length === 0) return analyses;
  const names = analyses.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new KithError('usage', `There is no analysis "${unknown}"; choose from ${names.join(', ')}`);
  }
  return analyses.filter(({ name }) => only.includes(name));
}

/** Risk takes as long as all the others together: what begins last ends last. */
function longestFirst(chosen: readonly RegisteredAnalysis[]): readonly RegisteredAnalysis[] {
  const [longest, others] = [chosen.filter(isLongest), chosen.filter((analysis) => !isLongest(analysis))];
  return [...longest, ...others];
}

function isLongest({ name }: RegisteredAnalysis): boolean {
  return name === 'churn-risk';
}

/** What a run works with. */
interface Work {
  readonly portfolio: Portfolio;
  readonly kind: RunKind;
  /** The kept run that is made again. */
  readonly replayOf: KeptRun | null;
  readonly settings: AnalysisSettings;
}

/** What every analysis of the run shares; builds the tables that they read. */
async function prepare(options: AnalyseOptions): Promise<Work> {
  const { portal, runner, state, now } = options;
  const account = await portal.crm.account();
  if (account === null) {
    throw new KithError(
      'no-results',
      `Portal ${portal.portalId} has no records yet; run \`kith sync\` or \`kith import DIR\` first`,
    );
  }
  const isFolder = account.portalId.startsWith(FOLDER_PORTAL);
  const own = options.ownAsOf ?? (isFolder ? await portal.crm.lastEventAt() : null) ?? now();
  const asOf = options.asOf ?? own;
  // A folder's records say when they were put there, which may be long after what happened to them.
  const isLive = !isFolder && (options.ownAsOf ?? null) === null;
  const replayOf = options.asOf === null ? null : await runAsOf(portal, asOf);
  const settings = analysisSettings(state);
  if (replayOf !== null) {
    const { portfolio } = replayOf;
    await buildWonDeals(portal, { ...portfolio, existing: isLive });
    return { portfolio, kind: 'replay', replayOf, settings: keptSettings(replayOf) ?? settings };
  }
  const kind = asOf === own ? 'current' : 'replay';
  const unit = state.unit ?? (await chooseUnit(portal));
  const { timeZone, currency } = account;
  await buildWonDeals(portal, { unit, timeZone, currency, asOf, existing: isLive && kind === 'replay' });
  const shared = { unit, timeZone, currency, asOf, seed: SEED };
  const wanted = options.horizonDays ?? state.horizonDays;
  const horizonDays = wanted ?? (await horizonOf(portal, runner, { ...shared, horizonDays: 0 }));
  return { portfolio: { ...shared, horizonDays }, kind, replayOf: null, settings };
}

async function horizonOf(portal: PortalStore, runner: JobRunner, portfolio: Portfolio): Promise<number> {
  const history = await readPurchaseHistory(portal);
  return runner.run<number>(HORIZON_TASK, { history, lastDay: zonedDay(portfolio.asOf, portfolio.timeZone) });
}

/** The newest kept run that looked at an instant; null when none did. */
async function runAsOf(portal: PortalStore, asOf: Instant): Promise<KeptRun | null> {
  const runs = await portal.results.kept(ALL_RUNS);
  return runs.find((run) => run.asOf === asOf && run.kind === 'current' && run.status === 'done') ?? null;
}

/** What people are shown is read from the same tables: they get the newest run's back. */
async function backToPresent(portal: PortalStore): Promise<void> {
  const [newest] = await portal.results.runs(1);
  if (newest !== undefined) await buildWonDeals(portal, newest.portfolio);
}

/** What the analyses of a run read with. */
interface Reading extends Work {
  readonly portal: PortalStore;
  /** What customers were given later is not seen. */
  readonly givenBy: Instant;
  /** No run is kept that anything could be compared with. */
  readonly isFirst: boolean;
}

/** A replay compares with what the kept run could compare with. */
async function read(
  { portal, portfolio, replayOf, settings, givenBy, isFirst }: Reading,
  analysis: RegisteredAnalysis,
  refit: boolean,
) {
  const older = { asOfBefore: portfolio.asOf, ...(replayOf === null ? {} : { before: replayOf.id }) };
  const result = isFirst ? null : await portal.results.latest(analysis.name, older);
  const previous = result === null ? null : { ...result, givenBy };
  return analysis.read({ portal, portfolio, settings, previous, refit });
}

/** What an analysis says besides the rows of customers. */
type Told = Pick<Computed<unknown>, 'summary' | 'model'>;

const NO_SCORES: ScoreColumns = {
  customerIds: [],
  value: new Float64Array(0),
  label: [],
  band: [],
  evidence: new Uint8Array(0),
  details: [],
};

async function saveRows(
  portal: PortalStore,
  run: Run,
  { name }: RegisteredAnalysis,
  customerIds: readonly string[],
  { from, scores, matrix }: ComputedRows,
): Promise<void> {
  const { erasures, results } = portal;
  const ids = customerIds.slice(from, from + scores.value.length);
  // Each leaves out who was forgotten since it was read, and nobody is while it is written.
  await erasures.apart(() => results.saveScores(run, name, { customerIds: ids, ...scores }));
  if (matrix !== null) {
    const ofRun = { customerIds: ids, cutOff: run.asOf, ...matrix };
    await erasures.apart(() => results.saveMatrix(run, name, ofRun));
  }
  // Many small inserts leave as much behind as a large read.
  if (from > 0 && from % ROWS_BEFORE_FREEING === 0) await portal.freeMemory();
}
