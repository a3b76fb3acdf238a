import type { Association, ObjectType } from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { LOOK_UP } from './stored-before.ts';

const LINK_COLUMNS = ['from_type', 'from_id', 'to_type', 'to_id', 'is_primary', 'version', 'is_deleted'] as const;

interface Replacement {
  readonly fromType: ObjectType;
  readonly toType: ObjectType;
  readonly fromIds: readonly string[];
  readonly links: readonly Association[];
}

/** Refuses links that are not of the records named: replacing those of others would lose some. */
export function checkReplacement({ fromType, toType, fromIds, links }: Replacement): void {
  if (links.length === 0 || areInOrder(fromType, toType, fromIds, links)) return;
  const wanted = new Set(fromIds);
  const isOwn = (link: Association): boolean =>
    link.fromType === fromType && link.toType === toType && wanted.has(link.fromId);
  const strangers = links.filter((link) => !isOwn(link)).length;
  if (strangers > 0) {
    throw new KithError(
      'bad-data',
      `Associations of ${fromType} to ${toType} came with ${strangers} links of other records; they belong in their own batch`,
    );
  }
}

/** Whether the links are of these records and come in the records' own order, as they mostly do: then no set of ids is needed. */
function areInOrder(
  fromType: ObjectType,
  toType: ObjectType,
  fromIds: readonly string[],
  links: readonly Association[],
): boolean {
  let at = 0;
  return links.every((link) => {
    while (at < fromIds.length && fromIds[at] !== link.fromId) at++;
    return at < fromIds.length && link.fromType === fromType && link.toType === toType;
  });
}

/** Writes `links` and takes out what these records had besides. Only `doubtful` ids are looked up for older links. */
export async function replaceLinks(
  database: Database,
  { fromType, toType, links }: Replacement,
  doubtful: readonly string[],
  version: number,
): Promise<void> {
  await database.insertValues('associations', LINK_COLUMNS, links.length, (i) => linkValues(links[i]!, version));
  for (let start = 0; start < doubtful.length; start += LOOK_UP) {
    // After the new links are in, so that no reader sees the records without any.
    await database.command(
      `INSERT INTO {db:Identifier}.associations
       SELECT from_type, from_id, to_type, to_id, is_primary, {version:UInt64}, 1 FROM {db:Identifier}.associations FINAL
       WHERE from_type = {from:String} AND to_type = {to:String} AND from_id IN {ids:Array(String)} AND version < {version:UInt64}`,
      { version, from: fromType, to: toType, ids: doubtful.slice(start, start + LOOK_UP) },
    );
  }
}

/** Links to where their targets lead now; of two that lead to one, the primary. */
export function withTargetsResolved(
  links: readonly Association[],
  resolve: (id: string) => string,
): readonly Association[] {
  if (links.every(({ toId }) => resolve(toId) === toId)) return links;
  const byKey = new Map<string, Association>();
  for (const link of links) {
    const toId = resolve(link.toId);
    const key = `${link.fromId}\n${toId}`;
    const isPrimary = link.isPrimary || (byKey.get(key)?.isPrimary ?? false);
    byKey.set(key, { ...link, toId, isPrimary });
  }
  return [...byKey.values()];
}

function linkValues(link: Association, version: number): unknown[] {
  return [link.fromType, link.fromId, link.toType, link.toId, link.isPrimary, version, 0];
}
