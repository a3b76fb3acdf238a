import type { Database } from './database.ts';
import type { CrmStore } from './portal-store.ts';
import type { Sequence } from './sequence.ts';

/** Where jobs stand. What is saved while an insert is under way goes into the next one together, in one part or not at all. */
export function createCursors(
  database: Database,
  sequence: Sequence,
): Pick<CrmStore, 'cursor' | 'saveCursor' | 'saveCursors'> {
  let last: Promise<unknown> = Promise.resolve();
  let next: { readonly values: Map<string, string | null>; readonly saved: Promise<void> } | null = null;

  async function insert(values: ReadonlyMap<string, string | null>): Promise<void> {
    const version = sequence.next();
    const rows = Array.from(values, ([name, value]) => ({ name, value: value ?? '', version }));
    await database.insert('cursors', rows);
  }

  function save(entries: readonly (readonly [string, string | null])[]): Promise<void> {
    if (next === null) {
      const values = new Map<string, string | null>();
      const saved = last.then(() => {
        next = null;
        return insert(values);
      });
      // One failure does not stop the next.
      last = saved.catch(() => undefined);
      next = { values, saved };
    }
    for (const [name, value] of entries) next.values.set(name, value);
    return next.saved;
  }

  return {
    async cursor(name) {
      const [row] = await database.query<{ value: string }>(
        'SELECT value FROM {db:Identifier}.cursors FINAL WHERE name = {name:String}',
        { name },
      );
      return row === undefined || row.value === '' ? null : row.value;
    },
    saveCursor: (name, value) => save([[name, value]]),
    saveCursors: (cursors) => save(Object.entries(cursors)),
  };
}
