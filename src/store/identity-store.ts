import { z } from 'zod';
import type { Contact } from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { type IdentityVault, normaliseEmail, normalisePhone } from './identity-keys.ts';
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

/** A contact's identity as a row: sealed text and keyed hashes. An archived contact's identity is blanked. */
export function identityValues(vault: IdentityVault, contact: Contact, version: number): unknown[] {
  const { id, email, phone, firstName, lastName } = contact;
  if (contact.archived) return [id, vault.currentKeyId, '', '', '', version, 1];
  return [
    id,
    vault.currentKeyId,
    vault.seal(id, JSON.stringify({ email, phone, firstName, lastName })),
    vault.hash('email', normaliseEmail(email)),
    vault.hash('phone', normalisePhone(phone)),
    version,
    0,
  ];
}

export function createIdentityStore(database: Database, vault: IdentityVault): IdentityStore {
  const opened = (row: SealedRow): ContactIdentity => {
    const parsed = sealedSchema.safeParse(JSON.parse(vault.open(row.key_id, row.contact_id, row.sealed)));
    if (!parsed.success)
      throw new KithError(
        'store-damaged',
        `The identity of contact ${row.contact_id} is not in a form that Kith wrote; sync the contact again`,
      );
    return { contactId: row.contact_id, ...parsed.data };
  };
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
    async findByEmail(email) {
      const hashes = vault.hashes('email', normaliseEmail(email));
      if (hashes.length === 0) return [];
      const rows = await database.query<{ contact_id: string }>(
        'SELECT contact_id FROM {db:Identifier}.identities FINAL WHERE email_hash IN {hashes:Array(String)} ORDER BY contact_id',
        { hashes },
      );
      return rows.map((row) => row.contact_id);
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
