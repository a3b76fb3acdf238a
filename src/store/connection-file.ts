import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { CrmTokens } from '../domain/crm-tokens.ts';
import { KithError } from '../lib/errors.ts';
import { unwritable } from './data-folder.ts';
import { acquireLock, type DataLock } from './data-lock.ts';
import type { IdentityKey } from './identity-keys.ts';
import { deriveKey, seal, unseal } from './sealing.ts';

/** The one CRM that a data folder is connected to by OAuth. */
export interface ConnectionFile {
  /** Null while nothing is connected. KithError('identity-key') when none of the keys opens it. */
  read(): Promise<CrmTokens | null>;
  /** Resolves once it is on disk, sealed under the current key; what was there before is gone then. */
  save(tokens: CrmTokens): Promise<void>;
  forget(): Promise<void>;
  /** Nobody else of this machine, in whichever process, is in here at the same time. */
  exclusively<T>(act: () => Promise<T>): Promise<T>;
}

const NAME = 'hubspot-connection.json';
const LOCK = 'hubspot-connection.lock';
/** Where in the folder the sealed text belongs: authenticated with it. */
const PLACE = 'hubspot tokens';
const LOCK_WITHIN_MS = 60_000;
const LOCK_EVERY_MS = 50;

const fileSchema = z.strictObject({
  portal: z.string().regex(/^\d+$/),
  key: z.string(),
  sealed: z.string(),
});
const tokensSchema = z.strictObject({
  portalId: z.string(),
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  issuedAt: z.number(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
});

/** `keys` is asked only where there is something to open or to seal, so that looking makes none. */
export function connectionFile(dataDir: string, keys: () => Promise<readonly IdentityKey[]>): ConnectionFile {
  const path = join(dataDir, NAME);
  const damaged = (cause: unknown): KithError =>
    new KithError(
      'crm-not-connected',
      `The file ${path} is not what Kith wrote; delete it and run 'kith connect hubspot' again`,
      { cause },
    );

  async function lock(): Promise<DataLock> {
    for (let waited = 0; ; waited += LOCK_EVERY_MS) {
      try {
        return await acquireLock(dataDir, LOCK);
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
      const { portal, key: id, sealed } = file.data;
      const all = await keys();
      const key = all.find((one) => one.id === id);
      if (key === undefined) {
        throw new KithError(
          'identity-key',
          `The connection to HubSpot is sealed with the identity key "${id}", which is not among the keys given (${all.map((one) => one.id).join(', ')}); add it after the current one, or run 'kith connect hubspot' again`,
        );
      }
      let plain: string;
      try {
        plain = unseal(deriveKey(key.secret, portal, 'tokens'), PLACE, sealed);
      } catch (cause) {
        throw new KithError(
          'identity-key',
          `The connection to HubSpot does not open with the key "${id}"; the key's secret was changed or the file ${path} was altered: run 'kith connect hubspot' again`,
          { cause },
        );
      }
      const tokens = tokensSchema.safeParse(parsed(plain));
      if (!tokens.success) throw damaged(tokens.error);
      return tokens.data;
    },
    async save(tokens) {
      const [key] = await keys();
      if (key === undefined) throw new KithError('identity-key', 'No identity key was given to seal the tokens with');
      const sealed = seal(deriveKey(key.secret, tokens.portalId, 'tokens'), PLACE, JSON.stringify(tokens));
      const file = { portal: tokens.portalId, key: key.id, sealed };
      await writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, fsync: true }).catch(
        (error: unknown) => {
          throw unwritable(dataDir, error);
        },
      );
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
