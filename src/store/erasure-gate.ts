import { createSerial } from './serial.ts';

/**
 * Keeps what is made of people's rows apart from erasures: something that was read before somebody was forgotten is not queued, told or
 * written after it. In memory, since what was made and not kept is gone with the process.
 */
export interface ErasureGate {
  /** One erasure at a time, and nothing is kept meanwhile. Not from within another call of these. */
  erasing<Result>(erase: () => Promise<Result>): Promise<Result>;
  /**
   * `make` reads and may be called again: whenever an erasure ended since it began, what it made is thrown away. `keep` is called
   * once, with what is fresh, while no erasure runs.
   */
  fresh<Made, Result>(make: () => Promise<Made>, keep: (made: Made) => Promise<Result>): Promise<Result>;
  /** What reads and keeps at once, without waiting for anything else. */
  apart<Result>(act: () => Promise<Result>): Promise<Result>;
  /** For what cannot be made twice: whether an erasure ran while it was made. */
  once<Made>(make: () => Promise<Made>): Promise<{ readonly made: Made; readonly isStale: boolean }>;
}

export function createErasureGate(): ErasureGate {
  const serially = createSerial();
  let ended = 0;
  const begun = (): Promise<number> => serially(async () => ended);

  return {
    erasing: (erase) =>
      serially(async () => {
        try {
          return await erase();
        } finally {
          // One that failed half-way has removed rows too.
          ended += 1;
        }
      }),
    async fresh(make, keep) {
      for (;;) {
        const since = await begun();
        const made = await make();
        const kept = await serially(async () => (ended === since ? { result: await keep(made) } : null));
        if (kept !== null) return kept.result;
      }
    },
    apart: (act) => serially(act),
    async once(make) {
      const since = await begun();
      const made = await make();
      return { made, isStale: (await begun()) !== since };
    },
  };
}
