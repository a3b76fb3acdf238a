import type { Text } from '../lib/text.ts';

/** Runs pure work off the event loop. */
export interface JobRunner {
  /**
   * `task` names a function of the worker's table; input and result are structured-cloneable; a signal breaks it off. Rows that belong
   * to the result are given to `takeRows` part by part before it, in their order; the next part waits for the one before the last.
   */
  run<Result>(
    task: string,
    input: unknown,
    options?: { readonly signal?: AbortSignal; readonly takeRows?: (rows: unknown) => Promise<void> },
  ): Promise<Result>;
  /** Has a thread start before there is work for it, where there is none: starting takes longer than many a task. Resolves once it runs. */
  wake(): Promise<void>;
  /** Lets idle threads go, with the memory that they hold; where work runs or waits, it does nothing. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** How far a long job is; shown as a bar in a terminal and as a message in a chat. */
export interface Progress {
  /** `total` null when it is not known. */
  update(step: Text, done: number, total: number | null): void;
}

/** What work waits its turn for: the processors, or the memory and the network that a copy takes. */
export type Turn = 'analyses' | 'copies';

/** Runs work when its turn comes. A wait that `signal` ends rejects, and the work never runs. */
export type InTurn = <Result>(turn: Turn, work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;
