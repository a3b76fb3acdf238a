import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { KithError } from '../lib/errors.ts';
import { syncFolder, writeWhole } from '../lib/write-whole.ts';
import { prepareDataFolder, unwritable } from './data-folder.ts';
import { type IdentityKey, newIdentityKey, parseIdentityKeys } from './identity-keys.ts';

export const KEY_FILE = 'identity.key';

/**
 * The identity keys: those of the environment, else those of the data folder's `identity.key`, which is made on first use and
 * readable by this user alone. Whoever takes the folder then takes the key too, so `kith doctor` asks for the environment's. `sealedBy`
 * names the keys that something in the store is sealed with: where there is any, no new one is made.
 * KithError('identity-key') when the file is missing then, empty or damaged; it stays as it is.
 */
export async function loadOrCreateKeys(
  dataDir: string,
  fromEnvironment: string | null,
  sealedBy: () => Promise<readonly string[]> = async () => [],
): Promise<IdentityKey[]> {
  if (fromEnvironment !== null) return parseIdentityKeys(fromEnvironment);
  const folder = await prepareDataFolder(dataDir);
  const path = join(folder, KEY_FILE);
  const kept = await textOf(path);
  if (kept !== null) return parsed(path, kept);
  const needed = await sealedBy();
  if (needed.length > 0) throw missing(path, needed);
  try {
    await makeKeyFile(path, `${newIdentityKey()}\n`);
    await syncFolder(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
  return parsed(path, (await textOf(path)) ?? '');
}

/** Makes these the folder's keys, the current one first. Resolves once they are on disk: what they seal later is never without its key. */
export async function saveKeys(dataDir: string, keys: readonly IdentityKey[]): Promise<void> {
  const text = keys.map(({ id, secret }) => `${id}:${secret.toString('base64')}\n`).join('');
  await writeWhole(join(dataDir, KEY_FILE), text).catch((error: unknown) => {
    throw unwritable(dataDir, error);
  });
}

/** Whole or not at all, and never in place of one that another process made meanwhile. */
async function makeKeyFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(beside, path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EEXIST') {
      // A file system without hard links.
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
      return rename(beside, path);
    }
  }
  await unlink(beside);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new KithError(
      'identity-key',
      {
        en: `The identity key ${path} cannot be read (${codeOf(cause)}); make it readable for this user, or set KITH_IDENTITY_KEYS`,
        zh: `无法读取身份密钥 ${path}（${codeOf(cause)}）；请让当前用户可以读取，或设置 KITH_IDENTITY_KEYS`,
      },
      { cause },
    );
  }
}

function parsed(path: string, text: string): IdentityKey[] {
  try {
    return parseIdentityKeys(text.trim().split('\n').join(','));
  } catch (cause) {
    const isEmpty = text.trim() === '';
    throw new KithError(
      'identity-key',
      {
        en: `The identity key ${path} is ${isEmpty ? 'empty' : 'damaged'}, so nothing was opened or changed; copy it back from where you keep a copy, or set KITH_IDENTITY_KEYS (a folder into which nothing was ever copied needs neither: delete the file there)`,
        zh: `身份密钥 ${path} ${isEmpty ? '为空' : '已损坏'}，因此没有打开或更改任何内容；请从您保存的副本中恢复它，或设置 KITH_IDENTITY_KEYS（从未复制过数据的文件夹两者都不需要：删除该文件即可）`,
      },
      { cause },
    );
  }
}

function missing(path: string, needed: readonly string[]): KithError {
  return new KithError('identity-key', {
    en: `Contacts are sealed with the identity key ${needed.map((id) => `"${id}"`).join(', ')}, and ${path} is missing, so no new one was made; copy it back from where you keep a copy, or set KITH_IDENTITY_KEYS. When it is lost for good, set KITH_IDENTITY_KEYS to a new one, and 'kith sync --full' brings the names again`,
    zh: `联系人由身份密钥 ${needed.map((id) => `“${id}”`).join('、')} 密封，而 ${path} 不存在，因此没有新建密钥；请从您保存的副本中恢复它，或设置 KITH_IDENTITY_KEYS。若已永久丢失，请将 KITH_IDENTITY_KEYS 设为新密钥，'kith sync --full' 会重新取回姓名`,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
