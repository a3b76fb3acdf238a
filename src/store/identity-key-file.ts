import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { prepareDataFolder, unwritable } from './data-folder.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from './identity-keys.ts';

/**
 * The identity keys: those of the environment, else those of the data folder's `identity.key`, which is made on first use and
 * readable by this user alone. Whoever takes the folder then takes the key too, so `kith doctor` asks for the environment's.
 */
export async function loadOrCreateKeys(dataDir: string, fromEnvironment: string | null): Promise<IdentityKey[]> {
  if (fromEnvironment !== null) return parseIdentityKeys(fromEnvironment);
  const folder = await prepareDataFolder(dataDir);
  const path = join(folder, 'identity.key');
  if (!existsSync(path)) {
    try {
      await writeFile(path, `${newIdentityKey()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    } catch (error) {
      throw unwritable(folder, error);
    }
  }
  return parseIdentityKeys(readFileSync(path, 'utf8').trim().split('\n').join(','));
}

/** Makes these the folder's keys, the current one first. Resolves once they are on disk: what they seal later is never without its key. */
export async function saveKeys(dataDir: string, keys: readonly IdentityKey[]): Promise<void> {
  const text = keys.map(({ id, secret }) => `${id}:${secret.toString('base64')}\n`).join('');
  await writeFileAtomic(join(dataDir, 'identity.key'), text, { mode: 0o600, fsync: true }).catch((error: unknown) => {
    throw unwritable(dataDir, error);
  });
}
