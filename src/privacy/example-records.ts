import type { PortalStore } from '../store/portal-store.ts';
import type { Access } from './access.ts';
import { readNames } from './customer-names.ts';

/** A record that a finding points at. */
export interface ExampleRecord {
  readonly type: 'companies' | 'contacts' | 'deals';
  readonly id: string;
  /** Masked as the viewer's policy says; '' for a deal, whose name may be a person's. */
  readonly name: string;
  readonly ownerId: string;
}

export async function exampleCompanies(portal: PortalStore, access: Access, ids: readonly string[]) {
  if (access.customers === 'none') return [];
  const names = await readNames(portal, 'company', ids, access.contactNames);
  return visibleOf(
    access,
    ids.flatMap((id) => {
      const named = names.get(id);
      return named === undefined ? [] : [{ type: 'companies' as const, id, name: named.name, ownerId: named.ownerId }];
    }),
  );
}

export async function exampleDeals(portal: PortalStore, access: Access, ids: readonly string[]) {
  if (access.customers === 'none') return [];
  const rows = await portal.query<{ id: string; ownerId: string }>(
    'SELECT id, owner_id AS ownerId FROM {db:Identifier}.deals FINAL WHERE id IN {ids:Array(String)}',
    { ids },
  );
  const owners = new Map(rows.map(({ id, ownerId }) => [id, ownerId]));
  return visibleOf(
    access,
    ids.flatMap((id) => {
      const ownerId = owners.get(id);
      return ownerId === undefined ? [] : [{ type: 'deals' as const, id, name: '', ownerId }];
    }),
  );
}

/** What two contacts may share, and the column of its keyed hash. */
const SHARED = { email: 'email_hash', phone: 'phone_hash' } as const;
/** Of a group, so many are named. */
const NAMED_OF_GROUP = 3;

/** Groups of contacts with one e-mail, or with one phone number and different e-mails, the lowest ids first. */
export async function exampleSharers(
  portal: PortalStore,
  access: Access,
  what: keyof typeof SHARED,
  limit: number,
): Promise<ExampleRecord[][]> {
  if (access.customers === 'none') return [];
  const hash = SHARED[what];
  const apart =
    what === 'email' ? '' : "ORDER BY contact_id LIMIT 1 BY phone_hash, if(email_hash = '', contact_id, email_hash)";
  const groups = await portal.query<{ ids: string[] }>(
    `SELECT arraySlice(arraySort(groupArray(contact_id)), 1, ${NAMED_OF_GROUP}) AS ids
     FROM (SELECT contact_id, ${hash} AS hash FROM {db:Identifier}.identities FINAL WHERE ${hash} != '' ${apart})
     GROUP BY hash HAVING count() > 1 ORDER BY min(contact_id) LIMIT {limit:UInt32}`,
    { limit },
  );
  const ids = groups.flatMap((group) => group.ids);
  const names = await readNames(portal, 'contact', ids, access.contactNames);
  return groups
    .map((group) =>
      visibleOf(
        access,
        group.ids.flatMap((id) => {
          const named = names.get(id);
          if (named === undefined) return [];
          return [{ type: 'contacts' as const, id, name: named.name, ownerId: named.ownerId }];
        }),
      ),
    )
    .filter((group) => group.length > 1);
}

function visibleOf<R extends ExampleRecord>(access: Access, records: readonly R[]): R[] {
  const { customers } = access;
  return typeof customers === 'object'
    ? records.filter(({ ownerId }) => customers.ownerIds.includes(ownerId))
    : [...records];
}
