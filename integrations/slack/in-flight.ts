/** Counts what is being worked on, since Bolt does not wait for its handlers when it stops. */
export interface InFlight {
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is being worked on any more, or after `withinMs`; tells whether it was drained. */
  drain(withinMs: number): Promise<boolean>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  return {
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
