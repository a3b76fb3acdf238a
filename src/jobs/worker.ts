import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { rowsOf } from '../analyses/analysis.ts';
import { chooseHorizon } from '../analyses/choose-horizon.ts';
import { analyses } from '../analyses/index.ts';
import type { Run } from '../domain/results.ts';
import type { PurchaseHistory } from '../features/purchase-history.ts';
import { type ErrorCode, KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { ResultRows } from '../store/portal-store.ts';
import { joined, resultRows } from '../store/result-rows.ts';

/** What the pool sends: the input of an analysis, or what the horizon is read from. */
export interface WorkerTask {
  readonly task: string;
  readonly input: unknown;
  /** Where the result's rows go. */
  readonly rows: MessagePort;
}

/** The input of an analysis: what its own `read` gave, and the run that it is for. */
export interface AnalysisInput {
  readonly read: { readonly customerIds: readonly string[] };
  readonly seed: number;
  readonly run: Pick<Run, 'id' | 'asOf'>;
  /** This part of its work alone. */
  readonly part?: number;
  /** What its parts gave: of the rounds before a part's own, or all of them. */
  readonly parts?: readonly unknown[];
}

/** Errors lose their class between threads, and with it their code: they travel as data. */
export type WorkerAnswer =
  | { readonly result: unknown }
  | { readonly failure: { readonly code: ErrorCode; readonly text: Text } };

/** The task that is not an analysis: the horizon of a purchase history. */
export const HORIZON_TASK = 'horizon';

/** The task that only starts a thread. */
export const WAKE_TASK = 'wake';

/** Rows that cross to the main thread at once. */
const ROWS_AT_ONCE = 10_000;
/** Rows that are objects before they are text: so few are gone again before the collector moves what is still in use. */
const ROWS_AS_OBJECTS = 500;

/** Runs in a worker thread. Nothing here may open the store: the engine crashes when a thread that opened it ends. */
export default async function work({ task, input, rows }: WorkerTask): Promise<WorkerAnswer> {
  try {
    return { result: await runTask(task, input, (part) => sent(rows, part)) };
  } catch (error) {
    if (error instanceof KithError) return { failure: { code: error.code, text: error.text } };
    throw error;
  } finally {
    rows.close();
  }
}

/** A task's result; its rows go to `take` before it. */
export async function runTask(
  task: string,
  input: unknown,
  take: (rows: ResultRows) => Promise<void>,
): Promise<unknown> {
  if (task === WAKE_TASK) return null;
  if (task === HORIZON_TASK) {
    // Sent by analyse.ts alone, which reads the history.
    const { history, lastDay } = input as { history: PurchaseHistory; lastDay: number };
    return chooseHorizon(history, lastDay);
  }
  const analysis = analyses.find(({ name }) => name === task);
  if (analysis === undefined) {
    throw new KithError('usage', { en: `There is no analysis "${task}"`, zh: `没有名为“${task}”的分析` });
  }
  // Sent by analyse.ts, too.
  const { read, seed, run, part, parts } = input as AnalysisInput;
  if (part !== undefined) return analysis.part(read, part, seed, parts ?? []);
  const drafted = analysis.draft(read, seed, parts);
  const count = drafted.scores?.value.length ?? 0;
  let taken = Promise.resolve();
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const made: ResultRows[] = [];
    const end = Math.min(count, from + ROWS_AT_ONCE);
    for (let start = from; start < end; start += ROWS_AS_OBJECTS) {
      const { scores, matrix } = rowsOf(drafted, start, Math.min(end, start + ROWS_AS_OBJECTS))!;
      const customerIds = read.customerIds.slice(start, start + scores.value.length);
      made.push(resultRows(run, task, { customerIds, ...scores }, matrix));
    }
    const rows = joined(made);
    // These are made while the last ones are stored.
    await taken;
    taken = take(rows);
    // Met by the wait for it.
    taken.catch(() => undefined);
  }
  await taken;
  return { summary: drafted.summary, model: drafted.model };
}

/** Ends when the rows are stored, or with what the main thread says went wrong. */
async function sent(rows: MessagePort, part: ResultRows): Promise<void> {
  const answered = once(rows, 'message');
  const { scores, matrix } = part;
  rows.postMessage(part, matrix === null ? [scores.buffer] : [scores.buffer, matrix.buffer]);
  const [{ isStored }] = (await answered) as [{ isStored: boolean }];
  if (!isStored) {
    throw new KithError('store-query', {
      en: 'The rows of an analysis could not be stored',
      zh: '无法存储分析结果的行',
    });
  }
}
