import type { Database } from './database.ts';

/** Small things that every answer reads, until something is written that may change them, or takes people out of them. */
export interface ReadMemory {
  /** Whether anything is ever kept. */
  readonly keeps: boolean;
  /** The text kept under this key, else what `read` gives; null is not kept, for it may come to be at any time. */
  text(key: string, read: () => Promise<string | null>): Promise<string | null>;
}

/** Where others may write too, as on a server, nothing is kept. */
export const noMemory: ReadMemory = { keeps: false, text: (_key, read) => read() };

const MOST_TEXTS = 64;
const MOST_CHARACTERS = 1_000_000;
/** Tables that they are read from. */
const WATCHED = ['runs', 'results', 'scores', 'rescored', 'owners'];

/** The memory of a database that nobody else writes to, and the same database, which empties it after every such write. */
export function withReadMemory(database: Database): { database: Database; memory: ReadMemory } {
  const texts = new Map<string, string>();
  let writes = 0;

  async function written(write: Promise<void>): Promise<void> {
    try {
      await write;
    } finally {
      writes++;
      texts.clear();
    }
  }
  const ifWatched = (table: string, write: Promise<void>): Promise<void> =>
    WATCHED.includes(table) ? written(write) : write;

  return {
    database: {
      ...database,
      // Erasures, opt-outs and merges are statements of their own; which tables they touch is not looked into.
      command: (sql, parameters) => written(database.command(sql, parameters)),
      insert: (table, rows) => ifWatched(table, database.insert(table, rows)),
      insertValues: (table, ...values) => ifWatched(table, database.insertValues(table, ...values)),
      insertLines: (table, ...lines) => ifWatched(table, database.insertLines(table, ...lines)),
    },
    memory: {
      keeps: true,
      async text(key, read) {
        const known = texts.get(key);
        if (known !== undefined) {
          // Those read last are kept longest.
          texts.delete(key);
          texts.set(key, known);
          return known;
        }
        const before = writes;
        const text = await read();
        // What was read while something was written may be from before it.
        if (text === null || writes !== before || text.length > MOST_CHARACTERS) return text;
        texts.set(key, text);
        for (const oldest of texts.keys()) {
          if (texts.size <= MOST_TEXTS) break;
          texts.delete(oldest);
        }
        return text;
      },
    },
  };
}
