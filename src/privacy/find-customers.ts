import type { CustomerUnit } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { Access } from './access.ts';
import { companyName, contactName, fullName } from './customer-names.ts';
import type { FoundCustomer } from './privacy-reader.ts';

/** The best matches first: id, whole name or address, beginning, then anywhere. */
export async function findCustomers(
  portal: PortalStore,
  unit: CustomerUnit,
  access: Access,
  text: string,
  limit: number,
): Promise<readonly FoundCustomer[]> {
  const wanted = text.trim();
  if (wanted === '' || limit < 1 || access.customers === 'none') return [];
  const byEmail = wanted.includes('@') ? await portal.identity.findByEmail(wanted) : [];
  return unit === 'company'
    ? findCompanies(portal, access, wanted, byEmail, limit)
    : findContacts(portal, access, wanted, byEmail, limit);
}

async function findCompanies(
  portal: PortalStore,
  access: Access,
  wanted: string,
  byEmail: readonly string[],
  limit: number,
): Promise<FoundCustomer[]> {
  const rows = await portal.query<{ id: string; name: string; domain: string }>(
    `SELECT id, name, domain FROM {db:Identifier}.companies FINAL
     WHERE (id = {text:String} OR position(lowerUTF8(name), {lower:String}) > 0 OR position(lower(domain), {lower:String}) > 0
         OR id IN (SELECT to_id FROM {db:Identifier}.associations FINAL
           WHERE from_type = 'contacts' AND to_type = 'companies' AND from_id IN {contacts:Array(String)}))
       ${ownedBy(access)}
     ORDER BY multiIf(id = {text:String}, 0, lowerUTF8(name) = {lower:String} OR lower(domain) = {lower:String}, 1,
         startsWith(lowerUTF8(name), {lower:String}), 2, startsWith(lower(domain), {lower:String}), 3, 4), name, id
     LIMIT {limit:UInt32}`,
    { text: wanted, lower: wanted.toLowerCase(), contacts: byEmail, owners: ownersOf(access), limit },
  );
  return rows.map((row) => ({ customerId: row.id, name: companyName(row) }));
}

async function findContacts(
  portal: PortalStore,
  access: Access,
  wanted: string,
  byEmail: readonly string[],
  limit: number,
): Promise<FoundCustomer[]> {
  const lower = wanted.toLowerCase();
  const ranked = new Map<string, { rank: number; name: string }>();
  ranked.set(wanted, { rank: 0, name: '' });
  for (const id of byEmail) ranked.set(id, { rank: 1, name: '' });
  // No hash answers for a part of a name, so the names are opened page by page.
  for await (const page of portal.identity.all()) {
    for (const identity of page) {
      const name = fullName(identity).toLowerCase();
      const rank = name === lower ? 1 : name.startsWith(lower) ? 2 : name.includes(lower) ? 3 : null;
      // Whoever may not read names could spell them out letter by letter; a whole name they know already.
      if (rank === null || (rank > 1 && access.contactNames === 'masked')) continue;
      const known = ranked.get(identity.contactId);
      if (known === undefined || rank < known.rank) ranked.set(identity.contactId, { rank, name });
    }
  }
  const order = [...ranked].sort(
    ([idA, a], [idB, b]) => a.rank - b.rank || compare(a.name, b.name) || compare(idA, idB),
  );
  const found: FoundCustomer[] = [];
  for (let start = 0; start < order.length && found.length < limit; start += limit) {
    const ids = order.slice(start, start + limit).map(([id]) => id);
    const rows = await portal.query<{ id: string }>(
      `SELECT id FROM {db:Identifier}.contacts FINAL WHERE id IN {ids:Array(String)} ${ownedBy(access)}`,
      { ids, owners: ownersOf(access) },
    );
    const visible = new Set(rows.map(({ id }) => id));
    const identities = await portal.identity.read([...visible]);
    for (const id of ids) {
      if (!visible.has(id)) continue;
      const identity = identities.get(id) ?? { firstName: '', lastName: '', email: '' };
      found.push({ customerId: id, name: contactName(identity, id, access.contactNames) });
    }
  }
  return found.slice(0, limit);
}

function ownedBy(access: Access): string {
  return access.customers === 'all' ? '' : `AND owner_id != '' AND owner_id IN {owners:Array(String)}`;
}

function ownersOf(access: Access): readonly string[] {
  return typeof access.customers === 'object' ? access.customers.ownerIds : [];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
