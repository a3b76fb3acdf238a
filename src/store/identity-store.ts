import { z } from 'zod';
import type { Contact } from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { formerHashKeys } from './former-hash-keys.ts';
import { type IdentityVault, keyedHash, normaliseEmail, normalisePhone } from './identity-keys.ts';
import type { ContactIdentity, IdentityStore } from './portal-store.ts';

const PAGE = 5_000;

const sealedSchema = z.strictObject({
  email: z.string(),
  phone: z.string(),
  firstName: z.string(),
  lastName: z.string(),
});

interface SealedRow {
  contact_id: string;
  key_id: string;
  sealed: string;
}

export const IDENTITY_COLUMNS = [
  'contact_id',
  'key_id',
  'sealed',
  'email_hash',
  'phone_hash',
  'version',
  'is_deleted',
] as const;

/**
 * A contact's identity as a row: sealed text and keyed hashes. Of an archived contact the hashes alone stay, so that somebody
 * who asks to be forgotten is still found.
 */
export function identityValues(vault: IdentityVault, contact: Contact, version: number): unknown[] {
  const { id, email, phone, firstName, lastName } = contact;
  const hashes = [vault.hash('email', normaliseEmail(email)), vault.hash('phone', normalisePhone(phone))];
  if (contact.archived) return [id, vault.currentKeyId, '', ...hashes, version, 1];
  return [
    id,
    vault.currentKeyId,
    vault.seal(id, JSON.stringify({ email, phone, firstName, lastName })),
    ...hashes,
    version,
    0,
  ];
}

/**
 * Seals up to `limit` identities again that another key than the current one sealed; how many it were. The caller lets no other
 * write come in between.
 */
export async function resealIdentities(
  database: Database,
  vault: IdentityVault,
  limit: number,
  nextVersion: () => number,
): Promise<number> {
  const rows = await database.query<SealedRow>(
    `SELECT contact_id, key_id, sealed FROM {db:Identifier}.identities FINAL WHERE key_id != {current:String}
     ORDER BY contact_id LIMIT {limit:UInt32}`,
    { current: vault.currentKeyId, limit },
  );
  const version = nextVersion();
  const anew = rows.map((row) => {
    const plain = vault.open(row.key_id, row.contact_id, row.sealed);
    const { email, phone } = sealedSchema.parse(JSON.parse(plain));
    const hashes = [vault.hash('email', normaliseEmail(email)), vault.hash('phone', normalisePhone(phone))];
    return [row.contact_id, vault.currentKeyId, vault.seal(row.contact_id, plain), ...hashes, version, 0];
  });
  await database.insertValues('identities', IDENTITY_COLUMNS, anew.length, (i) => anew[i]!);
  return rows.length;
}

export function createIdentityStore(database: Database, vault: IdentityVault): IdentityStore {
  const opened = (row: SealedRow): ContactIdentity => {
    const parsed = sealedSchema.safeParse(JSON.parse(vault.open(row.key_id, row.contact_id, row.sealed)));
    if (!parsed.success)
      throw new KithError('store-damaged', {
        en: `The identity of contact ${row.contact_id} is not in a form that Kith wrote; sync the contact again`,
        zh: `联系人 ${row.contact_id} 的身份信息不是 Kith 写入的格式；请重新同步该联系人`,
      });
    return { contactId: row.contact_id, ...parsed.data };
  };
  async function find(column: 'email_hash' | 'phone_hash', hashes: readonly string[]): Promise<readonly string[]> {
    if (hashes.length === 0) return [];
    const rows = await database.query<{ contact_id: string }>(
      `SELECT contact_id FROM {db:Identifier}.identities FINAL WHERE ${column} IN {hashes:Array(String)} ORDER BY contact_id`,
      { hashes },
    );
    return rows.map((row) => row.contact_id);
  }
  return {
    async read(contactIds) {
      const found = new Map<string, ContactIdentity>();
      for (let start = 0; start < contactIds.length; start += PAGE) {
        const rows = await database.query<SealedRow>(
          'SELECT contact_id, key_id, sealed FROM {db:Identifier}.identities FINAL WHERE contact_id IN {ids:Array(String)}',
          { ids: contactIds.slice(start, start + PAGE) },
        );
        for (const row of rows) found.set(row.contact_id, opened(row));
      }
      return found;
    },
    findByEmail: (email) => find('email_hash', vault.hashes('email', normaliseEmail(email))),
    findByPhone: (phone) => find('phone_hash', vault.hashes('phone', normalisePhone(phone))),
    async findArchived({ email, phone }) {
      const [kind, wanted] =
        email === undefined ? (['phone', normalisePhone(phone)] as const) : (['email', normaliseEmail(email)] as const);
      if (wanted === '') return [];
      const former = await formerHashKeys(database, vault);
      const hashes = [...vault.hashes(kind, wanted), ...former.map((secret) => keyedHash(secret, kind, wanted))];
      const rows = await database.query<{ contact_id: string }>(
        `SELECT contact_id FROM {db:Identifier}.identities GROUP BY contact_id
         HAVING argMax(is_deleted, version) = 1 AND argMax(${kind}_hash, version) IN {hashes:Array(String)} ORDER BY contact_id`,
        { hashes },
      );
      return rows.map((row) => row.contact_id);
    },
    async keysInUse() {
      const rows = await database.query<{ key_id: string; n: string }>(
        'SELECT key_id, count() AS n FROM {db:Identifier}.identities FINAL GROUP BY key_id ORDER BY key_id',
      );
      return new Map(rows.map(({ key_id, n }) => [key_id, Number(n)]));
    },
    async *all() {
      let after = '';
      for (;;) {
        const rows = await database.query<SealedRow>(
          `SELECT contact_id, key_id, sealed FROM {db:Identifier}.identities FINAL WHERE contact_id > {after:String}
           ORDER BY contact_id LIMIT {page:UInt32}`,
          { after, page: PAGE },
        );
        if (rows.length > 0) yield rows.map(opened);
        if (rows.length < PAGE) return;
        after = rows.at(-1)!.contact_id;
      }
    },
  };
}
