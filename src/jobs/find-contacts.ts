import { KithError, when } from '../lib/errors.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * The contacts that somebody names by e-mail, id or phone, also those whose record is archived. By an e-mail or a phone there may
 * be several; what is an id is nobody's phone. KithError('unknown-customer') when there is none.
 */
export async function findContacts(portal: PortalStore, who: string): Promise<readonly string[]> {
  const asked = who.trim();
  const found = asked.includes('@') ? await byEmail(portal, asked) : await byIdOrPhone(portal, asked);
  if (found.length > 0) return found;
  throw new KithError('unknown-customer', {
    en: `No contact has ${asked.includes('@') ? 'this e-mail' : 'this id or phone number'}; check the spelling, or look the contact's id up in the CRM`,
    zh: `没有联系人使用${asked.includes('@') ? '此电子邮件' : '此编号或电话号码'}；请检查拼写，或在 CRM 中查找该联系人的编号`,
  });
}

async function byEmail({ identity }: PortalStore, email: string): Promise<readonly string[]> {
  const live = await identity.findByEmail(email);
  return live.length > 0 ? live : identity.findArchived({ email });
}

async function byIdOrPhone(portal: PortalStore, asked: string): Promise<readonly string[]> {
  const byTheId = await byId(portal, asked);
  return byTheId.length > 0 ? byTheId : byPhone(portal, asked);
}

/** A phone number as people write it: digits, and what stands between them; ids of the CRM are shorter or without a plus. */
async function byPhone({ identity }: PortalStore, phone: string): Promise<readonly string[]> {
  if (!/^\+?[\d\s()./-]{5,}$/.test(phone)) return [];
  const live = await identity.findByPhone(phone);
  return live.length > 0 ? live : identity.findArchived({ phone });
}

/**
 * Whatever version of the record is stored: an archived one is hidden from every reading, and of one whose erasure was broken off the
 * identity may be all that is left.
 */
async function byId(portal: PortalStore, id: string): Promise<readonly string[]> {
  const [leadsTo = id] = [...(await portal.crm.resolve('contacts', [id])).values()];
  const rows = await portal.query<{ id: string }>(
    `SELECT id FROM {db:Identifier}.contacts WHERE id IN {ids:Array(String)}
     UNION DISTINCT SELECT contact_id AS id FROM {db:Identifier}.identities WHERE contact_id IN {ids:Array(String)}`,
    { ids: [id, leadsTo] },
  );
  return rows.length === 0 ? [] : [leadsTo];
}

/** Who they are; nobody where the key is missing. */
export function identitiesOf(portal: PortalStore, ids: readonly string[]): ReturnType<PortalStore['identity']['read']> {
  return portal.identity.read(ids).catch(when('identity-key', () => new Map()));
}
