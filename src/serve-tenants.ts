import type { Config } from './config.ts';
import { messageOf } from './lib/errors.ts';
import { type Logger, withLogScope } from './lib/logger.ts';

const MINUTE_MS = 60_000;
const LONGEST_WAIT_MS = 60 * MINUTE_MS;

/**
 * Serves every tenant until `stop`, each for itself: one whose settings, CRM or chat fail is told in the log and tried again,
 * a minute later at first and every hour at last, while the others go on.
 */
export async function serveTenants(options: {
  readonly tenants: ReadonlyMap<string, Config>;
  /** Opens one tenant and serves it; resolves once it was stopped. */
  readonly serve: (config: Config) => Promise<void>;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Resolves after so long, or at once when `stop` is aborted. */
  readonly sleep?: (milliseconds: number, stop: AbortSignal) => Promise<void>;
}): Promise<void> {
  const { tenants, serve, logger, stop, sleep = sleepUntilStopped } = options;
  await Promise.all(
    [...tenants].map(([tenant, config]) =>
      withLogScope({ tenant }, async () => {
        for (let waitMs = MINUTE_MS; !stop.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
          try {
            await serve(config);
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
      }),
    ),
  );
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
