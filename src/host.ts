import type { Config } from './config.ts';
import { createWorkerPool } from './jobs/worker-pool.ts';
import { createFairQueue } from './lib/fair-queue.ts';
import type { JobRunner } from './ports/job-runner.ts';
import { connect, type Engine } from './store/connect.ts';
import { acquireDataLock } from './store/data-lock.ts';

/** What work waits its turn for: the processors, or the memory and the network that a copy takes. */
export type Turn = 'analyses' | 'copies';

/** How many run at once, whoever they are of: an analysis uses every processor by itself. */
const AT_ONCE: Readonly<Record<Turn, number>> = { analyses: 1, copies: 4 };

/** What the tenants of one process share: one engine, one pool of workers, and turns at them. */
export interface Host {
  readonly engine: Engine;
  readonly runner: JobRunner;
  /** Runs work when its turn comes, in turns between tenants. */
  inTurn<Result>(turn: Turn, tenant: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** After everything that uses it. */
  close(): Promise<void>;
}

/** Takes the engine's folder for this process and opens the engine; workers start when they are needed. */
export async function openHost({ engineDir, engineMemoryBytes, clickhouseUrl: url }: Config): Promise<Host> {
  // A server is shared with whomever it allows; a folder is one process's.
  const lock = url === null ? await acquireDataLock(engineDir) : null;
  const release = async (): Promise<void> => lock?.release();
  let pool: JobRunner | null = null;
  const workers = (): JobRunner => {
    pool ??= createWorkerPool();
    return pool;
  };
  const queues = { analyses: createFairQueue(AT_ONCE.analyses), copies: createFairQueue(AT_ONCE.copies) };
  const engine = await connect({ dataDir: engineDir, engineMemoryBytes, ...(url === null ? {} : { url }) }).catch(
    async (error: unknown) => {
      await release();
      throw error;
    },
  );
  return {
    engine,
    runner: {
      run: (task, input, options) => workers().run(task, input, options),
      close: async () => pool?.close(),
    },
    inTurn: (turn, tenant, work, signal) => queues[turn].run(tenant, work, signal),
    async close() {
      await pool?.close();
      await engine.client.close();
      await release();
    },
  };
}
