import { expect, test } from 'vitest';
import { createWriteOrder } from '../../../src/store/write-order.ts';

/** Writes that end when they are told to, and what began and ended in which order. */
function writes() {
  const events: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const write = (name: string) => () => {
    events.push(`${name} begins`);
    return new Promise<void>((resolve, reject) => {
      ends.set(name, (error) => {
        events.push(`${name} ends`);
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  };
  return { events, write, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('writes go on beside one another, and work alone waits for them all', async () => {
  const { events, write, end } = writes();
  const order = createWriteOrder();
  const first = order.beside(async () => write('first'));
  const second = order.beside(async () => write('second'));
  const alone = order.alone(async () => {
    events.push('alone');
    return 'done';
  });
  await turn();
  end('second');
  await second;
  expect(events).toEqual(['first begins', 'second begins', 'second ends']);
  end('first');
  await first;
  expect(await alone).toBe('done');
  expect(events.slice(3)).toEqual(['first ends', 'alone']);
});

test('what looks at what is stored waits for the writes before it, also for one that fails', async () => {
  const { events, write, end } = writes();
  const order = createWriteOrder();
  const first = order.beside(async () => write('first'));
  const second = order.beside(async (written) => {
    await written();
    events.push('looks');
    return write('second');
  });
  await turn();
  expect(events).toEqual(['first begins']);
  end('first', new Error('no room'));
  await expect(first).rejects.toThrow('no room');
  await turn();
  end('second');
  await second;
  expect(events.slice(1)).toEqual(['first ends', 'looks', 'second begins', 'second ends']);
});
