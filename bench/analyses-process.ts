import { analyses } from '../src/analyses/index.ts';
import { analyse } from '../src/jobs/analyse.ts';
import { createWorkerPool } from '../src/jobs/worker-pool.ts';
import { portalStateSchema } from '../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../src/store/identity-keys.ts';
import { openStore } from '../src/store/open-store.ts';
import { AS_OF } from './made-up-customers.ts';

/** One run of all analyses over a filled data folder, in a process of its own. */
export interface AnalysesOrder {
  readonly dataDir: string;
  readonly portalId: string;
}

export interface AnalysesOutcome {
  readonly seconds: number;
  /** Of the whole process with its workers and the engine, in bytes. */
  readonly peakRss: number;
  /** The longest that the main thread, which answers people, was busy at a stretch, in ms. */
  readonly worstLagMs: number;
  /** Seconds after the start at which each step was done. */
  readonly doneAt: readonly number[];
  /** Customers scored, by analysis. */
  readonly scored: Readonly<Record<string, number>>;
}

const PROBE_MS = 5;

async function run({ dataDir, portalId }: AnalysesOrder): Promise<AnalysesOutcome> {
  const store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  const portal = await store.portal(portalId);
  const runner = createWorkerPool();
  const doneAt: number[] = [];
  let [peakRss, worstLagMs] = [0, 0];
  const startedAt = performance.now();
  let last = startedAt;
  const probe = setInterval(() => {
    const now = performance.now();
    worstLagMs = Math.max(worstLagMs, now - last - PROBE_MS);
    last = now;
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
  }, PROBE_MS);
  try {
    const finished = await analyse({
      portal,
      runner,
      state: portalStateSchema.parse({}),
      now: () => AS_OF,
      // The last event in the data, so that what it says is what people are shown.
      asOf: null,
      horizonDays: null,
      progress: { update: () => doneAt.push((performance.now() - startedAt) / 1000) },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    clearInterval(probe);
    const scored: Record<string, number> = {};
    for (const { name } of analyses) {
      const [row] = await portal.query<{ n: string }>(
        'SELECT toString(count()) AS n FROM {db:Identifier}.scores WHERE run_id = {run:String} AND analysis = {name:String}',
        { run: finished.id, name },
      );
      scored[name] = Number(row?.n ?? 0);
    }
    return { seconds, peakRss, worstLagMs, doneAt, scored };
  } finally {
    clearInterval(probe);
    await runner.close();
    await store.close();
  }
}

process.once('message', async (message) => {
  // The parent is bench/run-process.ts, which sends what its type says.
  process.send?.(await run(message as AnalysesOrder));
  process.disconnect();
});
