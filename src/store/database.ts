import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ClickHouseSettings } from '@clickhouse/client';
import type { Table } from 'apache-arrow';
import { KithError } from '../lib/errors.ts';
import { loadArrow } from './arrow-columns.ts';
import type { Engine } from './connect.ts';
import { linesOf } from './encoded-rows.ts';
import { parametersInBody } from './parameters-in-body.ts';
import type { PortalStore, QueryParameters } from './portal-store.ts';
import { checkRoom } from './room.ts';
import { createSerial } from './serial.ts';
import { storeError, tablesOf } from './store-error.ts';

/** The SQL side of a portal's store. */
export interface Database extends Pick<PortalStore, 'query' | 'arrow' | 'command' | 'insert'> {
  readonly name: string;
  /**
   * Inserts `rows` rows, row `i` being the values of `columns` that `row(i)` gives. Rows are made part by part, each while the
   * last one is stored, so that a batch of any size neither doubles in memory nor holds up the event loop.
   */
  insertValues(
    table: string,
    columns: readonly string[],
    rows: number,
    row: (index: number) => unknown[],
  ): Promise<void>;
  /** Inserts rows that are text already: each a JSON array of the values of `columns`, and a line feed. */
  insertLines(table: string, columns: readonly string[], lines: Uint8Array): Promise<void>;
}

/** Rows of one insert and bytes of its text: large enough for the engine, small enough for memory. */
const INSERT_ROWS = 20_000;
const INSERT_BYTES = 2 ** 22;
/** Rows that are made and turned into text between two looks at what else is to be done: some ten milliseconds. */
const ROWS_AT_ONCE = 1000;

/** A portal's database on an engine. Statements to a server travel over HTTP, whose addresses hold few parameters. */
export function createDatabase(
  { client, isServer, folder, insertLines }: Pick<Engine, 'client' | 'isServer' | 'folder' | 'insertLines'>,
  name: string,
): Database {
  async function insertPart(table: string, insert: () => Promise<unknown>): Promise<void> {
    if (!/^[a-z][a-z0-9_]*$/.test(table)) throw new KithError('store-query', `"${table}" is not a table's name`);
    // The embedded engine must have room for what it is told to write.
    if (folder !== undefined) await checkRoom(folder, [table]);
    try {
      await insert();
    } catch (error) {
      throw storeError(error, 'write', [table], false);
    }
  }

  // What is made first is stored first, while the next is made: made beside one another they would all be ready late.
  const inTurn = createSerial();

  const bound = (parameters: QueryParameters = {}): QueryParameters => ({ ...parameters, db: name });

  async function execute(
    query: string,
    parameters: QueryParameters | undefined,
    settings: ClickHouseSettings = {},
  ): Promise<Readable> {
    const query_params = bound(parameters);
    const form = isServer ? await parametersInBody(query_params) : null;
    const given =
      form === null
        ? { query_params }
        : { values: Readable.from([Buffer.from(form.body)]), http_headers: { 'Content-Type': form.contentType } };
    return (await client.exec({ query, clickhouse_settings: settings, ...given })).stream;
  }

  return {
    name,
    async query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]> {
      try {
        const result = await client.query({
          query: sql,
          query_params: { ...bound(parameters) },
          format: 'JSONEachRow',
        });
        return await result.json<Row>();
      } catch (error) {
        throw storeError(error, 'read', tablesOf(sql), true);
      }
    },
    async arrow(sql, parameters): Promise<Table> {
      const { tableFromIPC } = await loadArrow();
      try {
        // apache-arrow for JavaScript reads no compressed batches.
        const settings = { output_format_arrow_compression_method: 'none' } as const;
        return tableFromIPC(await collect(await execute(`${sql}\nFORMAT ArrowStream`, parameters, settings)));
      } catch (error) {
        throw storeError(error, 'read', tablesOf(sql), true);
      }
    },
    async command(sql, parameters) {
      const tables = tablesOf(sql);
      if (folder !== undefined && tables.length > 0) await checkRoom(folder, tables);
      try {
        await collect(await execute(sql, parameters));
      } catch (error) {
        throw storeError(error, 'write', tables, true);
      }
    },
    async insert(table, rows) {
      for (let start = 0; start < rows.length; start += INSERT_ROWS) {
        const values = rows.slice(start, start + INSERT_ROWS);
        await insertPart(table, () =>
          client.insert({ table: `\`${name}\`.\`${table}\``, values, format: 'JSONEachRow' }),
        );
      }
    },
    async insertValues(table, columns, rows, row) {
      let stored: Promise<void> = Promise.resolve();
      try {
        for (let start = 0; start < rows; ) {
          const from = start;
          const part = await inTurn(() => textOf(from, Math.min(rows, from + INSERT_ROWS), row));
          start += part.rows;
          // The next part is made while this one is stored.
          await stored;
          stored = insertPart(table, () => insertLines(name, table, columns, part.lines));
          // Met by the wait for it.
          stored.catch(() => undefined);
        }
      } finally {
        // Nothing goes on after a failure either.
        await stored;
      }
    },
    async insertLines(table, columns, lines) {
      if (lines.length > 0) await insertPart(table, () => insertLines(name, table, columns, lines));
    },
  };
}

/** Rows from `start` on as text: those before `end`, or fewer when they are long. */
async function textOf(
  start: number,
  end: number,
  row: (index: number) => unknown[],
): Promise<{ rows: number; lines: Uint8Array }> {
  const parts: Buffer[] = [];
  let from = start;
  for (let bytes = 0; from < end && bytes < INSERT_BYTES; ) {
    if (from > 0) await setImmediate();
    const first = from;
    const length = Math.min(ROWS_AT_ONCE, end - first);
    const lines = Buffer.from(linesOf(Array.from({ length }, (_, i) => row(first + i))));
    parts.push(lines);
    bytes += lines.length;
    from += length;
  }
  return { rows: from - start, lines: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
}

async function collect(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
