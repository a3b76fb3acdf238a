import { KithError } from '../lib/errors.ts';
import type { Engine } from './connect.ts';
import type { Database } from './database.ts';
import { databasePrefix, portalIdOf } from './database-name.ts';
import type { IdentityKey, IdentityVault } from './identity-keys.ts';
import { storeError } from './store-error.ts';

/** Names of the keys under which a tenant's databases hold contacts; opens and changes nothing. */
export async function keysThatSealed({ client }: Engine, tenant: string | null): Promise<readonly string[]> {
  const rows = async <Row>(query: string, prefix = ''): Promise<Row[]> => {
    try {
      const answer = await client.query({ query, query_params: { prefix }, format: 'JSONEachRow' });
      return await answer.json<Row>();
    } catch (error) {
      throw storeError(error, 'read', ['identities'], true);
    }
  };
  const found = await rows<{ database: string }>(
    `SELECT database FROM system.tables WHERE name = 'identities' AND startsWith(database, {prefix:String}) ORDER BY database`,
    databasePrefix(tenant),
  );
  const ids = new Set<string>();
  for (const { database } of found) {
    if (portalIdOf(database, tenant) === null) continue;
    const sealed = await rows<{ id: string }>(
      `SELECT DISTINCT key_id AS id FROM \`${database}\`.identities ORDER BY id`,
    );
    for (const { id } of sealed) ids.add(id);
  }
  return [...ids].sort();
}

/**
 * Refuses a key whose secret is another than the one that sealed rows under its name: what it sealed from now on and what it sealed
 * before could never be read by one key again. A key that is not given at all only leaves its names unreadable.
 */
export async function checkSecrets(
  database: Pick<Database, 'query'>,
  vault: IdentityVault,
  keys: readonly IdentityKey[],
): Promise<void> {
  for (const { id } of keys) {
    const [one] = await database.query<{ contact: string; sealed: string }>(
      `SELECT contact_id AS contact, sealed FROM {db:Identifier}.identities WHERE key_id = {id:String} AND sealed != '' LIMIT 1`,
      { id },
    );
    if (one === undefined) continue;
    try {
      vault.open(id, one.contact, one.sealed);
    } catch (cause) {
      throw new KithError(
        'identity-key',
        {
          en: `The identity key "${id}" is not the one that sealed the contacts under its name, so nothing was opened or changed; bring back the right one, in identity.key or KITH_IDENTITY_KEYS`,
          zh: `身份密钥“${id}”并不是以该名称加密联系人的那一个，因此未打开或更改任何内容；请在 identity.key 或 KITH_IDENTITY_KEYS 中恢复正确的密钥`,
        },
        { cause },
      );
    }
  }
}
