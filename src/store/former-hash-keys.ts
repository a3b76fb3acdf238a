import type { Instant } from '../domain/crm.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { SealedKey } from './erasure-record.ts';
import type { IdentityVault } from './identity-keys.ts';
import type { Sequence } from './sequence.ts';

/** Authenticated with the sealed key, as tombstones' keys are, beside which these are kept. */
const PLACE = 'tombstone key';
const PREFIX = 'hashes-of:';

export function isHashKey({ id }: Pick<SealedKey, 'id'>): boolean {
  return id.startsWith(PREFIX);
}

/**
 * Of an archived contact only the keyed hashes of e-mail and phone are left, which nobody can make anew under another key. What older
 * identity keys hashed with stays, sealed under the current one, so that dropping those loses nobody who asks to be forgotten.
 */
export interface FormerHashKeys {
  /** Keeps what is needed and is not kept yet; how many that were. */
  keep(): Promise<number>;
}

export function createFormerHashKeys(options: {
  readonly database: Database;
  readonly vault: IdentityVault;
  readonly sequence: Sequence;
  readonly now: () => Instant;
}): FormerHashKeys {
  const { database, vault, sequence, now } = options;
  return {
    async keep() {
      const rows = await database.query<{ keyId: string }>(
        `SELECT DISTINCT key_id AS keyId FROM {db:Identifier}.identities
         WHERE key_id != {current:String} AND sealed = '' AND (email_hash != '' OR phone_hash != '')
           AND concat({prefix:String}, key_id) NOT IN (SELECT id FROM {db:Identifier}.tombstone_keys)
         ORDER BY keyId`,
        { current: vault.currentKeyId, prefix: PREFIX },
      );
      const needed = rows.flatMap(({ keyId }) => {
        const secret = vault.hashingKeyOf(keyId);
        return secret === null ? [] : [{ keyId, secret }];
      });
      await database.insert(
        'tombstone_keys',
        needed.map(({ keyId, secret }) => ({
          id: `${PREFIX}${keyId}`,
          key_id: vault.currentKeyId,
          sealed: vault.seal(PLACE, secret.toString('base64')),
          at: instantText(now()),
          version: sequence.next(),
        })),
      );
      return needed.length;
    },
  };
}

/** What archived contacts were hashed with under keys that are no longer given. */
export async function formerHashKeys(
  database: Pick<Database, 'query'>,
  vault: IdentityVault,
): Promise<readonly Buffer[]> {
  const keys = await database.query<SealedKey>(
    `SELECT id, key_id AS keyId, sealed FROM {db:Identifier}.tombstone_keys FINAL WHERE startsWith(id, {prefix:String}) ORDER BY id`,
    { prefix: PREFIX },
  );
  return keys.map(({ keyId, sealed }) => Buffer.from(vault.open(keyId, PLACE, sealed), 'base64'));
}
