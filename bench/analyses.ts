import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysesOrder, AnalysesOutcome } from './analyses-process.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import type { FillOrder, FillReport } from './fill-process.ts';
import { runProcess } from './run-process.ts';

const CUSTOMERS = 100_000;
const PORTAL = 'folder-bench';
/** What a run of 100,000 customers may take. */
const SECONDS = 60;
const PEAK_RSS = 1.5 * 2 ** 30;
const LAG_MS = 250;

/** All analyses of a portal, from the store to the stored results, against a minute, 1.5 GB and a quarter of a second. */
export async function benchAnalyses(options: BenchOptions): Promise<readonly BenchRow[]> {
  const customers = options.records ?? CUSTOMERS;
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  try {
    const filled = await runProcess<FillOrder, FillReport>('./fill-process.ts', {
      dataDir,
      portalId: PORTAL,
      customers,
    });
    const { answer } = await runProcess<AnalysesOrder, AnalysesOutcome>('./analyses-process.ts', {
      dataDir,
      portalId: PORTAL,
    });
    return [rowOf(customers, filled.answer, answer)];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function rowOf(customers: number, filled: FillReport, outcome: AnalysesOutcome): BenchRow {
  const { seconds, peakRss, worstLagMs, doneAt, scored } = outcome;
  const ratio = seconds / SECONDS;
  const same = ['churn-risk', 'segments', 'value', 'loyalty'].every((name) => scored[name] === customers);
  const size = Object.entries(filled).map(([type, count]) => `${count.toLocaleString('en')} ${type.replace('_', ' ')}`);
  return {
    work: `all analyses of ${size.join(', ')}`,
    peer: 'a minute',
    ours_s: Math.round(seconds * 1000) / 1000,
    theirs_s: SECONDS,
    ratio: Math.round(ratio * 1000) / 1000,
    reach: 1,
    same_result: same,
    ok: ratio <= 1 && same && peakRss <= PEAK_RSS && worstLagMs <= LAG_MS,
    note: `${(peakRss / 2 ** 20).toFixed(0)} MB resident at its peak of ${(PEAK_RSS / 2 ** 20).toFixed(0)} allowed; the main thread was busy for ${worstLagMs.toFixed(0)} ms at the most, of ${LAG_MS}; steps done after ${doneAt.map((at) => at.toFixed(1)).join(', ')} s`,
  };
}
