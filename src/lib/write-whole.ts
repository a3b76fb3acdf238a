import { open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/**
 * Makes this the content of a file, for this user alone: written beside it, synced and renamed, so that whatever stops it leaves the old
 * content or the new one whole. Resolves once the new one outlives a power failure.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text, { mode: 0o600, fsync: true });
  await syncFolder(dirname(path));
}

/** Removes what writings of these files left beside them when they were stopped. */
export async function removeLeftovers(paths: readonly string[]): Promise<void> {
  for (const folder of new Set(paths.map(dirname))) {
    const names = paths.filter((path) => dirname(path) === folder).map((path) => `${basename(path)}.`);
    for (const entry of await readdir(folder)) {
      const isLeft = names.some((name) => entry.startsWith(name) && /^\d+$/.test(entry.slice(name.length)));
      if (isLeft) await unlink(join(folder, entry));
    }
  }
}

/** That a file has its name is kept by its folder. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
