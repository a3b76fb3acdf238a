import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../ports/doctor.ts';
import { openState } from '../../state/state-store.ts';
import { prepareDataFolder } from '../../store/data-folder.ts';
import { KEY_FILE } from '../../store/identity-key-file.ts';
import { type IdentityKey, parseIdentityKeys, weaknessOf } from '../../store/identity-keys.ts';
import { attempt } from './attempt.ts';

const GIGABYTE = 1_000_000_000;
const LITTLE_ROOM = 2 * GIGABYTE;
const NO_ROOM = 0.2 * GIGABYTE;

/** The data folder: whether it can be written, has room, and where its key is. */
export async function folderFindings(dataDir: string, identityKeys: string | null): Promise<readonly Finding[]> {
  return [
    await attempt({ en: 'Data folder', zh: '数据文件夹' }, async () => {
      const folder = await prepareDataFolder(dataDir);
      return { state: 'ok', what: { en: `Data folder: ${folder}`, zh: `数据文件夹：${folder}` }, next: null };
    }),
    ...(await roomFinding(dataDir)),
    await attempt({ en: 'Settings people made', zh: '人工设置' }, async () => {
      await openState(dataDir);
      const path = join(dataDir, 'state.json');
      return { state: 'ok', what: { en: `Settings people made: ${path}`, zh: `人工设置：${path}` }, next: null };
    }),
    await attempt({ en: 'Identity keys', zh: '身份密钥' }, async () => keyFinding(dataDir, identityKeys)),
  ];
}

async function roomFinding(dataDir: string): Promise<readonly Finding[]> {
  const disk = await statfs(dataDir).catch(() => null);
  if (disk === null) return [];
  const free = disk.bavail * disk.bsize;
  const size = `${(free / GIGABYTE).toFixed(free < 10 * GIGABYTE ? 1 : 0)} GB`;
  const state = free < NO_ROOM ? 'problem' : free < LITTLE_ROOM ? 'advice' : 'ok';
  return [
    {
      state,
      what: { en: `Disk: ${size} free`, zh: `磁盘：剩余 ${size}` },
      next:
        state === 'ok'
          ? null
          : {
              en: 'Free some space, or move the data folder to another disk and set KITH_DATA_DIR; a run needs about as much again as the folder holds',
              zh: '请清理磁盘空间，或把数据文件夹移到其他磁盘并设置 KITH_DATA_DIR；一次运行大约还需要与该文件夹同样大小的空间',
            },
    },
  ];
}

function keyFinding(dataDir: string, identityKeys: string | null): Finding {
  if (identityKeys !== null) {
    const keys = parseIdentityKeys(identityKeys);
    const weak = weakKey(keys);
    if (weak !== null) return weak;
    const count = keys.length;
    return {
      state: 'ok',
      what: {
        en: `Identity keys: ${count} in KITH_IDENTITY_KEYS`,
        zh: `身份密钥：KITH_IDENTITY_KEYS 中有 ${count} 个`,
      },
      next: null,
    };
  }
  if (!existsSync(join(dataDir, KEY_FILE)) && existsSync(join(dataDir, 'store')))
    return {
      state: 'problem',
      what: {
        en: `Identity keys: ${KEY_FILE} is missing from a data folder that has a store`,
        zh: `身份密钥：数据文件夹已有数据，但缺少 ${KEY_FILE}`,
      },
      next: {
        en: 'Copy it back from where you keep a copy, or set KITH_IDENTITY_KEYS',
        zh: '请从备份处复制回来，或设置 KITH_IDENTITY_KEYS',
      },
    };
  if (!existsSync(join(dataDir, KEY_FILE)))
    return {
      state: 'ok',
      what: {
        en: 'Identity keys: none yet; one is made with the first sync or import',
        zh: '身份密钥：尚无；首次同步或导入时会生成',
      },
      next: null,
    };
  const weak = weakKey(parseIdentityKeys(readFileSync(join(dataDir, KEY_FILE), 'utf8').trim().split('\n').join(',')));
  if (weak !== null) return weak;
  return {
    state: 'advice',
    what: {
      en: 'Identity keys: in the data folder (identity.key), so that whoever copies the folder can read the names',
      zh: '身份密钥：位于数据文件夹（identity.key）中，因此复制该文件夹的人可以读取姓名',
    },
    next: {
      en: 'Put the content of identity.key into KITH_IDENTITY_KEYS, keep a copy in a safe place, and delete the file',
      zh: '请把 identity.key 的内容填入 KITH_IDENTITY_KEYS，另存一份到安全的地方，然后删除该文件',
    },
  };
}

/** A key that somebody typed rather than drew is guessed; null when each looks drawn. */
function weakKey(keys: readonly IdentityKey[]): Finding | null {
  const weak = keys.find((key) => weaknessOf(key) !== null);
  if (weak === undefined) return null;
  return {
    state: 'problem',
    what: {
      en: `Identity keys: "${weak.id}" is not random, so that it can be guessed and the names read`,
      zh: `身份密钥：“${weak.id}”不是随机生成的，可能被猜中而泄露姓名`,
    },
    next: {
      en: "Run 'kith rotate-key', then 'kith rotate-key --drop-old'",
      zh: '请运行 `kith rotate-key`，然后运行 `kith rotate-key --drop-old`',
    },
  };
}
