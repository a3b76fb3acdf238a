import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../../../src/lib/fair-queue.ts';

/** A task that ends when it is told to. */
function held(log: string[], name: string): { task: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    async task() {
      log.push(name);
      await ended;
    },
    end: () => end(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a fair queue', () => {
  it('takes owners in turns, however much one of them asked for first', async () => {
    const queue = createFairQueue(1);
    const log: string[] = [];
    const tasks = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map((name) => ({ name, ...held(log, name) }));
    const done = tasks.map(({ name, task }) => queue.run(name.slice(0, 1), task));
    for (const [i] of tasks.entries()) {
      await settled();
      expect(log).toHaveLength(i + 1);
      tasks.find(({ name }) => name === log.at(-1))!.end();
    }
    await Promise.all(done);
    expect(log).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
    expect(queue.waiting).toBe(0);
  });

  it('runs as many at once as it was told, and goes on after a failure', async () => {
    const queue = createFairQueue(2);
    let [running, most] = [0, 0];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 9 }, (_, i) =>
        queue.run(String(i % 3), async () => {
          running += 1;
          most = Math.max(most, running);
          await settled();
          running -= 1;
          if (i % 2 === 1) throw new Error(String(i));
          return i;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(outcomes.map((_, i) => i % 2 === 0));
  });

  it('lets go of whoever gives up waiting, and keeps the order of the others', async () => {
    const queue = createFairQueue(1);
    const log: string[] = [];
    const first = held(log, 'first');
    const stop = new AbortController();
    const running = queue.run('a', first.task);
    const gone = queue.run('b', async () => void log.push('gone'), stop.signal);
    const last = queue.run('b', async () => void log.push('last'));
    stop.abort(new Error('stopped'));
    await expect(gone).rejects.toThrow('stopped');
    expect(queue.waiting).toBe(1);
    first.end();
    await Promise.all([running, last]);
    expect(log).toEqual(['first', 'last']);
    await expect(queue.run('a', async () => 1, stop.signal)).rejects.toThrow('stopped');
  });

  it('refuses to run none at a time', () => {
    expect(() => createFairQueue(0)).toThrow(RangeError);
  });
});
