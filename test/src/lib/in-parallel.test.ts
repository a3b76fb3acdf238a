import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../src/lib/in-parallel.ts';

describe('tasks in parallel', () => {
  it('are begun in order, never more at once than allowed, and all of them done', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      running++;
      most = Math.max(most, running);
      await Promise.resolve();
      running--;
    });
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('end with the first failure, after what runs was told to stop and nothing new was begun', async () => {
    const begun: string[] = [];
    const stopped: string[] = [];
    const work = inParallel(['fails', 'runs', 'waits'], 2, async (item, signal) => {
      begun.push(item);
      if (item === 'fails') throw new RangeError('first');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      stopped.push(item);
      signal.throwIfAborted();
    });
    await expect(work).rejects.toThrow(new RangeError('first'));
    expect(begun).toEqual(['fails', 'runs']);
    expect(stopped).toEqual(['runs']);
  });

  it('end with the caller’s own reason when they are told to stop from outside', async () => {
    const stop = new AbortController();
    stop.abort(new Error('SIGTERM'));
    await expect(inParallel([1], 4, async () => undefined, stop.signal)).rejects.toThrow('SIGTERM');
  });
});
