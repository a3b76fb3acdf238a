import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { KithError } from '../lib/errors.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import { WAKE_TASK, type WorkerAnswer, type WorkerTask } from './worker.ts';

type RunOptions = NonNullable<Parameters<JobRunner['run']>[2]>;

/** Idle workers are let go, with the memory that they hold. */
const IDLE_MS = 10_000;
/** Scores pass through the heaps once; by V8's own measure they would grow to several times of what is alive before it is given back. */
const HEAP_GROWTH = '--heap-growing-percent=30';
/** Code is made fast where it runs: beside it, processors that all fit models would run the slow code for as long. */
const COMPILED_IN_PLACE = '--no-concurrent-recompilation';

/**
 * Threads that fit models while the main one answers people. From sources the workers are TypeScript too and need tsx; built,
 * they are plain JavaScript.
 */
export function createWorkerPool(): JobRunner {
  // Of threads that start from here on.
  setFlagsFromString(COMPILED_IN_PLACE);
  setFlagsFromString(HEAP_GROWTH);
  const isSource = import.meta.url.endsWith('.ts');
  const open = () =>
    new Piscina<WorkerTask, WorkerAnswer>({
      filename: new URL(isSource ? './worker.ts' : './worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: Math.max(1, Math.min(4, availableParallelism())),
      idleTimeout: IDLE_MS,
      // Found from here and not from the working directory, which may be anywhere.
      execArgv: isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [],
    });
  let pool = open();
  let running = 0;
  // Not an asynchronous function: that would hold the input, which may be large, until the task is done.
  function run<Result>(task: string, input: unknown, options: RunOptions = {}): Promise<Result> {
    const { takeRows, ...stoppable } = options;
    const { port1: ours, port2: theirs } = new MessageChannel();
    running += 1;
    const answered = pool.run({ task, input, rows: theirs }, { ...stoppable, transferList: [theirs] }).finally(() => {
      running -= 1;
    });
    return resultOf<Result>(answered, ours, takeRows);
  }

  return {
    run,
    async wake() {
      if (pool.threads.length > 0) return;
      // A thread that does not start fails the first task that matters, too.
      await run(WAKE_TASK, null).catch(() => undefined);
    },
    async rest() {
      if (running > 0) return;
      const rested = pool;
      pool = open();
      await rested.destroy();
    },
    close: () => pool.close({ force: true }),
  };
}

/** What a task gives, whose rows come through `ours` before it. */
async function resultOf<Result>(
  answered: Promise<WorkerAnswer>,
  ours: MessagePort,
  takeRows: RunOptions['takeRows'],
): Promise<Result> {
  let taken: Promise<void> = Promise.resolve();
  let problem: unknown = null;
  ours.on('message', (rows: unknown) => {
    taken = (takeRows?.(rows) ?? Promise.resolve()).then(
      () => ours.postMessage({ isStored: true }),
      (error) => {
        problem = error;
        ours.postMessage({ isStored: false });
      },
    );
  });
  const answer = await answered.finally(async () => {
    // A task that was broken off may have left rows on their way.
    await taken;
    ours.close();
  });
  // Why rows were not stored says more than that they were not.
  if (problem !== null) throw problem;
  if ('failure' in answer) throw new KithError(answer.failure.code, answer.failure.text);
  // The caller knows what its task gives: a worker's table is not typed across threads.
  return answer.result as Result;
}
