import { expect, it } from 'vitest';
import { createCursors } from '../../../src/store/cursors.ts';
import type { Database } from '../../../src/store/database.ts';

/** A table of cursors alone, each of whose inserts ends when the test says. */
function slowTable() {
  const inserts: { rows: object[]; end: (error?: Error) => void }[] = [];
  const database: Pick<Database, 'insert'> = {
    insert: (_, rows) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        inserts.push({ rows: [...rows], end });
      }),
  };
  let version = 0;
  const cursors = createCursors(database as Database, { next: () => ++version }); // nothing is read
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { inserts, cursors, turn };
}

it('saves at once what came while an insert was under way, the later of two of one name', async () => {
  const { inserts, cursors, turn } = slowTable();
  const first = cursors.saveCursor('a', '1');
  await turn();
  const others = [cursors.saveCursor('b', '1'), cursors.saveCursor('b', '2'), cursors.saveCursors({ c: null, d: '1' })];
  await turn();
  expect(inserts).toHaveLength(1);
  inserts[0]!.end();
  await first;
  await turn();
  expect(inserts[1]!.rows).toEqual([
    { name: 'b', value: '2', version: 2 },
    { name: 'c', value: '', version: 2 },
    { name: 'd', value: '1', version: 2 },
  ]);
  inserts[1]!.end();
  await Promise.all(others);
  expect(inserts).toHaveLength(2);
});

it('tells a failure to those who saved with it, and to nobody after them', async () => {
  const { inserts, cursors, turn } = slowTable();
  const failing = cursors.saveCursor('a', '1');
  await turn();
  const after = cursors.saveCursor('b', '1');
  inserts[0]!.end(new Error('disk full'));
  await expect(failing).rejects.toThrow('disk full');
  await turn();
  inserts[1]!.end();
  await after;
});
