import type { DecimalText } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Contacts that share an e-mail or a phone number, told by the keyed hashes: nothing is decrypted. */
export interface SharedIdentities {
  /** Groups of contacts, and how many of them are beyond the first of their group. */
  readonly groups: number;
  readonly extra: number;
  /** Won money of all but the largest of each group, which stands apart from it; null where contacts are no customers. */
  readonly money: DecimalText | null;
}

/** Contacts with the same e-mail; those with the same phone number and not the same e-mail. */
export async function readSharedIdentities(
  portal: PortalStore,
  { unit }: Portfolio,
): Promise<{ email: SharedIdentities; phone: SharedIdentities }> {
  const read = async (column: 'email_hash' | 'phone_hash'): Promise<SharedIdentities> => {
    // A phone that two contacts of one e-mail share says nothing new.
    const contacts =
      column === 'email_hash'
        ? `SELECT contact_id, email_hash AS hash FROM {db:Identifier}.identities FINAL WHERE email_hash != ''`
        : `SELECT contact_id, phone_hash AS hash FROM {db:Identifier}.identities FINAL WHERE phone_hash != ''
           ORDER BY contact_id LIMIT 1 BY phone_hash, if(email_hash = '', contact_id, email_hash)`;
    const [row] = await portal.query<{ groups: string; extra: string; apart: string }>(
      `SELECT toString(count()) AS groups, toString(sum(members - 1)) AS extra, toString(sum(total - largest)) AS apart
       FROM (SELECT hash, count() AS members, sum(ifNull(m.money, 0)) AS total, max(ifNull(m.money, 0)) AS largest
         FROM (${contacts}) AS i
         LEFT JOIN (SELECT customer_id, sum(ifNull(amount, 0)) AS money FROM {db:Identifier}.won_deals
           WHERE cause = '' GROUP BY customer_id) AS m ON m.customer_id = i.contact_id
         GROUP BY hash HAVING members > 1)`,
    );
    return {
      groups: Number(row?.groups ?? 0),
      extra: Number(row?.extra ?? 0),
      money: unit === 'contact' ? (row?.apart ?? '0') : null,
    };
  };
  return { email: await read('email_hash'), phone: await read('phone_hash') };
}

/** A company whose domain is another's too. */
export interface SameDomain {
  readonly id: string;
  readonly name: string;
  /** Lower case, without `www.`. */
  readonly domain: string;
  /** Won money in the portal's currency; 0 where companies are no customers. */
  readonly money: number;
}

/** Companies more than this under one domain are a host of e-mail addresses, not one company entered twice. */
const MOST_OF_A_DOMAIN = 50;

/** Companies that share a domain, by domain and then by age and id: the oldest record of a domain comes first. */
export async function readSameDomains(portal: PortalStore, { unit }: Portfolio): Promise<SameDomain[]> {
  const rows = await portal.query<{ id: string; name: string; host: string; money: string }>(
    `WITH hosts AS (
       SELECT id, name, created_at, replaceRegexpOne(lower(trimBoth(domain)), '^www\\\\.', '') AS host
       FROM {db:Identifier}.companies FINAL WHERE NOT archived AND domain != ''
     )
     SELECT h.id AS id, h.name AS name, h.host AS host, toString(ifNull(m.money, 0)) AS money
     FROM (SELECT * FROM hosts WHERE host IN (
         SELECT host FROM hosts GROUP BY host HAVING count() BETWEEN 2 AND ${MOST_OF_A_DOMAIN})) AS h
     LEFT JOIN (SELECT customer_id, sum(ifNull(amount, 0)) AS money FROM {db:Identifier}.won_deals
       WHERE cause = '' GROUP BY customer_id) AS m ON m.customer_id = h.id
     ORDER BY host, isNull(h.created_at), h.created_at, id`,
  );
  return rows.map(({ id, name, host, money }) => ({
    id,
    name,
    domain: host,
    money: unit === 'company' ? Number(money) : 0,
  }));
}
