import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KithError } from '../lib/errors.ts';
import { prepareDataFolder, unwritable } from './data-folder.ts';

export interface DataLock {
  release(): Promise<void>;
}

/** Takes the data folder for this process. */
export async function acquireDataLock(dataDir: string): Promise<DataLock> {
  return acquireLock(await prepareDataFolder(dataDir), 'kith.lock');
}

/**
 * Takes one lock file of a folder. It holds the process id and, where the system tells it, the instant at which that process
 * started, so that a lock left by a crash is recognised even after its id was given away.
 */
export async function acquireLock(folder: string, name: string): Promise<DataLock> {
  const path = join(folder, name);
  const mine = `${process.pid} ${await startOf(process.pid)}\n`;
  // Written aside and linked into place: a lock file is never seen half-written.
  const draft = join(folder, `.lock-${process.pid}-${Math.trunc(performance.now() * 1000)}`);
  try {
    await writeFile(draft, mine, { mode: 0o600 });
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await linked(draft, path)) return { release: () => release(path, mine) };
      const held = await readLock(path);
      if (held === null) continue;
      const [pid = '', start = ''] = held.trim().split(' ');
      if (await isAlive(Number(pid), start)) {
        throw new KithError('store-locked', {
          en: `The data folder ${folder} is in use by another Kith (process ${pid}); stop it first, or choose another folder with KITH_DATA_DIR`,
          zh: `数据文件夹 ${folder} 正被另一个 Kith（进程 ${pid}）使用；请先停止它，或用 KITH_DATA_DIR 选择其他文件夹`,
        });
      }
      // Left by a process that is gone. Only this very lock is removed: another process may have taken over meanwhile.
      await release(path, held);
    }
  } catch (error) {
    throw error instanceof KithError ? error : unwritable(folder, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  throw new KithError('store-locked', {
    en: `The data folder ${folder} is being taken by another Kith; try again in a moment`,
    zh: `数据文件夹 ${folder} 正被另一个 Kith 占用；请稍后再试`,
  });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readLock(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function release(path: string, content: string): Promise<void> {
  if ((await readLock(path)) === content) await unlink(path).catch(() => undefined);
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (!isCode(error, 'EPERM')) return false;
  }
  const now = await startOf(pid);
  return now === '' || start === '' || now === start;
}

/** When a process started, in the kernel's ticks since boot; '' where the system has no /proc. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces; it ends at the last parenthesis. Start time is field 22.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
