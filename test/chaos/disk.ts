import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk in memory: it holds the data and some room, which a file takes up while the disk is to be full. */
const DISK_BYTES = 256 * 1024 * 1024;
/** What is left of a full disk: less than a record needs. */
const LEFT_BYTES = 16 * 1024;
const BALLAST = 'ballast';

/** Can a folder be given a disk of its own, which can be full? Linux lets root do so. */
export function canFillDisk(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'kith-disk-'));
  try {
    mountDisk(folder);
    unmountDisk(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function mountDisk(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'ignore' });
}

export function unmountDisk(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
}

/** Takes up what is left of a disk. */
export function fillDisk(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  const bytes = bavail * bsize - LEFT_BYTES;
  if (bytes > 0) execFileSync('fallocate', ['--length', String(bytes), join(disk, BALLAST)]);
}

export function freeDisk(disk: string | null): void {
  if (disk !== null) rmSync(join(disk, BALLAST), { force: true });
}
