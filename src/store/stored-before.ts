import type { CrmRecords, ObjectType } from '../domain/crm.ts';
import type { Database } from './database.ts';
import { createSeenIds, type SeenIds } from './seen-ids.ts';

/** Ids of one look-up: a server takes them in its address, which has a limit. */
export const LOOK_UP = 10_000;

interface StoredType {
  /** An upper bound of the update instants stored: nothing beyond it can be older than its row. */
  newest: number;
  /** The ids written since the table was empty; null when it held rows before this process. */
  readonly seen: SeenIds | null;
}

/** What is known of the rows that are there already, asked of the store only where it may matter. */
export function createStoredBefore(database: Database) {
  const types = new Map<ObjectType, StoredType>();
  const pairs = new Map<string, SeenIds | null>();
  let written: ReturnType<typeof createSeenIds> | null = null;

  /** Made when the first table is found empty: most stores are only ever opened full. */
  function newSeenIds(kind: string): SeenIds {
    written ??= createSeenIds();
    return written(kind);
  }

  /** What is known of a type's rows without asking for each. */
  async function storedType(type: ObjectType): Promise<StoredType> {
    const known = types.get(type);
    if (known !== undefined) return known;
    const [row] = await database.query<{ at: string | null }>(
      `SELECT toUnixTimestamp64Milli(maxOrNull(updated_at)) AS at FROM {db:Identifier}.${type}`,
    );
    const stored: StoredType =
      row?.at == null
        ? { newest: Number.NEGATIVE_INFINITY, seen: newSeenIds(type) }
        : { newest: Number(row.at), seen: null };
    types.set(type, stored);
    return stored;
  }

  /** Of a listed batch, the records that are not older than what is stored; looks once what is being written is `written`. */
  async function withoutStale<T extends ObjectType>(
    type: T,
    records: readonly CrmRecords[T][],
    { newest, seen }: StoredType,
    written: () => Promise<void>,
  ): Promise<readonly CrmRecords[T][]> {
    const doubtful = records
      .filter(({ id, updatedAt }) => updatedAt < newest && (seen === null || seen.mayHave(id)))
      .map(({ id }) => id);
    if (doubtful.length === 0) return records;
    await written();
    const stored = new Map<string, number>();
    for (let start = 0; start < doubtful.length; start += LOOK_UP) {
      // Not FINAL: a deleted row's instant counts too, or a stale page would bring the record back.
      const rows = await database.query<{ id: string; at: string }>(
        `SELECT id, toUnixTimestamp64Milli(argMax(updated_at, version)) AS at FROM {db:Identifier}.${type}
         WHERE id IN {ids:Array(String)} GROUP BY id`,
        { ids: doubtful.slice(start, start + LOOK_UP) },
      );
      for (const { id, at } of rows) stored.set(id, Number(at));
    }
    return records.filter(({ id, updatedAt }) => !(updatedAt < (stored.get(id) ?? Number.NEGATIVE_INFINITY)));
  }

  /** Who has had links of a pair of types since it was empty; null when links were there before this process. */
  async function linkedBefore(fromType: ObjectType, toType: ObjectType): Promise<SeenIds | null> {
    const pair = `${fromType}>${toType}`;
    const known = pairs.get(pair);
    if (known !== undefined) return known;
    const rows = await database.query(
      'SELECT 1 FROM {db:Identifier}.associations WHERE from_type = {from:String} AND to_type = {to:String} LIMIT 1',
      { from: fromType, to: toType },
    );
    const seen = rows.length > 0 ? null : newSeenIds(pair);
    pairs.set(pair, seen);
    return seen;
  }

  return { storedType, withoutStale, linkedBefore };
}
