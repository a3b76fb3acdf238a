import { describe, expect, it } from 'vitest';
import { createErasureGate } from '../../../src/store/erasure-gate.ts';

/** A promise that is settled by hand. */
function held() {
  let release: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

/** Everything that can go on has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what is kept apart from erasures', () => {
  it('is made again where an erasure ended since it was begun, also one that failed half-way', async () => {
    const gate = createErasureGate();
    const made: number[] = [];
    const kept = await gate.fresh(
      async () => {
        made.push(made.length);
        if (made.length === 1) await gate.erasing(async () => undefined);
        if (made.length === 2)
          await expect(gate.erasing(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
        return made.length;
      },
      async (one) => one,
    );
    expect(kept).toBe(3);
  });

  it('waits for an erasure that runs, and an erasure for what is being kept', async () => {
    const gate = createErasureGate();
    const said: string[] = [];
    const [keeping, erasing] = [held(), held()];
    const first = gate.apart(async () => {
      said.push('first begins');
      await keeping.promise;
      said.push('first ends');
    });
    const erasure = gate.erasing(async () => {
      said.push('erasure begins');
      await erasing.promise;
      said.push('erasure ends');
    });
    await settled();
    const second = gate.fresh(
      async () => said.push('second is made'),
      async () => said.push('second is kept'),
    );
    await settled();
    expect(said).toEqual(['first begins']);
    keeping.release();
    await settled();
    erasing.release();
    await Promise.all([first, erasure, second]);
    expect(said.slice(1)).toEqual(['first ends', 'erasure begins', 'erasure ends', 'second is made', 'second is kept']);
  });

  it('does not wait for something else that is kept', async () => {
    const gate = createErasureGate();
    const slow = held();
    const first = gate.apart(() => slow.promise);
    expect(
      await gate.fresh(
        async () => 'made',
        async (one) => one,
      ),
    ).toBe('made');
    slow.release();
    await first;
  });

  it('is told to be stale where it cannot be made again', async () => {
    const gate = createErasureGate();
    expect(await gate.once(async () => 1)).toEqual({ made: 1, isStale: false, since: 0 });
    const meanwhile = gate.once(async () => {
      await gate.erasing(async () => undefined);
      return 2;
    });
    expect(await meanwhile).toEqual({ made: 2, isStale: true, since: 1 });
  });

  it('is told as long as no erasure ended since it was made, and erasures wait for the telling', async () => {
    const gate = createErasureGate();
    const said: string[] = [];
    const made = await gate.fresh(
      async () => 'made',
      async (_, since) => since,
    );
    const telling = held();
    const told = gate.telling(made, async () => {
      await telling.promise;
      return said.push('told');
    });
    const erasure = gate.erasing(async () => said.push('erased'));
    await settled();
    const late = gate.telling(made, async () => said.push('told again'));
    await settled();
    telling.release();
    expect(await told).toEqual({ told: 1 });
    await erasure;
    expect(await late).toBeNull();
    expect(said).toEqual(['told', 'erased']);
  });

  it('fails with its own error, and holds up nobody after it', async () => {
    const gate = createErasureGate();
    await expect(gate.apart(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    expect(await gate.erasing(async () => 'done')).toBe('done');
  });
});
