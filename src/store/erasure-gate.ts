import { createSerial } from './serial.ts';

/**
 * Keeps what is made of people's rows apart from erasures: something that was read before somebody was forgotten is not queued, told or
 * written after it. In memory, since what was made and not kept is gone with the process.
 */
export interface ErasureGate {
  /** One erasure at a time; it waits for what is being kept, and nothing is kept meanwhile. Not within `keep` or `apart`. */
  erasing<Result>(erase: () => Promise<Result>): Promise<Result>;
  /**
   * `make` reads and may be called again: whenever an erasure ended since it began, what it made is thrown away. `keep` is called
   * once, with what is fresh, while no erasure runs.
   */
  fresh<Made, Result>(make: () => Promise<Made>, keep: (made: Made, since: Stamp) => Promise<Result>): Promise<Result>;
  /** Reads and keeps at once, while no erasure runs. */
  apart<Result>(act: () => Promise<Result>): Promise<Result>;
  /** For what cannot be made twice: whether an erasure ran while it was made. */
  once<Made>(
    make: () => Promise<Made>,
  ): Promise<{ readonly made: Made; readonly isStale: boolean; readonly since: Stamp }>;
  /**
   * Says what was made: `call` while no erasure runs; null, and nothing called, where one ended since. Erasures wait for it, so it is
   * one call to a chat. Not within `keep` or `apart`.
   */
  telling<Result>(since: Stamp, call: () => Promise<Result>): Promise<{ readonly told: Result } | null>;
  /** Another one than before: what was read before holds no longer. */
  stamp(): Stamp;
}

/** How many erasures had ended when something was made. */
export type Stamp = number;

export function createErasureGate(): ErasureGate {
  const serially = createSerial();
  const kept = new Set<Promise<unknown>>();
  let ended = 0;
  /** Pending while an erasure runs. */
  let underWay: Promise<void> | null = null;

  async function count(): Promise<number> {
    while (underWay !== null) await underWay;
    return ended;
  }

  /** Null where an erasure ended since. From the check to the start of `act` nothing else runs. */
  async function keeping<Result>(since: number | null, act: () => Promise<Result>): Promise<{ kept: Result } | null> {
    while (underWay !== null) await underWay;
    if (since !== null && ended !== since) return null;
    const running = act();
    kept.add(running);
    try {
      return { kept: await running };
    } finally {
      kept.delete(running);
    }
  }

  return {
    erasing: (erase) =>
      serially(async () => {
        let over = (): void => undefined;
        underWay = new Promise((resolve) => {
          over = resolve;
        });
        try {
          await Promise.allSettled(kept);
          return await erase();
        } finally {
          // One that failed half-way has removed rows too.
          ended += 1;
          underWay = null;
          over();
        }
      }),
    async fresh(make, keep) {
      for (;;) {
        const since = await count();
        const made = await make();
        const done = await keeping(since, () => keep(made, since));
        if (done !== null) return done.kept;
      }
    },
    apart: async (act) => (await keeping(null, act))!.kept,
    stamp: () => ended,
    async once(make) {
      const since = await count();
      const made = await make();
      const until = await count();
      return { made, isStale: until !== since, since: until };
    },
    async telling(since, call) {
      const done = await keeping(since, call);
      return done === null ? null : { told: done.kept };
    },
  };
}
