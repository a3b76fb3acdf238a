import { messageOf } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/lib/logger.ts';

/** How long an acknowledgement may wait for the store to say whether a request is new. */
const WAIT_MS = 500;
const KEPT = 2_000;

/**
 * Whether a request comes for the first time. Slack repeats a request that was acknowledged late (Socket Mode without saying
 * so), and a signed request can be replayed: ids are remembered here at once, and by the store across restarts.
 */
export function createFirstTimes(
  stored: (id: string) => Promise<boolean>,
  logger: Logger,
): (id: string) => Promise<boolean> {
  const recent = new Set<string>();
  return async (id) => {
    if (recent.has(id)) return false;
    recent.add(id);
    if (recent.size > KEPT) {
      for (const oldest of recent) {
        recent.delete(oldest);
        break;
      }
    }
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
}
