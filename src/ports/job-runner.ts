/** Runs pure work off the event loop. */
export interface JobRunner {
  /** `task` names a function of the worker's table; input and result are structured-cloneable; a signal breaks it off. */
  run<Result>(task: string, input: unknown, options?: { readonly signal?: AbortSignal }): Promise<Result>;
  close(): Promise<void>;
}

/** How far a long job is; shown as a bar in a terminal and as a message in a chat. */
export interface Progress {
  /** `total` null when it is not known. */
  update(step: string, done: number, total: number | null): void;
}
