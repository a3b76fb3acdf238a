import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Engine } from '../../../src/store/connect.ts';
import { createDatabase, type Database } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { migrations } from '../../../src/store/migrations/index.ts';

const ROWS = 50;
/** What a later step takes out on purpose: free text, which is no longer copied. */
const TAKEN_OUT: Readonly<Record<string, string>> = { deals: 'name', tickets: 'subject' };

/** An instant lies in the future, so that no row is too old to be kept; a row that is deleted would not be there to look for. */
function madeUp(name: string, type: string): string {
  if (name === 'is_deleted') return '0';
  return type.includes('DateTime') ? `toDateTime64(4000000000 + ${name} % 9, 3)` : name;
}

describe('a database of every earlier version', () => {
  let dataDir: string;
  let engine: Engine;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kith-forward-'));
    engine = await connect({ dataDir });
  });
  afterAll(async () => {
    await engine?.client.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function columnsOf(database: Database): Promise<Map<string, string[]>> {
    const rows = await database.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.columns WHERE database = {database:String} AND table != 'migrations' ORDER BY table, position`,
      { database: database.name },
    );
    const tables = new Map<string, string[]>();
    for (const { table, name } of rows) tables.set(table, [...(tables.get(table) ?? []), name]);
    return tables;
  }

  /** The rows of a table as far as the columns go that it had then. */
  async function contents(database: Database, table: string, columns: readonly string[]): Promise<string> {
    const rows = await database.query(
      `SELECT ${columns
        .filter((name) => name !== TAKEN_OUT[table])
        .map((name) => `\`${name}\``)
        .join(', ')} FROM {db:Identifier}.${table} ORDER BY ALL`,
    );
    return JSON.stringify(rows);
  }

  it.each(migrations.map(({ number, name }) => ({ number, name })))(
    'comes forward with every value that was in it (from $number, $name)',
    async ({ number }) => {
      const database = createDatabase(engine, `forward_${number}`);
      await engine.client.command({ query: `CREATE DATABASE ${database.name}` });
      const then = migrations.filter((step) => step.number <= number);
      await migrate(database, { now: 1, replicated: false, steps: then });
      const tables = await columnsOf(database);
      expect(tables.size).toBeGreaterThan(0);
      for (const table of tables.keys()) {
        const types = await database.query<{ name: string; type: string }>(
          // One that is worked out from others is given by nobody.
          `SELECT name, type FROM system.columns
           WHERE database = {database:String} AND table = {table:String} AND default_kind != 'MATERIALIZED' ORDER BY position`,
          { database: database.name, table },
        );
        const structure = types
          .map(({ name, type }) => `${name} ${type.includes('DateTime') ? 'UInt32' : type.replaceAll("'", "\\'")}`)
          .join(', ');
        const [names, values] = [types.map(({ name }) => name), types.map(({ name, type }) => madeUp(name, type))];
        await database.command(
          `INSERT INTO {db:Identifier}.${table} (${names.join(', ')}) SELECT ${values.join(', ')}
           FROM generateRandom('${structure}', ${number}, 8, 2) LIMIT ${ROWS}`,
        );
      }
      const before = new Map<string, string>();
      for (const [table, columns] of tables) before.set(table, await contents(database, table, columns));

      await migrate(database, { now: 2, replicated: false });
      // A step that was cut off is made again.
      await migrate(database, { now: 3, replicated: false });
      for (const [table, columns] of tables) {
        expect([table, await contents(database, table, columns)]).toEqual([table, before.get(table)]);
      }
      const fresh = createDatabase(engine, `fresh_${number}`);
      await engine.client.command({ query: `CREATE DATABASE ${fresh.name}` });
      await migrate(fresh, { now: 1, replicated: false });
      const sorted = (all: Map<string, string[]>) =>
        Object.fromEntries([...all].map(([table, names]) => [table, names.toSorted()]));
      expect(sorted(await columnsOf(database))).toEqual(sorted(await columnsOf(fresh)));
      await engine.client.command({ query: `DROP DATABASE ${database.name}` });
      await engine.client.command({ query: `DROP DATABASE ${fresh.name}` });
    },
    60_000,
  );
});
