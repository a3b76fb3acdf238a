/** Lets a few tasks run at a time, in turns between those who ask, so that nobody's many tasks keep others waiting. */
export interface FairQueue {
  /** Runs a task when its owner's turn comes. A wait that `signal` ends rejects with its reason, and the task never runs. */
  run<Result>(owner: string, task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
  /** How many wait. */
  readonly waiting: number;
}

interface Waiting {
  start(): void;
}

/**
 * Round robin over owners: the one whose last task began the longest ago is next; within an owner, first come, first served.
 * A waiting owner is passed by no other more than once. Throws RangeError unless `atOnce` is a whole number of at least 1.
 */
export function createFairQueue(atOnce: number): FairQueue {
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new RangeError(`atOnce is ${atOnce}; it must be 1 or more`);
  // Owners in the order of their turns: a Map keeps the order of insertion.
  const lines = new Map<string, Waiting[]>();
  let running = 0;

  function next(): void {
    while (running < atOnce) {
      const [owner, line] = lines.entries().next().value ?? [];
      if (owner === undefined || line === undefined) return;
      const first = line.shift();
      lines.delete(owner);
      // To the end of the round.
      if (line.length > 0) lines.set(owner, line);
      running += 1;
      first?.start();
    }
  }

  return {
    get waiting() {
      return [...lines.values()].reduce((sum, line) => sum + line.length, 0);
    },
    async run(owner, task, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const line = lines.get(owner) ?? [];
        const giveUp = (): void => {
          line.splice(line.indexOf(waiting), 1);
          if (line.length === 0 && lines.get(owner) === line) lines.delete(owner);
          reject(signal?.reason);
        };
        const waiting: Waiting = {
          start() {
            signal?.removeEventListener('abort', giveUp);
            resolve();
          },
        };
        line.push(waiting);
        lines.set(owner, line);
        signal?.addEventListener('abort', giveUp, { once: true });
        next();
      });
      try {
        return await task();
      } finally {
        running -= 1;
        next();
      }
    },
  };
}
