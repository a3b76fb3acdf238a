import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';

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

const CHOOSE = {
  en: 'choose another folder with KITH_DATA_DIR',
  zh: '请用 KITH_DATA_DIR 选择其他文件夹',
};
const NOT_ALLOWED = {
  en: `this user may not write there; change its owner or ${CHOOSE.en}`,
  zh: `当前用户无权写入；请更改其所有者，或${CHOOSE.zh}`,
};

const REASONS: Readonly<Record<string, Text>> = {
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: { en: `its file system is read-only; ${CHOOSE.en}`, zh: `其文件系统为只读；${CHOOSE.zh}` },
  ENOSPC: { en: `the disk is full; free some space or ${CHOOSE.en}`, zh: `磁盘已满；请释放空间，或${CHOOSE.zh}` },
  EFBIG: {
    en: 'a file may not grow any larger there; raise the limit or free some space',
    zh: '那里的文件不能再变大；请提高限制或释放空间',
  },
  EDQUOT: {
    en: `the disk quota is used up; free some space or ${CHOOSE.en}`,
    zh: `磁盘配额已用完；请释放空间，或${CHOOSE.zh}`,
  },
  ENOTDIR: {
    en: `a part of that path is a file, not a folder; ${CHOOSE.en}`,
    zh: `该路径的一部分是文件而不是文件夹；${CHOOSE.zh}`,
  },
  EEXIST: { en: `that path is a file, not a folder; ${CHOOSE.en}`, zh: `该路径是文件而不是文件夹；${CHOOSE.zh}` },
  ENOENT: { en: `it cannot be created there; ${CHOOSE.en}`, zh: `无法在那里创建；${CHOOSE.zh}` },
};

/** A failure to write in the data folder, as one sentence with the next step. */
export function unwritable(path: string, error: unknown): KithError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? {
    en: `writing there failed (${code || 'unknown reason'}); ${CHOOSE.en}`,
    zh: `写入失败（${code || '原因不明'}）；${CHOOSE.zh}`,
  };
  return new KithError(
    'store-unwritable',
    {
      en: `Kith cannot write to the data folder ${path}: ${reason.en}`,
      zh: `Kith 无法写入数据文件夹 ${path}：${reason.zh}`,
    },
    { cause: error },
  );
}
