import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KithError } from '../lib/errors.ts';

/** Makes the data folder if it is missing and proves that a file can be written and synced there. */
export async function prepareDataFolder(dataDir: string): Promise<string> {
  const folder = resolve(dataDir);
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await makeFolder(folder);
    const file = await open(probe, 'w');
    try {
      await file.writeFile(Buffer.alloc(65_536));
      await file.sync();
    } finally {
      await file.close();
      await unlink(probe);
    }
  } catch (error) {
    throw unwritable(folder, error);
  }
  return folder;
}

/** Not mkdir's own `recursive`, which never returns where a file system answers ENOENT to whatever is made in it (/proc). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const parent = dirname(folder);
    if (code !== 'ENOENT' || parent === folder || (await exists(parent))) throw error;
    await makeFolder(parent);
    await mkdir(folder, { mode: 0o700 });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; change its owner or choose another folder with KITH_DATA_DIR',
  EPERM: 'this user may not write there; change its owner or choose another folder with KITH_DATA_DIR',
  EROFS: 'its file system is read-only; choose another folder with KITH_DATA_DIR',
  ENOSPC: 'the disk is full; free some space or choose another folder with KITH_DATA_DIR',
  EFBIG: 'a file may not grow any larger there; raise the limit or free some space',
  EDQUOT: 'the disk quota is used up; free some space or choose another folder with KITH_DATA_DIR',
  ENOTDIR: 'a part of that path is a file, not a folder; choose another folder with KITH_DATA_DIR',
  EEXIST: 'that path is a file, not a folder; choose another folder with KITH_DATA_DIR',
  ENOENT: 'it cannot be created there; choose another folder with KITH_DATA_DIR',
};

/** A failure to write in the data folder, as one sentence with the next step. */
export function unwritable(path: string, error: unknown): KithError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason =
    REASONS[code] ?? `writing there failed (${code || 'unknown reason'}); choose another folder with KITH_DATA_DIR`;
  return new KithError(
    'store-unwritable',
    { en: `Kith cannot write to the data folder ${path}: ${reason}`, zh: `Kith 无法写入数据文件夹 ${path}：${reason}` },
    { cause: error },
  );
}
