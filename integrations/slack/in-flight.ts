/**
 * Requests of everybody that are worked on at the same time, their waits for the store included. What comes on top is turned away
 * before anything is asked of the store, so that neither the wait nor the memory grows with what is asked.
 */
export const MOST_AT_ONCE = 100;

/** Counts what is being worked on, since Bolt does not wait for its handlers when it stops. */
export interface InFlight {
  readonly isFull: boolean;
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is being worked on any more, or after `withinMs`; tells whether it was drained. */
  drain(withinMs: number): Promise<boolean>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  return {
    get isFull() {
      return running.size >= MOST_AT_ONCE;
    },
    run(work) {
      const promise = work().finally(() => running.delete(promise));
      running.add(promise);
      return promise;
    },
    async drain(withinMs) {
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
