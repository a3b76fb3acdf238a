import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { type BackupManifest, checkBackup, countOf, fileOf, KEY_FILE, STATE_FILE, tablesOf } from './backup-format.ts';

const STEP: Text = { en: 'tables restored', zh: '恢复数据表' };

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
  readonly progress: Progress;
}): Promise<BackupManifest> {
  const { portal, directory, dataDir, keyIds, progress } = options;
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
  const held = Object.entries(manifest.tables);
  for (const [done, [table, rows]] of held.entries()) {
    progress.update(STEP, done, held.length);
    if (table === 'migrations' || rows === 0) continue;
    await restoreTable(portal, table, join(resolve(directory), fileOf(table)));
    const restored = await countOf(portal, table);
    if (restored !== rows)
      throw new KithError('bad-data', {
        en: `${table} has ${restored} rows after the restore, ${rows} in the backup; the file is damaged`,
        zh: `恢复后 ${table} 有 ${restored} 行，备份中为 ${rows} 行；该文件已损坏`,
      });
  }
  progress.update(STEP, held.length, held.length);
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
