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
