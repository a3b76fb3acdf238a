import type { Config } from './config.ts';
import { createWorkerPool } from './jobs/worker-pool.ts';
import { createFairQueue } from './lib/fair-queue.ts';
import type { JobRunner, Turn } from './ports/job-runner.ts';
import { connect, type Engine } from './store/connect.ts';
import { acquireDataLock } from './store/data-lock.ts';

/** How many run at once, whoever they are of: an analysis uses every processor by itself. */
const AT_ONCE: Readonly<Record<Turn, number>> = { analyses: 1, copies: 4 };

/** What the tenants of one process share: one engine, one pool of workers, and turns at them. */
export interface Host {
  /** Opened when it is first asked for. */
  engine(): Promise<Engine>;
  readonly runner: JobRunner;
  /** Runs work when its turn comes, in turns between tenants. A wait that `signal` ends rejects, and the work never runs. */
  inTurn<Result>(turn: Turn, tenant: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** After everything that uses it. */
  close(): Promise<void>;
}

/** Takes the engine's folder for this process; a server is shared with whomever it allows. */
export async function openHost(config: Config): Promise<Host> {
  const { engineMemoryBytes, clickhouseUrl: url } = config;
  const engineDir = config.sharedEngineDir ?? config.dataDir;
  const lock = url === null ? await acquireDataLock(engineDir) : null;
  let engine: Promise<Engine> | null = null;
  let pool: JobRunner | null = null;
  const queues = { analyses: createFairQueue(AT_ONCE.analyses), copies: createFairQueue(AT_ONCE.copies) };
  return {
    engine() {
      engine ??= connect({ dataDir: engineDir, engineMemoryBytes, ...(url === null ? {} : { url }) });
      return engine;
    },
    runner: {
      run(task, input, options) {
        pool ??= createWorkerPool();
        return pool.run(task, input, options);
      },
      wake() {
        pool ??= createWorkerPool();
        return pool.wake();
      },
      rest: async () => pool?.rest(),
      close: async () => pool?.close(),
    },
    inTurn: (turn, tenant, work, signal) => queues[turn].run(tenant, work, signal),
    async close() {
      await pool?.close();
      // One that did not open has been told to whoever asked for it.
      const opened = await engine?.catch(() => null);
      await opened?.client.close();
      await lock?.release();
    },
  };
}
