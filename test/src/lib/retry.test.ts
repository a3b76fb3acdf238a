import { expect, it } from 'vitest';
import { batches } from '../../../src/lib/batches.ts';
import { fullJitter, sleep } from '../../../src/lib/retry.ts';

it('waits between nothing and twice as long at every attempt, up to the cap', () => {
  expect([0, 1, 2, 3].map((attempt) => fullJitter(attempt, () => 0.999_999))).toEqual([499, 999, 1999, 3999]);
  expect(fullJitter(20, () => 0.999_999)).toBe(29_999);
  expect(fullJitter(5, () => 0)).toBe(0);
});

it('stops sleeping when its signal is aborted', async () => {
  const stop = new AbortController();
  const sleeping = sleep(3_600_000, stop.signal);
  stop.abort(new Error('wake up'));
  await expect(sleeping).rejects.toThrow('wake up');
  await expect(sleep(3_600_000, stop.signal)).rejects.toThrow('wake up');
  await sleep(0);
});

it('cuts a list into batches in order', () => {
  expect([...batches([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]);
  expect([...batches([], 2)]).toEqual([]);
});
