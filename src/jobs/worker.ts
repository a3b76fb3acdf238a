import { chooseHorizon } from '../analyses/choose-horizon.ts';
import { analyses } from '../analyses/index.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { type ErrorCode, KithError } from '../lib/errors.ts';

/** What the pool sends: an analysis' input with the run's seed, or what the horizon is read from. */
export interface WorkerTask {
  readonly task: string;
  readonly input: unknown;
}

/** Errors lose their class between threads, and with it their code: they travel as data. */
export type WorkerAnswer =
  | { readonly result: unknown }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

/** The task that is not an analysis: the horizon of a purchase history. */
export const HORIZON_TASK = 'horizon';

/** Runs in a worker thread. Nothing here may open the store: the engine crashes when a thread that opened it ends. */
export default function work({ task, input }: WorkerTask): WorkerAnswer {
  try {
    return { result: run(task, input) };
  } catch (error) {
    if (error instanceof KithError) return { failure: { code: error.code, message: error.message } };
    throw error;
  }
}

function run(task: string, input: unknown): unknown {
  if (task === HORIZON_TASK) {
    // Sent by analyse.ts alone, which reads the history.
    const { history, lastDay } = input as { history: PurchaseHistory; lastDay: number };
    return chooseHorizon(history, lastDay);
  }
  const analysis = analyses.find(({ name }) => name === task);
  if (analysis === undefined) throw new KithError('usage', `There is no analysis "${task}"`);
  // The same: what the analysis' own `read` gave, and the run's seed.
  const { read, seed } = input as { read: unknown; seed: number };
  return analysis.compute(read, seed);
}
