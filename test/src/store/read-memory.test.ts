import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/store/database.ts';
import { noMemory, withReadMemory } from '../../../src/store/read-memory.ts';

/** A database that only takes its time. */
function slowDatabase() {
  const open: (() => void)[] = [];
  const write = () => new Promise<void>((done) => open.push(done));
  const database = {
    name: 'kith_1',
    command: write,
    insert: write,
    insertValues: write,
    insertLines: write,
  } as unknown as Database;
  return { ...withReadMemory(database), finish: () => open.pop()?.() };
}

describe('the memory of readings', () => {
  it('reads a text once, and again after a statement, or an insert of results', async () => {
    const { database, memory, finish } = slowDatabase();
    let reads = 0;
    const read = () => memory.text('value', async () => `read ${++reads}`);
    expect([await read(), await read()]).toEqual(['read 1', 'read 1']);
    for (const write of [
      () => database.command('ALTER'),
      () => database.insert('runs', []),
      () => database.insertValues('scores', [], 0, () => []),
      () => database.insertValues('rescored', [], 0, () => []),
      () => database.insertLines('scores', [], new Uint8Array(1)),
    ]) {
      const before = reads;
      const writing = write();
      finish();
      await writing;
      expect(await read()).toBe(`read ${before + 1}`);
    }
    const audited = database.insert('audit', []);
    finish();
    await audited;
    expect(await read()).toBe('read 6');
  });

  it('keeps nothing that was read while something was written', async () => {
    const { database, memory, finish } = slowDatabase();
    const writing = database.command('ALTER');
    let answer: (text: string) => void = () => undefined;
    const reading = memory.text('value', () => new Promise((done) => (answer = done)));
    finish();
    await writing;
    answer('before');
    expect(await reading).toBe('before');
    expect(await memory.text('value', async () => 'after')).toBe('after');
  });

  it('keeps the 64 texts read last, none that is long, and no absence', async () => {
    const { memory } = slowDatabase();
    await memory.text('first', async () => 'kept');
    for (let i = 0; i < 63; i++) await memory.text(`${i}`, async () => 'kept');
    expect(await memory.text('first', async () => 'read again')).toBe('kept');
    await memory.text('one more', async () => 'kept');
    expect(await memory.text('first', async () => 'read again')).toBe('kept');
    expect(await memory.text('0', async () => 'read again')).toBe('read again');
    await memory.text('long', async () => 'x'.repeat(1_000_001));
    expect(await memory.text('long', async () => 'short')).toBe('short');
    await memory.text('absent', async () => null);
    expect(await memory.text('absent', async () => 'there')).toBe('there');
  });

  it('is none where others write too', async () => {
    await noMemory.text('value', async () => 'before');
    expect(await noMemory.text('value', async () => 'after')).toBe('after');
  });
});
