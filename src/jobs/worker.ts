import type { MessagePort } from 'node:worker_threads';
import { type ComputedRows, rowsOf } from '../analyses/analysis.ts';
import { chooseHorizon } from '../analyses/choose-horizon.ts';
import { analyses } from '../analyses/index.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { type ErrorCode, KithError } from '../lib/errors.ts';

/** What the pool sends: an analysis' input with the run's seed, or what the horizon is read from. */
export interface WorkerTask {
  readonly task: string;
  readonly input: unknown;
  /** Where the result's rows go. */
  readonly rows: MessagePort;
}

/** Errors lose their class between threads, and with it their code: they travel as data. */
export type WorkerAnswer =
  | { readonly result: unknown }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string } };

/** Rows on their way to the main thread, by a number of their own. */
export interface SentRows {
  readonly id: number;
  readonly rows: unknown;
}

/** What became of them. */
export interface StoredRows {
  readonly id: number;
  readonly isStored: boolean;
}

/** The task that is not an analysis: the horizon of a purchase history. */
export const HORIZON_TASK = 'horizon';

/** Rows that cross to the main thread at once. */
const ROWS_AT_ONCE = 10_000;
/** Parts that are not stored yet: while the store takes one in, the main thread writes out the next. */
const PARTS_ON_THEIR_WAY = 2;

/** Runs in a worker thread. Nothing here may open the store: the engine crashes when a thread that opened it ends. */
export default async function work({ task, input, rows }: WorkerTask): Promise<WorkerAnswer> {
  try {
    return { result: await runTask(task, input, createSender(rows)) };
  } catch (error) {
    if (error instanceof KithError) return { failure: { code: error.code, message: error.message } };
    throw error;
  } finally {
    rows.close();
  }
}

/** A task's result; its rows go to `take` before it. */
export async function runTask(
  task: string,
  input: unknown,
  take: (rows: ComputedRows) => Promise<void>,
): Promise<unknown> {
  if (task === HORIZON_TASK) {
    // Sent by analyse.ts alone, which reads the history.
    const { history, lastDay } = input as { history: PurchaseHistory; lastDay: number };
    return chooseHorizon(history, lastDay);
  }
  const analysis = analyses.find(({ name }) => name === task);
  if (analysis === undefined) throw new KithError('usage', `There is no analysis "${task}"`);
  // The same: what the analysis' own `read` gave, and the run's seed.
  const { read, seed } = input as { read: unknown; seed: number };
  const drafted = analysis.draft(read, seed);
  const count = drafted.scores?.value.length ?? 0;
  const waiting: Promise<void>[] = [];
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    // These are made while those before them are stored.
    const part = rowsOf(drafted, from, Math.min(count, from + ROWS_AT_ONCE))!;
    if (waiting.length === PARTS_ON_THEIR_WAY) await waiting.shift();
    const taken = take(part);
    // Met by the wait for it.
    taken.catch(() => undefined);
    waiting.push(taken);
  }
  await Promise.all(waiting);
  return { summary: drafted.summary, model: drafted.model };
}

/** Sends rows; each time ends when they are stored, or with what the main thread says went wrong. */
function createSender(port: MessagePort): (rows: ComputedRows) => Promise<void> {
  const waiting = new Map<number, (isStored: boolean) => void>();
  let sent = 0;
  port.on('message', ({ id, isStored }: StoredRows) => {
    waiting.get(id)?.(isStored);
    waiting.delete(id);
  });
  return async (rows) => {
    const id = sent++;
    const answered = new Promise<boolean>((resolve) => waiting.set(id, resolve));
    port.postMessage({ id, rows } satisfies SentRows);
    if (!(await answered)) throw new KithError('store-query', 'The rows of an analysis could not be stored');
  };
}
