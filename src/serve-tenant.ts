import { messageOf } from './lib/errors.ts';
import { type Logger, withLogScope } from './lib/logger.ts';

const MINUTE_MS = 60_000;
const LONGEST_WAIT_MS = 60 * MINUTE_MS;

/**
 * Serves one of several tenants until `stop`, for itself: what fails of its settings, CRM or chat is told in the log and tried again,
 * a minute later at first and every hour at last, while the others go on.
 */
export function serveTenant(options: {
  readonly tenant: string;
  /** Opens the tenant and serves it; resolves once it was stopped. */
  readonly serve: () => Promise<void>;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Resolves after so long, or at once when `stop` is aborted. */
  readonly sleep?: (milliseconds: number, stop: AbortSignal) => Promise<void>;
}): Promise<void> {
  const { tenant, serve, logger, stop, sleep = sleepUntilStopped } = options;
  return withLogScope({ tenant }, async () => {
    for (let waitMs = MINUTE_MS; !stop.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        await serve();
        return;
      } catch (error) {
        if (stop.aborted) return;
        const minutes = waitMs / MINUTE_MS;
        logger.error(
          `${tenant} is not served: ${messageOf(error)}; it is tried again in ${minutes} minute${minutes === 1 ? '' : 's'}`,
        );
        await sleep(waitMs, stop);
      }
    }
  });
}

function sleepUntilStopped(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    const timer = setTimeout(done, milliseconds);
    stop.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      wake();
    }
  });
}
