import type { CustomerUnit, ObjectType } from '../domain/crm.ts';
import { groupBy } from '../lib/group-by.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** What a score is made of: the customers themselves, their deals, what was bought, and their tickets. */
const SCORED: readonly ObjectType[] = ['companies', 'contacts', 'deals', 'line_items', 'tickets'];

/** A hash of each record and its associations as they are stored; a record that is not there has none. */
export async function recordHashes(
  portal: PortalStore,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (!SCORED.includes(type)) return new Map();
  // Kith's own properties are never copied, and the modification instant moves when they are written: without it, a record
  // that differs in nothing else is the same record.
  const rows = await portal.query<{ id: string; hash: string }>(
    `SELECT r.id AS id, toString(cityHash64(r.record, l.links)) AS hash FROM (
       SELECT id, toString(tuple(* EXCEPT (version, is_deleted, updated_at))) AS record
       FROM {db:Identifier}.${type} FINAL WHERE id IN {ids:Array(String)}) AS r
     LEFT JOIN (
       SELECT from_id, toString(arraySort(groupArray((to_type, to_id, is_primary)))) AS links
       FROM {db:Identifier}.associations FINAL WHERE from_type = {type:String} AND from_id IN {ids:Array(String)}
       GROUP BY from_id) AS l ON l.from_id = r.id`,
    { type, ids },
  );
  return new Map(rows.map(({ id, hash }) => [id, hash]));
}

/** The customers whose scores each of these records is part of, by the associations as they are stored now. */
export async function customersOf(
  portal: PortalStore,
  unit: CustomerUnit,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const own = unit === 'company' ? 'companies' : 'contacts';
  if (type === own) return new Map(ids.map((id) => [id, [id]]));
  if (type !== 'deals' && type !== 'tickets' && type !== 'line_items') return new Map();
  const links = (from: string, to: string): string =>
    `SELECT from_id, to_id FROM {db:Identifier}.associations FINAL WHERE from_type = '${from}' AND to_type = '${to}'`;
  const direct = `SELECT from_id AS id, to_id AS customer FROM (${links(type, own)} AND from_id IN {ids:Array(String)})`;
  const throughDeals = `SELECT i.from_id AS id, d.to_id AS customer
    FROM (${links('line_items', 'deals')} AND from_id IN {ids:Array(String)}) AS i
    INNER JOIN (${links('deals', own)}) AS d ON d.from_id = i.to_id`;
  const rows = await portal.query<{ id: string; customer: string }>(
    `SELECT DISTINCT id, customer FROM (${type === 'line_items' ? throughDeals : direct}) ORDER BY id, customer`,
    { ids },
  );
  return new Map([...groupBy(rows, ({ id }) => id)].map(([id, of]) => [id, of.map(({ customer }) => customer)]));
}
