import type { Computed, RegisteredAnalysis } from '../analyses/analysis.ts';
import { analyses } from '../analyses/index.ts';
import type { Instant } from '../domain/crm.ts';
import type { KeptRun } from '../domain/results.ts';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { JobRunner, Progress } from '../ports/job-runner.ts';
import type { PortalStore, ResultRows } from '../store/portal-store.ts';
import { backToPresent, prepareRun, type RunOptions, type RunWork } from './prepare-run.ts';
import { refitDone, refitDue } from './refit-due.ts';
import { withSharedReads } from './shared-reads.ts';
import type { AnalysisInput } from './worker.ts';

export interface AnalyseOptions extends RunOptions {
  /** Names of analyses; all when absent. */
  readonly only?: readonly string[];
  readonly progress: Progress;
  /** Ends the run where it stands: its fits are broken off, and it is kept as failed. */
  readonly signal?: AbortSignal;
}

/** Analyses that are read and not yet saved: those that the threads compute, and the next. */
const MOST_UNFINISHED = 3;
/** Of more customers one analysis is read and computed after the other: its input alone is a hundred megabytes and more. */
const MANY_CUSTOMERS = 300_000;
/** Of one analysis, where it has more: inserts leave behind as much as a large read does. */
const ROWS_BEFORE_FREEING = 30_000;
const STEP: Text = { en: 'analyse', zh: '分析' };
/** Those that take longest, the first as long as all the others together. */
const LONGEST: readonly string[] = ['churn-risk', 'recommend', 'segments', 'loyalty'];

/**
 * One run of the analyses: reads on this thread, beside the store; fits in the runner's; saves each result. Nothing of a run
 * that fails is ever shown, and a replay is nobody's newest result.
 */
export async function analyse(options: AnalyseOptions): Promise<KeptRun> {
  const { portal, runner, now, progress, signal } = options;
  const stoppable = signal === undefined ? {} : { signal };
  const chosen = chosenAnalyses(options.only);
  const steps = chosen.length + 1;
  progress.update(STEP, 0, steps);
  signal?.throwIfAborted();
  const work = await prepareRun(options);
  const { portfolio, fingerprint, kind, replayOf, settings } = work;
  const kept = { kind, replayOf: replayOf?.id ?? null, settings };
  const refit = kind === 'current' ? await refitDue(portal) : null;
  const isFirst = (await portal.results.runs(1)).length === 0;
  const run = await portal.results.begin(
    {
      asOf: portfolio.asOf,
      startedAt: now(),
      fingerprint,
      portfolio,
    },
    kept,
  );
  let done = 1;
  progress.update(STEP, done, steps);
  const running: Promise<void>[] = [];
  const unfinished = new Set<Promise<unknown>>();
  const reading = { ...work, portal: withSharedReads(portal), givenBy: replayOf?.startedAt ?? run.startedAt, isFirst };
  let most = 0;
  /** What was read goes to a thread, and from here: of many customers it is a hundred megabytes and more. */
  const begin = async (analysis: RegisteredAnalysis): Promise<{ customers: number; told: Promise<Told> }> => {
    const input = await read(reading, analysis, refit !== null);
    const { customerIds } = input;
    await portal.freeMemory();
    let saved = 0;
    const takeRows = async (rows: unknown): Promise<void> => {
      // What the runner's task sends. It leaves out who was forgotten since it was read, and nobody is while it is written.
      const part = rows as ResultRows;
      await portal.erasures.apart(() => portal.results.saveRows(run, part));
      saved += part.customerIds.length;
      // Gone at once, and not with the next collection: this thread has so little to do here that it rarely makes one.
      structuredClone(null, { transfer: [part.scores.buffer, ...(part.matrix === null ? [] : [part.matrix.buffer])] });
      if (saved % ROWS_BEFORE_FREEING === 0) await portal.freeMemory();
    };
    const task: AnalysisInput = { read: input, seed: portfolio.seed, run: { id: run.id, asOf: run.asOf } };
    return { customers: customerIds.length, told: inThreads(runner, analysis, task, { ...stoppable, takeRows }) };
  };
  try {
    for (const analysis of longestFirst(chosen)) {
      signal?.throwIfAborted();
      // What is read waits in memory for a thread: of many customers it is much.
      while (unfinished.size >= (most > MANY_CUSTOMERS ? 1 : MOST_UNFINISHED)) await Promise.race(unfinished);
      if (most > MANY_CUSTOMERS) await portal.freeMemory();
      signal?.throwIfAborted();
      const { customers, told } = await begin(analysis);
      most = Math.max(most, customers);
      const finished = told
        .then(async (told) => {
          // What the thread held is given back before a large model is written out, and the next analysis is read.
          if (most > MANY_CUSTOMERS) await runner.rest();
          await portal.erasures.apart(() => portal.results.save(run, analysis.name, told));
        })
        .then(() => {
          done++;
          progress.update(STEP, done, steps);
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

/** The parts of each round of an analysis' work beside one another, then the rest. Not an asynchronous function, as the runner's is none. */
function inThreads(
  runner: JobRunner,
  { name, rounds }: RegisteredAnalysis,
  task: AnalysisInput,
  options: Parameters<JobRunner['run']>[2],
): Promise<Told> {
  const { signal } = { ...options };
  const stoppable = signal === undefined ? {} : { signal };
  const [first, ...others] = rounds;
  if (first === undefined) return runner.run<Told>(name, task, options);
  const round = (count: number, parts: readonly unknown[]): Promise<readonly unknown[]> =>
    Promise.all(
      Array.from({ length: count }, (_, k) => runner.run(name, { ...task, parts, part: parts.length + k }, stoppable)),
    ).then((found) => [...parts, ...found]);
  return others
    .reduce((before, count) => before.then((parts) => round(count, parts)), round(first, []))
    .then((parts) => runner.run<Told>(name, { ...task, parts }, options));
}

function chosenAnalyses(only: readonly string[] | undefined): readonly RegisteredAnalysis[] {
  if (only === undefined || only.length === 0) return analyses;
  const names = analyses.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new KithError('usage', {
      en: `There is no analysis "${unknown}"; choose from ${names.join(', ')}`,
      zh: `没有名为“${unknown}”的分析；可选：${names.join('、')}`,
    });
  }
  return analyses.filter(({ name }) => only.includes(name));
}

/** What begins last ends last: short ones fill up the threads at the end. */
function longestFirst(chosen: readonly RegisteredAnalysis[]): readonly RegisteredAnalysis[] {
  const long = LONGEST.flatMap((longest) => chosen.filter(({ name }) => name === longest));
  return [...long, ...chosen.filter(({ name }) => !LONGEST.includes(name))];
}

/** What the analyses of a run read with. */
interface Reading extends RunWork {
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
