import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import { HORIZON_TASK } from '../../../src/jobs/worker.ts';
import { createWorkerPool } from '../../../src/jobs/worker-pool.ts';

const pool = createWorkerPool();
afterAll(() => pool.close());

const nobody = { customerIds: [], offsets: new Uint32Array(1), day: new Int32Array(0), amount: new Float64Array(0) };
const task = () => pool.run<number>(HORIZON_TASK, { history: nobody, lastDay: 20_000 });

it('lets idle threads go when it rests, none that works, and takes work afterwards', async () => {
  let alive = 0;
  const count = (worker: Worker): void => {
    alive += 1;
    worker.once('exit', () => {
      alive -= 1;
    });
  };
  process.on('worker', count);
  try {
    const first = task();
    await pool.rest();
    const horizon = await first;
    expect(horizon).toBeGreaterThan(0);
    expect(alive).toBe(1);
    await pool.rest();
    expect(alive).toBe(0);
    expect(await task()).toBe(horizon);
  } finally {
    process.off('worker', count);
  }
});

it('wakes one thread, which then has the first task', async () => {
  await pool.rest();
  let started = 0;
  const count = (): void => {
    started += 1;
  };
  process.on('worker', count);
  try {
    await pool.wake();
    expect(started).toBe(1);
    await pool.wake();
    await task();
    expect(started).toBe(1);
  } finally {
    process.off('worker', count);
  }
});

/** Enough of them to keep a thread busy for a while: each buys ten times. */
function buyers(count: number) {
  const purchases = 10 * count;
  return {
    customerIds: Array.from({ length: count }, (_, i) => String(i)),
    offsets: Uint32Array.from({ length: count + 1 }, (_, i) => 10 * i),
    day: Int32Array.from({ length: purchases }, (_, i) => 19_000 + 90 * (i % 10) + (i % 83)),
    amount: new Float64Array(purchases).fill(1),
  };
}

it('holds what a task was given no longer than until a thread has it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const given: WeakRef<object>[] = [];
  const running = (() => {
    const input = { history: buyers(200_000), lastDay: 20_000 };
    given.push(new WeakRef(input));
    return pool.run<number>(HORIZON_TASK, input);
  })();
  let isDone = false;
  const done = running.then(() => {
    isDone = true;
  });
  // Until it is let go, or was held to the end.
  while (!isDone && given[0]?.deref() !== undefined) {
    await nextTurn();
    collect();
  }
  expect(isDone).toBe(false);
  await done;
});

it('gives an error of a thread with its code, in every language', async () => {
  await expect(pool.run('no-such', {})).rejects.toMatchObject({
    code: 'usage',
    text: { en: 'There is no analysis "no-such"', zh: '没有名为“no-such”的分析' },
  });
});
