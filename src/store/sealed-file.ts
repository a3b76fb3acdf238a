import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { KithError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';
import { writeWhole } from '../lib/write-whole.ts';
import { unwritable } from './data-folder.ts';
import { acquireLock, type DataLock } from './data-lock.ts';
import type { IdentityKey } from './identity-keys.ts';
import { deriveKey, seal, unseal } from './sealing.ts';

/** One secret of a data folder, in a file of its own: never part of a backup. */
export interface SealedFile<Content> {
  /** Null while nothing is kept. KithError('identity-key') when none of the keys opens it. */
  read(): Promise<Content | null>;
  /** Whose it is, which stands in the clear; null while nothing is kept, or nothing that Kith wrote. */
  owner(): Promise<string | null>;
  /** Resolves once it is on disk, sealed under the current key; what was there before is gone then. */
  save(content: Content): Promise<void>;
  forget(): Promise<void>;
  /** Nobody else of this machine, in whichever process, is in here at the same time. */
  exclusively<T>(act: () => Promise<T>): Promise<T>;
}

export interface SealedFileOptions<Content> {
  readonly dataDir: string;
  readonly file: string;
  readonly lockFile: string;
  /** Where in the folder the sealed text belongs: authenticated with it. */
  readonly place: string;
  /** What a file is of, beside the sealed text and in the clear: a portal, a workspace. */
  readonly owner: { readonly label: string; readonly of: (content: Content) => string };
  readonly schema: z.ZodType<Content>;
  /** Asked only where there is something to open or to seal, so that looking makes none. */
  readonly keys: () => Promise<readonly IdentityKey[]>;
  /** How errors call it, `connection to HubSpot`, and what a person does to have it made anew. */
  readonly called: Text;
  readonly remedy: Text;
  readonly damaged: 'crm-not-connected' | 'chat-not-connected';
}

const LOCK_WITHIN_MS = 60_000;
const LOCK_EVERY_MS = 50;

export function sealedFile<Content>(options: SealedFileOptions<Content>): SealedFile<Content> {
  const { dataDir, place, owner, called, remedy, keys } = options;
  const path = join(dataDir, options.file);
  const fileSchema = z.strictObject({ [owner.label]: z.string().regex(/^\w+$/), key: z.string(), sealed: z.string() });
  const damaged = (cause: unknown): KithError =>
    new KithError(
      options.damaged,
      {
        en: `The file ${path} is not what Kith wrote; delete it and ${remedy.en}`,
        zh: `文件 ${path} 不是 Kith 写入的内容；请删除它并${remedy.zh}`,
      },
      { cause },
    );

  async function lock(): Promise<DataLock> {
    for (let waited = 0; ; waited += LOCK_EVERY_MS) {
      try {
        return await acquireLock(dataDir, options.lockFile);
      } catch (error) {
        const isHeld = error instanceof KithError && error.code === 'store-locked';
        if (!isHeld || waited >= LOCK_WITHIN_MS) throw error;
        await setTimeout(LOCK_EVERY_MS);
      }
    }
  }

  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw damaged(error);
      });
      if (text === null) return null;
      const file = fileSchema.safeParse(parsed(text));
      if (!file.success) throw damaged(file.error);
      const { [owner.label]: of = '', key: id = '', sealed = '' } = file.data;
      const all = await keys();
      const key = all.find((one) => one.id === id);
      if (key === undefined) {
        const given = all.map((one) => one.id).join(', ');
        throw new KithError('identity-key', {
          en: `The ${called.en} is sealed with the identity key "${id}", which is not among the keys given (${given}); add it after the current one, or ${remedy.en}`,
          zh: `${called.zh}由身份密钥“${id}”密封，而给出的密钥（${given}）中没有它；请将其加在当前密钥之后，或${remedy.zh}`,
        });
      }
      let plain: string;
      try {
        plain = unseal(deriveKey(key.secret, of, 'tokens'), place, sealed);
      } catch (cause) {
        throw new KithError(
          'identity-key',
          {
            en: `The ${called.en} does not open with the key "${id}"; the key's secret was changed or the file ${path} was altered: ${remedy.en}`,
            zh: `${called.zh}无法用密钥“${id}”打开；密钥内容已改变，或文件 ${path} 被改动过：请${remedy.zh}`,
          },
          { cause },
        );
      }
      const content = options.schema.safeParse(parsed(plain));
      if (!content.success) throw damaged(content.error);
      return content.data;
    },
    async owner() {
      const text = await readFile(path, 'utf8').catch(() => '');
      return fileSchema.safeParse(parsed(text)).data?.[owner.label] ?? null;
    },
    async save(content) {
      const [key] = await keys();
      if (key === undefined) throw new KithError('identity-key', 'No identity key was given to seal the tokens with');
      const of = owner.of(content);
      const sealed = seal(deriveKey(key.secret, of, 'tokens'), place, JSON.stringify(content));
      const file = { [owner.label]: of, key: key.id, sealed };
      await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`).catch((error: unknown) => {
        throw unwritable(dataDir, error);
      });
    },
    forget: () => rm(path, { force: true }),
    async exclusively(act) {
      const held = await lock();
      try {
        return await act();
      } finally {
        await held.release();
      }
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
