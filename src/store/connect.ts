import { totalmem } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient, parseError } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { KithError } from '../lib/errors.ts';
import { prepareDataFolder } from './data-folder.ts';
import { EncodedRows, JSON_TEXT } from './encoded-rows.ts';
import { checkFileSizeLimit } from './room.ts';
import { storeError } from './store-error.ts';

export interface Engine {
  readonly client: ClickHouseClient;
  /** Reached over HTTP, not inside this process. */
  readonly isServer: boolean;
  /** Where it writes; absent for a server. */
  readonly folder?: string;
  /** Databases and tables are to be replicated: the server is part of a cluster. */
  readonly replicated: boolean;
  /** Inserts rows that are text already: each a JSON array of the values of `columns`, and a line feed. */
  insertLines(database: string, table: string, columns: readonly string[], lines: Uint8Array): Promise<void>;
}

const LINES = 'JSONCompactEachRow';

const SETTINGS = {
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_integers: 1,
  date_time_input_format: 'best_effort',
} as const;

// What goes wrong is thrown, and said once, by Kith.
const LOG = { level: ClickHouseLogLevel.OFF } as const;

/** The embedded engine over the data folder, or the server at `url`; the same client either way. */
export async function connect(options: {
  dataDir: string;
  url?: string;
  engineMemoryBytes?: number | null;
}): Promise<Engine> {
  const { dataDir, url, engineMemoryBytes } = options;
  return url === undefined ? embedded(dataDir, engineMemoryBytes ?? shareOfMemory()) : server(url);
}

/** Half of what the machine has, or the container may take: the rest is for Kith itself, its workers and the file cache. */
export function shareOfMemory(machine = totalmem(), container = process.constrainedMemory()): number {
  // No limit is told as 0, as nothing, or as more than there is.
  return Math.floor((container > 0 ? Math.min(machine, container) : machine) / 2);
}

const SPILL_FROM = 200 * 2 ** 20;

/**
 * The ceiling holds for one statement and for all that run at once. From a quarter of it on, and from 200 MB on in any case, sorting,
 * grouping and joining go on in files of the data folder: what a machine has is no reason to take it. What needs more than the ceiling
 * all the same ends as KithError('store-memory'), and takes nothing else down with it.
 */
function memorySettings(bytes: number) {
  const [ceiling, spill] = [String(bytes), String(Math.min(SPILL_FROM, Math.floor(bytes / 4)))];
  return {
    max_memory_usage: ceiling,
    max_memory_usage_for_user: ceiling,
    max_bytes_before_external_group_by: spill,
    max_bytes_before_external_sort: spill,
    max_bytes_before_external_join: spill,
    // It remembers every condition that was ever asked with, and few are asked twice: tens of megabytes in half an hour of questions.
    use_query_condition_cache: 0,
  };
}

function settingStatement(settings: Readonly<Record<string, string | number>>): string {
  return `SET ${Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'`)
    .join(', ')}`;
}

async function embedded(dataDir: string, memory: number): Promise<Engine> {
  checkFileSizeLimit();
  const path = join(await prepareDataFolder(dataDir), 'store');
  try {
    const connection = createChdbConnection({ path });
    const client = createClient({
      // The driver and the client each carry their own copy of the connection's type; the shapes are the same.
      connection: connection as never,
      json: JSON_TEXT,
      log: LOG,
    });
    // Once, for the whole session: the driver would put them before each statement, and an insert then takes twice as long.
    await client.command({ query: settingStatement({ ...SETTINGS, ...memorySettings(memory) }) });
    // The engine reads the bytes where they are. As part of a statement, which is how the client would hand them over, they are copied
    // thrice on the way, which is a quarter of the time of an insert.
    const writes = new Set<Promise<unknown>>();
    const close = connection.close.bind(connection);
    connection.close = async () => {
      await Promise.allSettled(writes);
      await close();
    };
    return {
      client,
      isServer: false,
      replicated: false,
      folder: path,
      async insertLines(database, table, columns, lines) {
        const write = connection.chdb.rawInsert({
          table: `${database}.${table}`,
          columns: [...columns],
          format: LINES,
          values: lines,
        });
        writes.add(write);
        try {
          await write;
        } catch (error) {
          // As the client's own statements fail, whose codes say what happened.
          throw parseError(error instanceof Error ? error.message : String(error));
        } finally {
          writes.delete(write);
        }
      },
    };
  } catch (cause) {
    throw new KithError(
      'store-damaged',
      {
        en: `The store in ${path} does not open; close any other program that has it open, otherwise its files are damaged: restore a backup, or choose another folder with KITH_DATA_DIR`,
        zh: `无法打开 ${path} 中的存储；请关闭正在使用它的其他程序，否则其文件已损坏：请恢复备份，或用 KITH_DATA_DIR 选择其他文件夹`,
      },
      { cause },
    );
  }
}

async function server(url: string): Promise<Engine> {
  let client: ClickHouseClient;
  try {
    client = createClient({
      url,
      application: 'kith',
      json: JSON_TEXT,
      // A long statement keeps its connection by telling its progress.
      request_timeout: 300_000,
      // Lists of ids are longer than an address may be.
      use_multipart_params_auto: true,
      clickhouse_settings: {
        ...SETTINGS,
        send_progress_in_http_headers: 1,
        http_headers_progress_interval_ms: '20000',
      },
      log: LOG,
    });
  } catch {
    throw new KithError('config', {
      en: 'CLICKHOUSE_URL is not an address; write it as https://user:password@host:8443',
      zh: 'CLICKHOUSE_URL 不是地址；请写成 https://user:password@host:8443',
    });
  }
  try {
    const answer = await client.query({
      query: `SELECT count() AS macros FROM system.macros WHERE macro IN ('shard', 'replica')`,
      format: 'JSONEachRow',
    });
    const [row] = await answer.json<{ macros: string }>();
    return {
      client,
      isServer: true,
      replicated: Number(row?.macros ?? 0) === 2,
      async insertLines(database, table, [first, ...others], lines) {
        if (first === undefined) return;
        const text = new EncodedRows(Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString());
        await client.insert({
          table: `\`${database}\`.\`${table}\``,
          values: [text],
          format: LINES,
          columns: [first, ...others],
        });
      },
    };
  } catch (error) {
    await client.close();
    throw storeError(error, 'read', [], false);
  }
}
