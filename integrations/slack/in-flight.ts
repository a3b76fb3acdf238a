/**
 * Requests of everybody that are worked on at the same time, their waits for the store included. What comes on top is turned away
 * before anything is asked of the store, so that neither the wait nor the memory grows with what is asked.
 */
export const MOST_AT_ONCE = 100;

/** Counts what is being worked on, since Bolt does not wait for its handlers when it stops. */
export interface InFlight {
  readonly isFull: boolean;
  run(work: () => Promise<void>): Promise<void>;
  /** For what nobody waits for in words: runs it when there is room, the newest of each key. */
  whenRoom(key: string, work: () => Promise<void>): void;
  /** Resolves when nothing is being worked on any more, or after `withinMs`; tells whether it was drained. */
  drain(withinMs: number): Promise<boolean>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  /** At most one for each person of the workspace. */
  const waiting = new Map<string, () => Promise<void>>();

  function run(work: () => Promise<void>): Promise<void> {
    const promise = work().finally(() => {
      running.delete(promise);
      const next = waiting.entries().next();
      if (next.done === true) return;
      const [key, waited] = next.value;
      waiting.delete(key);
      void run(waited);
    });
    running.add(promise);
    return promise;
  }

  return {
    get isFull() {
      return running.size >= MOST_AT_ONCE;
    },
    run,
    whenRoom(key, work) {
      if (running.size < MOST_AT_ONCE) void run(work);
      else waiting.set(key, work);
    },
    async drain(withinMs) {
      waiting.clear();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), withinMs);
      });
      const drained = (async () => {
        while (running.size > 0) await Promise.allSettled(running);
        return true as const;
      })();
      const result = await Promise.race([drained, late]);
      clearTimeout(timer);
      return result;
    },
  };
}
