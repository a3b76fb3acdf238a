import { messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';

/** How long an answer may wait for the store to say whether a request is new. */
const WAIT_MS = 2_000;
const KEPT = 5_000;

export interface Claim {
  /** This process had the request already: known at once, for the acknowledgement. */
  readonly isRepeat: boolean;
  /** Asks the store whether no earlier process had it either; never rejects, and takes a silent store's word as yes. */
  readonly isFirst: () => Promise<boolean>;
}

/**
 * Whether a request comes for the first time. Slack repeats a request that was acknowledged late (Socket Mode without saying
 * so), and a signed request can be replayed: ids are remembered here at once, and by the store across restarts. Whoever
 * acknowledges looks at `isRepeat` and never waits; whoever answers waits for `isFirst`.
 */
export function createFirstTimes(stored: (id: string) => Promise<boolean>, logger: Logger): (id: string) => Claim {
  const recent = new Set<string>();

  const ask = async (id: string): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), WAIT_MS);
    });
    try {
      return await Promise.race([stored(id), late]);
    } catch (error) {
      logger.warn('whether a request is new could not be stored', { reason: messageOf(error) });
      return true;
    } finally {
      clearTimeout(timer);
    }
  };

  return (id) => {
    if (recent.has(id)) return { isRepeat: true, isFirst: async () => false };
    recent.add(id);
    if (recent.size > KEPT) {
      for (const oldest of recent) {
        recent.delete(oldest);
        break;
      }
    }
    return { isRepeat: false, isFirst: () => ask(id) };
  };
}
