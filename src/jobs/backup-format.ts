import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DERIVED_TABLES } from '../features/won-deals.ts';
import { KithError } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

export const MANIFEST = 'backup.json';
/** What people decided. */
export const STATE_FILE = 'state.json';
/** Without it nobody can read the contacts' names, e-mails and phones. */
export const KEY_FILE = 'identity.key';

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

export const fileOf = (table: string): string => `${table}.native.zst`;

/** What is in the store for good: the tables that an analysis derives are left to the next one. */
export async function tablesOf(portal: PortalStore): Promise<string[]> {
  const rows = await portal.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree' ORDER BY name`,
    { database: portal.database },
  );
  return rows.map(({ name }) => name).filter((name) => !DERIVED_TABLES.includes(name.replace(/_next$/, '')));
}

/** Rows as a reader sees them: which older versions the engine still keeps is its own affair. */
export async function countOf(portal: PortalStore, table: string): Promise<number> {
  const [row] = await portal.query<{ rows: string }>(
    'SELECT count() AS rows FROM {db:Identifier}.{table:Identifier} SETTINGS final = 1',
    { table },
  );
  return Number(row?.rows ?? 0);
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
