/** Waits, ending early (by rejecting with the signal's reason) when the signal is aborted. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/**
 * How long to wait before attempt `attempt + 1` (the first attempt is 0): uniform between 0 and base · 2^attempt, capped
 * ("full jitter", so that callers who failed together do not come back together).
 *
 * Brooker, M. (2015). Exponential Backoff and Jitter. AWS Architecture Blog.
 */
export function fullJitter(attempt: number, random: () => number, baseMs = 500, capMs = 30_000): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** attempt));
}
