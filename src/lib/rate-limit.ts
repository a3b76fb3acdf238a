import type { Sleep } from './retry.ts';

/** Lets at most `max` calls into any rolling window of `intervalMs`, first come, first served. */
export interface RateLimit {
  /** Waits until one more call may start. Hand its end to the function that comes back. */
  acquire(signal?: AbortSignal): Promise<() => void>;
  resize(max: number, intervalMs: number): void;
  /** No call starts before this instant. */
  pauseUntil(instant: number): void;
}

interface RateLimitOptions {
  readonly max: number;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Told before a wait, with its length. */
  readonly onWait?: (milliseconds: number) => void;
}

/**
 * A call holds its place from its start until `intervalMs` after its end: the other side counts it somewhere in between,
 * so its own window is never overrun, however long a call travels.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  let { max, intervalMs } = options;
  let running = 0;
  let ended: number[] = [];
  let head = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();
  let wake: (() => void) | null = null;

  /** Milliseconds until a place is free; null when only the end of a running call frees one. */
  function untilFree(): number | null {
    const now = options.now();
    while (head < ended.length && (ended[head] ?? 0) + intervalMs <= now) {
      head++;
    }
    if (head > 1024 && head * 2 > ended.length) {
      ended = ended.slice(head);
      head = 0;
    }
    const held = ended.length - head;
    if (running + held < max) {
      return Math.max(0, pausedUntil - now);
    }
    if (held === 0 || running >= max) {
      return null;
    }
    const freeing = ended[head + (running + held - max)] ?? now;
    return Math.max(1, freeing + intervalMs - now, pausedUntil - now);
  }

  async function waitForPlace(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const wait = untilFree();
      if (wait === 0) {
        return;
      }
      if (wait === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      options.onWait?.(wait);
      await options.sleep(wait, signal);
    }
  }

  return {
    async acquire(signal) {
      const before = turn;
      const mine = before
        .then(() => waitForPlace(signal))
        .then(() => {
          running++;
        });
      // A caller that gives up must not take the queue behind it down.
      turn = mine.catch(() => undefined);
      await mine;
      let isOver = false;
      return () => {
        if (isOver) {
          return;
        }
        isOver = true;
        running--;
        ended.push(options.now());
        wake?.();
        wake = null;
      };
    },
    resize(nextMax, nextIntervalMs) {
      max = nextMax;
      intervalMs = nextIntervalMs;
    },
    pauseUntil(instant) {
      pausedUntil = Math.max(pausedUntil, instant);
    },
  };
}
