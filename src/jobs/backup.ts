import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DERIVED_TABLES } from '../features/won-deals.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

const MANIFEST = 'backup.json';
/** What people decided. */
const STATE_FILE = 'state.json';
/** How often a table that changes while it is written is written again. */
const MOST_EXPORTS = 3;
/** Without it nobody can read the contacts' names, e-mails and phones. */
const KEY_FILE = 'identity.key';

const manifestSchema = z.strictObject({
  kith: z.literal('backup'),
  portalId: z.string(),
  takenAt: z.iso.datetime(),
  /** Rows by table, older versions of a record not counted. */
  tables: z.record(z.string(), z.number().int()),
  /** SHA-256 of every other file of the backup, by its name. */
  files: z.record(z.string().regex(/^[\w.-]+$/), z.string().regex(/^[0-9a-f]{64}$/)),
  /** Where the identity key is: in this backup, or wherever it was kept when the backup was made. */
  identityKey: z.enum(['in this backup', 'not in this backup']),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

export interface BackupOptions {
  readonly portal: PortalStore;
  readonly dataDir: string;
  readonly directory: string;
  readonly takenAt: string;
  /** Puts the identity key beside the data that it opens: whoever has the backup can then read everybody in it. */
  readonly withKey: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Writes every table of a portal to `directory` in the engine's own Native format, then what people decided, and last a manifest
 * with the row counts and every file's hash: a folder without one is a backup that did not finish. Only for the engine inside
 * Kith; a server has its own BACKUP.
 */
export async function backup(options: BackupOptions): Promise<BackupManifest> {
  const { portal, dataDir, directory, takenAt, withKey, signal } = options;
  const folder = resolve(directory);
  await emptyFolder(folder);
  const tables: Record<string, number> = {};
  const files: string[] = [];
  for (const table of await tablesOf(portal)) {
    signal?.throwIfAborted();
    tables[table] = await exportTable(portal, table, join(folder, fileOf(table)));
    // The engine writes no file for a table without rows.
    if (existsSync(join(folder, fileOf(table)))) files.push(fileOf(table));
  }
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

/** What a backup folder holds. */
export async function readBackup(directory: string): Promise<BackupManifest> {
  const path = join(resolve(directory), MANIFEST);
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new KithError(
      'bad-folder',
      {
        en: `${resolve(directory)} is not a finished backup of Kith (${MANIFEST} is missing or damaged); give the folder that 'kith backup' wrote`,
        zh: `${resolve(directory)} 不是完整的 Kith 备份（${MANIFEST} 缺失或损坏）；请指定 'kith backup' 写入的文件夹`,
      },
      { cause },
    );
  }
}

/** Looks at every byte before anything is written: KithError('bad-data') names the file that is not what was backed up. */
export async function checkBackup(directory: string): Promise<BackupManifest> {
  const manifest = await readBackup(directory);
  for (const [file, hash] of Object.entries(manifest.files)) {
    const found = await hashOf(join(resolve(directory), file)).catch(() => null);
    if (found === hash) continue;
    const isMissing = found === null;
    throw new KithError('bad-data', {
      en: `The backup's file ${file} ${isMissing ? 'is missing' : 'was changed since the backup was made'}; use another backup, nothing was restored`,
      zh: `备份文件 ${file} ${isMissing ? '缺失' : '在备份之后被改动过'}；请使用其他备份，没有恢复任何内容`,
    });
  }
  return manifest;
}

/**
 * Fills an empty portal from a backup whose every byte was checked, and compares the row counts. What people decided, and the key
 * when the backup holds it, are put into the data folder.
 */
export async function restore(options: {
  readonly portal: PortalStore;
  readonly directory: string;
  readonly dataDir: string;
  /** Of the identity keys that this data folder has. */
  readonly keyIds: readonly string[];
}): Promise<BackupManifest> {
  const { portal, directory, dataDir, keyIds } = options;
  const manifest = await checkBackup(directory);
  if (manifest.files[KEY_FILE] === undefined) await checkKeys(portal, directory, manifest, keyIds);
  const present = await tablesOf(portal);
  const unknown = Object.keys(manifest.tables).filter((table) => !present.includes(table));
  if (unknown.length > 0)
    throw new KithError('bad-folder', {
      en: `The backup holds ${unknown.join(', ')}, which this version of Kith does not know; use the version that wrote it or a newer one`,
      zh: `该备份含有此版本的 Kith 不认识的内容：${unknown.join('、')}；请使用写入它的版本或更新的版本`,
    });
  for (const table of Object.keys(manifest.tables)) {
    if (table === 'migrations') continue;
    if ((await countOf(portal, table)) > 0) {
      throw new KithError('usage', {
        en: `The portal ${portal.portalId} already holds data (${table}); restore into an empty KITH_DATA_DIR`,
        zh: `门户 ${portal.portalId} 已有数据（${table}）；请恢复到空的 KITH_DATA_DIR`,
      });
    }
  }
  for (const [table, rows] of Object.entries(manifest.tables)) {
    if (table === 'migrations' || rows === 0) continue;
    await restoreTable(portal, table, join(resolve(directory), fileOf(table)));
    const restored = await countOf(portal, table);
    if (restored !== rows)
      throw new KithError('bad-data', {
        en: `${table} has ${restored} rows after the restore, ${rows} in the backup; the file is damaged`,
        zh: `恢复后 ${table} 有 ${restored} 行，备份中为 ${rows} 行；该文件已损坏`,
      });
  }
  for (const file of [STATE_FILE, KEY_FILE]) {
    if (manifest.files[file] !== undefined) await copyFile(join(resolve(directory), file), join(dataDir, file));
  }
  return manifest;
}

/** Names that nobody could read again are refused before anything is written. */
async function checkKeys(
  portal: PortalStore,
  directory: string,
  manifest: BackupManifest,
  keyIds: readonly string[],
): Promise<void> {
  if ((manifest.tables.identities ?? 0) === 0) return;
  const rows = await portal.query<{ key_id: string }>(`SELECT DISTINCT key_id FROM file({path:String}, 'Native')`, {
    path: join(resolve(directory), fileOf('identities')),
  });
  const missing = rows.map(({ key_id }) => key_id).filter((id) => !keyIds.includes(id));
  if (missing.length === 0) return;
  throw new KithError('identity-key', {
    en: `The backup's contacts are sealed with the key ${missing.join(', ')}, which is not in this data folder: put the ${KEY_FILE} of the folder that was backed up into it, or set KITH_IDENTITY_KEYS, and restore again`,
    zh: `备份中的联系人由密钥 ${missing.join('、')} 密封，而此数据文件夹中没有该密钥：请将被备份文件夹中的 ${KEY_FILE} 放入其中，或设置 KITH_IDENTITY_KEYS，然后重新恢复`,
  });
}

/** By name: a backup of an older version lacks the columns that were added since, and they get their defaults. */
async function restoreTable(portal: PortalStore, table: string, path: string): Promise<void> {
  const columns = await portal.query<{ name: string }>(`DESCRIBE TABLE file({path:String}, 'Native')`, {
    path,
  });
  const names = columns.map(({ name }) => `\`${name}\``).join(', ');
  await portal.command(
    `INSERT INTO {db:Identifier}.{table:Identifier} (${names}) SELECT ${names} FROM file({path:String}, 'Native')`,
    { table, path },
  );
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

const fileOf = (table: string): string => `${table}.native.zst`;

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What is in the store for good: the tables that an analysis derives are left to the next one. */
async function tablesOf(portal: PortalStore): Promise<string[]> {
  const rows = await portal.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree' ORDER BY name`,
    { database: portal.database },
  );
  return rows.map(({ name }) => name).filter((name) => !DERIVED_TABLES.includes(name.replace(/_next$/, '')));
}

/** Rows as a reader sees them: which older versions the engine still keeps is its own affair. */
async function countOf(portal: PortalStore, table: string): Promise<number> {
  const [row] = await portal.query<{ rows: string }>(
    'SELECT count() AS rows FROM {db:Identifier}.{table:Identifier} SETTINGS final = 1',
    { table },
  );
  return Number(row?.rows ?? 0);
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
