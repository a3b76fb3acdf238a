import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KithError, messageOf } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import {
  type BackupManifest,
  countOf,
  fileOf,
  hashOf,
  KEY_FILE,
  MANIFEST,
  STATE_FILE,
  tablesOf,
} from './backup-format.ts';

/** How often a table that changes while it is written is written again. */
const MOST_EXPORTS = 3;

const STEP: Text = { en: 'tables copied', zh: '复制数据表' };

export interface BackupOptions {
  readonly portal: PortalStore;
  readonly dataDir: string;
  readonly directory: string;
  readonly takenAt: string;
  /** Puts the identity key beside the data that it opens: whoever has the backup can then read everybody in it. */
  readonly withKey: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Writes every table of a portal to `directory` in the engine's own Native format, then what people decided, and last a manifest
 * with the row counts and every file's hash: a folder without one is a backup that did not finish. Only for the engine inside
 * Kith; a server has its own BACKUP.
 */
export async function backup(options: BackupOptions): Promise<BackupManifest> {
  const { portal, dataDir, directory, takenAt, withKey, progress, signal } = options;
  const folder = resolve(directory);
  await emptyFolder(folder);
  const tables: Record<string, number> = {};
  const files: string[] = [];
  const present = await tablesOf(portal);
  for (const [done, table] of present.entries()) {
    progress.update(STEP, done, present.length);
    signal?.throwIfAborted();
    tables[table] = await exportTable(portal, table, join(folder, fileOf(table)));
    // The engine writes no file for a table without rows.
    if (existsSync(join(folder, fileOf(table)))) files.push(fileOf(table));
  }
  progress.update(STEP, present.length, present.length);
  for (const file of withKey ? [STATE_FILE, KEY_FILE] : [STATE_FILE]) {
    if (!existsSync(join(dataDir, file))) continue;
    await copyFile(join(dataDir, file), join(folder, file));
    files.push(file);
  }
  const manifest: BackupManifest = {
    kith: 'backup',
    portalId: portal.portalId,
    takenAt,
    tables,
    files: Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashOf(join(folder, file))]))),
    identityKey: files.includes(KEY_FILE) ? 'in this backup' : 'not in this backup',
  };
  const path = join(folder, MANIFEST);
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return manifest;
}

/**
 * Writes one table and gives back how many rows went into the file. Kith works on meanwhile: rows that come while the file is
 * written may or may not be in it, so a table that changed is written again; one that never rests is counted in a copy of the file.
 */
async function exportTable(portal: PortalStore, table: string, path: string): Promise<number> {
  const name = `{db:Identifier}.{table:Identifier}`;
  for (let time = 0; time < MOST_EXPORTS; time++) {
    await rm(path, { force: true });
    const before = await writesOf(portal, table);
    await portal.command(`INSERT INTO FUNCTION file({path:String}, 'Native') SELECT * FROM ${name}`, { table, path });
    const rows = await countOf(portal, table);
    if ((await writesOf(portal, table)) === before) return rows;
  }
  return countOfFile(portal, table, path);
}

/** Moves with every insert and every change, and with no merge. */
async function writesOf(portal: PortalStore, table: string): Promise<string> {
  const [row] = await portal.query<{ writes: string }>(
    `SELECT concat(toString(max(max_block_number)), ' ', toString(max(data_version))) AS writes FROM system.parts
     WHERE database = {database:String} AND table = {table:String} AND active`,
    { database: portal.database, table },
  );
  return row?.writes ?? '';
}

/** The same of a file that the engine wrote: of rows with one key the newest version is read, and none that says it is deleted. */
async function countOfFile(portal: PortalStore, table: string, path: string): Promise<number> {
  if (!existsSync(path)) return 0;
  const [engine] = await portal.query<{ key: string; full: string }>(
    'SELECT sorting_key AS key, engine_full AS full FROM system.tables WHERE database = {database:String} AND name = {table:String}',
    { database: portal.database, table },
  );
  const replacing = /ReplacingMergeTree(?:\(([^)]*)\))?/.exec(engine?.full ?? '');
  const [version = '', isDeleted = '0'] = replacing?.[1]?.split(/,\s*/) ?? [];
  // Of equal versions the last row is the one that stays.
  const newest = version === '' ? 'row' : `(${version}, row)`;
  const rows = `SELECT *, rowNumberInAllBlocks() AS row FROM file({path:String}, 'Native')`;
  const [count] = await portal.query<{ rows: string }>(
    replacing === null
      ? `SELECT count() AS rows FROM file({path:String}, 'Native')`
      : `SELECT countIf(gone = 0) AS rows FROM (SELECT argMax(${isDeleted}, ${newest}) AS gone FROM (${rows})
         GROUP BY ${engine?.key}) SETTINGS max_threads = 1`,
    { path },
  );
  return Number(count?.rows ?? 0);
}

/** A folder's own backups, the oldest first. Names sort as their instants do. */
const OWN_BACKUP = /^kith-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$/;

/** Where the backup of an instant goes in a folder of backups. */
export function backupFolderOf(directory: string, at: number): string {
  return join(resolve(directory), `kith-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z`);
}

/** Removes all but the newest backups that the schedule made, and those of them that did not finish; returns how many went. */
export async function dropOldBackups(directory: string, keep: number): Promise<number> {
  const folder = resolve(directory);
  const names = (await readdir(folder)).filter((name) => OWN_BACKUP.test(name)).sort();
  const finished = names.filter((name) => existsSync(join(folder, name, MANIFEST)));
  const kept = new Set(finished.slice(-keep));
  const gone = names.filter((name) => !kept.has(name));
  for (const name of gone) await rm(join(folder, name), { recursive: true });
  return gone.length;
}

async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const held = await readdir(folder);
    if (held.length > 0)
      throw new KithError('usage', {
        en: `${folder} is not empty (it holds ${held[0]}); give a new folder for the backup`,
        zh: `${folder} 不是空文件夹（其中有 ${held[0]}）；请为备份指定新文件夹`,
      });
  } catch (error) {
    if (error instanceof KithError) throw error;
    throw new KithError(
      'store-unwritable',
      {
        en: `The backup cannot be written to ${folder} (${messageOf(error)}); choose a folder that can be written`,
        zh: `无法将备份写入 ${folder}（${messageOf(error)}）；请选择可写入的文件夹`,
      },
      { cause: error },
    );
  }
}
