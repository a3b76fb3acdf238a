import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../src/lib/rate-limit.ts';

function virtualTime() {
  let time = 0;
  return {
    now: () => time,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      time += milliseconds;
    },
  };
}

describe('a rate limit', () => {
  it('lets a full window through at once and the next one exactly an interval later', async () => {
    const time = virtualTime();
    const limit = createRateLimit({ max: 100, intervalMs: 10_000, ...time });
    const starts: number[] = [];
    for (let call = 0; call < 350; call++) {
      const release = await limit.acquire();
      starts.push(time.now());
      release();
    }
    expect(new Set(starts)).toEqual(new Set([0, 10_000, 20_000, 30_000]));
    expect(starts.filter((at) => at === 0)).toHaveLength(100);
  });

  it('counts a call until an interval after its end, wherever in between the other side counts it', async () => {
    const time = virtualTime();
    const limit = createRateLimit({ max: 1, intervalMs: 1000, ...time });
    const release = await limit.acquire();
    const second = limit.acquire();
    await time.sleep(5000);
    release();
    await second;
    expect(time.now()).toBe(6000);
  });

  it('serves waiting calls in their order', async () => {
    const limit = createRateLimit({ max: 1, intervalMs: 10, ...virtualTime() });
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const release = await limit.acquire();
        order.push(n);
        release();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('holds everybody back during a pause, tells of the wait, and follows a new size', async () => {
    const time = virtualTime();
    const waits: number[] = [];
    const limit = createRateLimit({ max: 1, intervalMs: 1000, ...time, onWait: (ms) => waits.push(ms) });
    limit.pauseUntil(500);
    (await limit.acquire())();
    expect(time.now()).toBe(500);
    expect(waits).toEqual([500]);
    limit.resize(3, 1000);
    (await limit.acquire())();
    (await limit.acquire())();
    expect(time.now()).toBe(500);
  });

  it('lets a call that gives up leave the queue without holding up the others', async () => {
    const time = virtualTime();
    const limit = createRateLimit({ max: 1, intervalMs: 1000, ...time });
    const release = await limit.acquire();
    const impatient = new AbortController();
    const given = limit.acquire(impatient.signal);
    const patient = limit.acquire();
    impatient.abort(new Error('gave up'));
    release();
    await expect(given).rejects.toThrow('gave up');
    (await patient)();
    expect(time.now()).toBe(1000);
  });
});
