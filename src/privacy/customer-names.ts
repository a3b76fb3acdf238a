import type { CustomerUnit } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { Access } from './access.ts';
import { maskedEmail, maskedName } from './masking.ts';

/** A customer's record as the reader shows it. */
export interface NamedCustomer {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly industry: string;
  readonly country: string;
}

/** Ids of one look-up. */
export const LOOK_UP = 5_000;

/** Names, masked as `access` says, and owners of exactly these customers. Records that are gone are absent. */
export async function readNames(
  portal: PortalStore,
  unit: CustomerUnit,
  customerIds: readonly string[],
  contactNames: Access['contactNames'],
): Promise<ReadonlyMap<string, NamedCustomer>> {
  const found = new Map<string, NamedCustomer>();
  for (let start = 0; start < customerIds.length; start += LOOK_UP) {
    const ids = customerIds.slice(start, start + LOOK_UP);
    const page = unit === 'company' ? await readCompanies(portal, ids) : await readContacts(portal, ids, contactNames);
    for (const customer of page) found.set(customer.id, customer);
  }
  return found;
}

async function readCompanies(portal: PortalStore, ids: readonly string[]): Promise<NamedCustomer[]> {
  const rows = await portal.query<NamedCustomer & { domain: string }>(
    `SELECT id, name, domain, owner_id AS ownerId, industry, country FROM {db:Identifier}.companies FINAL
     WHERE id IN {ids:Array(String)}`,
    { ids },
  );
  return rows.map(({ domain, ...row }) => ({ ...row, name: companyName({ ...row, domain }) }));
}

async function readContacts(
  portal: PortalStore,
  ids: readonly string[],
  contactNames: Access['contactNames'],
): Promise<NamedCustomer[]> {
  const [rows, identities] = await Promise.all([
    portal.query<{ id: string; ownerId: string; country: string }>(
      'SELECT id, owner_id AS ownerId, country FROM {db:Identifier}.contacts FINAL WHERE id IN {ids:Array(String)}',
      { ids },
    ),
    portal.identity.read(ids),
  ]);
  return rows.map((row) => ({
    ...row,
    industry: '',
    name: contactName(identities.get(row.id) ?? { firstName: '', lastName: '', email: '' }, row.id, contactNames),
  }));
}

export function companyName(company: { id: string; name: string; domain: string }): string {
  return company.name || company.domain || company.id;
}

export function contactName(
  identity: { firstName: string; lastName: string; email: string },
  id: string,
  contactNames: Access['contactNames'],
): string {
  const name = fullName(identity);
  if (contactNames === 'masked') return maskedName(name || identity.email, id);
  if (name !== '') return name;
  // An e-mail is masked for everybody; the id keeps two of one domain apart.
  return identity.email === '' ? maskedName('', id) : `${maskedEmail(identity.email)} ${id}`;
}

/** Family name first, unspaced, where the name is written in Chinese, Japanese or Korean characters. */
export function fullName({ firstName, lastName }: { firstName: string; lastName: string }): string {
  const isCjk = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]+$/u.test(`${lastName}${firstName}`);
  return isCjk ? `${lastName}${firstName}` : `${firstName} ${lastName}`.trim();
}
