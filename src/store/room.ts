import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { KithError } from '../lib/errors.ts';
import { diskFull } from './store-error.ts';

/** What has to be free before a write: the engine's merges and its own notes go on meanwhile. */
export const LEAST_FREE_BYTES = 64 * 1024 * 1024;

/**
 * The embedded engine takes a write that the system refused (no space left, file too large) for one that was carried out: the
 * insert succeeds, its file is cut short, and so is a merge, which takes the place of what it merged. So Kith refuses to write
 * while too little is free. A disk that cannot say how much is free is taken to have room.
 *
 * @throws KithError('store-unwritable')
 */
export async function checkRoom(folder: string, tables: readonly string[]): Promise<void> {
  const disk = await statfs(folder).catch(() => null);
  if (disk !== null && disk.bavail * disk.bsize < LEAST_FREE_BYTES) throw diskFull(tables.join(', '));
}

/** For the same reason no file of the store may be cut short by a limit of the process (`ulimit -f`). */
export function checkFileSizeLimit(limits = ownLimits()): void {
  const most = /^Max file size\s+(\d+)/m.exec(limits)?.[1];
  if (most === undefined) return;
  throw new KithError('store-unwritable', {
    en: `This process may not write files of more than ${Number(most).toLocaleString('en')} bytes, and the store's would be cut short; start Kith with 'ulimit -f unlimited' (LimitFSIZE=infinity in systemd)`,
    zh: `此进程不能写入超过 ${Number(most).toLocaleString('en')} 字节的文件，数据存储的文件会被截断；请用 \`ulimit -f unlimited\` 启动 Kith（systemd 中为 LimitFSIZE=infinity）`,
  });
}

/** '' where the system does not tell. */
function ownLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
