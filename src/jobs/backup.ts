import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DERIVED_TABLES } from '../features/won-deals.ts';
import { KithError, messageOf } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

const manifestSchema = z.strictObject({
  kith: z.literal('backup'),
  portalId: z.string(),
  takenAt: z.iso.datetime(),
  /** Rows by table, older versions of a record not counted. */
  tables: z.record(z.string(), z.number().int()),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

/**
 * Writes every table of a portal to `directory` in the engine's own Native format, and last a manifest with the row counts: a
 * folder without one is a backup that did not finish. Only for the engine inside Kith; a server has its own BACKUP.
 */
export async function backup(portal: PortalStore, directory: string, takenAt: string): Promise<BackupManifest> {
  const folder = resolve(directory);
  await emptyFolder(folder);
  const tables: Record<string, number> = {};
  for (const table of await tablesOf(portal)) {
    const name = `{db:Identifier}.{table:Identifier}`;
    await portal.command(`INSERT INTO FUNCTION file({path:String}, 'Native') SELECT * FROM ${name}`, {
      table,
      path: join(folder, `${table}.native.zst`),
    });
    tables[table] = await countOf(portal, table);
  }
  const manifest: BackupManifest = { kith: 'backup', portalId: portal.portalId, takenAt, tables };
  const path = join(folder, 'backup.json');
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(`${path}.part`, path);
  return manifest;
}

/** What a backup folder holds. */
export async function readBackup(directory: string): Promise<BackupManifest> {
  const path = join(resolve(directory), 'backup.json');
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new KithError(
      'bad-folder',
      `${resolve(directory)} is not a finished backup of Kith (backup.json is missing or damaged); give the folder that 'kith backup' wrote`,
      { cause },
    );
  }
}

/** Fills an empty portal from a backup, and compares the row counts. */
export async function restore(portal: PortalStore, directory: string): Promise<BackupManifest> {
  const manifest = await readBackup(directory);
  const present = await tablesOf(portal);
  const unknown = Object.keys(manifest.tables).filter((table) => !present.includes(table));
  if (unknown.length > 0)
    throw new KithError(
      'bad-folder',
      `The backup holds ${unknown.join(', ')}, which this version of Kith does not know; use the version that wrote it or a newer one`,
    );
  for (const table of Object.keys(manifest.tables)) {
    if (table === 'migrations') continue;
    if ((await countOf(portal, table)) > 0) {
      throw new KithError(
        'usage',
        `The portal ${portal.portalId} already holds data (${table}); restore into an empty KITH_DATA_DIR`,
      );
    }
  }
  for (const [table, rows] of Object.entries(manifest.tables)) {
    if (table === 'migrations') continue;
    await portal.command(`INSERT INTO {db:Identifier}.{table:Identifier} SELECT * FROM file({path:String}, 'Native')`, {
      table,
      path: join(resolve(directory), `${table}.native.zst`),
    });
    const restored = await countOf(portal, table);
    if (restored !== rows)
      throw new KithError(
        'bad-data',
        `${table} has ${restored} rows after the restore, ${rows} in the backup; the file is damaged`,
      );
  }
  return manifest;
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

async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const held = await readdir(folder);
    if (held.length > 0)
      throw new KithError('usage', `${folder} is not empty (it holds ${held[0]}); give a new folder for the backup`);
  } catch (error) {
    if (error instanceof KithError) throw error;
    throw new KithError(
      'store-unwritable',
      `The backup cannot be written to ${folder} (${messageOf(error)}); choose a folder that can be written`,
      { cause: error },
    );
  }
}
