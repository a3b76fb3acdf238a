import type { Instant, ObjectType } from '../domain/crm.ts';
import { batches } from '../lib/batches.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { Sequence } from './sequence.ts';
import { LOOK_UP } from './stored-before.ts';

export type RemovalReason = 'archived' | 'merged' | 'purged';

/** Records that are gone, and the ids that others took over. Ask only once `load` has resolved. */
export interface Departures {
  load(): Promise<void>;
  /** Why a record is gone; null for one that is not. */
  reasonOf(type: ObjectType, id: string): RemovalReason | null;
  /** Where an id leads after all merges; itself when it was never merged. */
  resolve(type: ObjectType, id: string): string;
  /** Every id that leads to one of these. */
  formerIds(type: ObjectType, ids: readonly string[]): readonly string[];
  /** Takes records and their links out of every reading. */
  remove(type: ObjectType, ids: readonly string[], reason: RemovalReason): Promise<void>;
  /** Brings back the links that went away with these records, but not those whose other end is gone. */
  restore(type: ObjectType, ids: readonly string[]): Promise<void>;
  rememberMerges(type: ObjectType, merges: ReadonlyMap<string, string>): Promise<void>;
  /** Forgets that these ever were, after their rows have been deleted. */
  forget(type: ObjectType, ids: readonly string[]): void;
}

export function createDepartures(database: Database, sequence: Sequence, now: () => Instant): Departures {
  const removed = new Map<string, RemovalReason>();
  const aliases = new Map<string, string>();
  let loading: Promise<void> | null = null;
  const keyOf = (type: ObjectType, id: string): string => `${type}/${id}`;

  async function read(): Promise<void> {
    for (const { type, id, why } of await database.query<{ type: ObjectType; id: string; why: RemovalReason }>(
      `SELECT object_type AS type, id, reason AS why FROM {db:Identifier}.removals FINAL WHERE reason != ''`,
    )) {
      removed.set(keyOf(type, id), why);
    }
    for (const { type, old, new_id } of await database.query<{ type: ObjectType; old: string; new_id: string }>(
      'SELECT object_type AS type, old_id AS old, new_id FROM {db:Identifier}.aliases FINAL',
    )) {
      aliases.set(keyOf(type, old), new_id);
    }
  }

  /** Removal rows and the links that go with them bear one version: so a restored record finds its links again. */
  async function note(type: ObjectType, ids: readonly string[], reason: RemovalReason | '', version: number) {
    const at = instantText(now());
    await database.insertValues('removals', ['object_type', 'id', 'reason', 'at', 'version'], ids.length, (i) => [
      type,
      ids[i],
      reason,
      at,
      version,
    ]);
  }

  function resolve(type: ObjectType, id: string): string {
    // Asked of every record of a copy.
    if (aliases.size === 0) return id;
    let end = id;
    // Merges come from outside: a ring among them must not hang the reader.
    for (let steps = 0; steps <= aliases.size; steps++) {
      const next = aliases.get(keyOf(type, end));
      if (next === undefined) break;
      end = next;
    }
    return end;
  }

  return {
    load() {
      loading ??= read();
      // A failed reading is tried again.
      loading.catch(() => {
        loading = null;
      });
      return loading;
    },

    reasonOf: (type, id) => (removed.size === 0 ? null : (removed.get(keyOf(type, id)) ?? null)),
    resolve,

    formerIds(type, ids) {
      const wanted = new Set(ids);
      const prefix = keyOf(type, '');
      return [...aliases.keys()].flatMap((key) => {
        if (!key.startsWith(prefix)) return [];
        const id = key.slice(prefix.length);
        return !wanted.has(id) && wanted.has(resolve(type, id)) ? [id] : [];
      });
    },

    async remove(type, ids, reason) {
      const version = sequence.next();
      // Noted first: whoever finds a record both noted and there removes it again.
      await note(type, ids, reason, version);
      for (const id of ids) removed.set(keyOf(type, id), reason);
      for (const part of batches(ids, LOOK_UP)) {
        const asked = { type, ids: part, version };
        await database.command(
          `INSERT INTO {db:Identifier}.associations
           SELECT from_type, from_id, to_type, to_id, is_primary, {version:UInt64}, 1 FROM {db:Identifier}.associations FINAL
           WHERE (from_type = {type:String} AND from_id IN {ids:Array(String)})
              OR (to_type = {type:String} AND to_id IN {ids:Array(String)})`,
          asked,
        );
        if (type === 'contacts') {
          await database.command(
            `INSERT INTO {db:Identifier}.identities
             SELECT contact_id, key_id, '', email_hash, phone_hash, {version:UInt64}, 1 FROM {db:Identifier}.identities FINAL
             WHERE contact_id IN {ids:Array(String)}`,
            asked,
          );
        }
        await database.command(
          `INSERT INTO {db:Identifier}.${type}
           SELECT * REPLACE (true AS archived, {version:UInt64} AS version, 1 AS is_deleted)
           FROM (SELECT * FROM {db:Identifier}.${type} FINAL WHERE id IN {ids:Array(String)})`,
          asked,
        );
      }
    },

    async restore(type, ids) {
      const version = sequence.next();
      for (const part of batches(ids, LOOK_UP)) {
        await database.command(
          `INSERT INTO {db:Identifier}.associations
           WITH gone AS (SELECT object_type, id, version FROM {db:Identifier}.removals FINAL WHERE reason != ''),
             back AS (SELECT id, version FROM gone WHERE object_type = {type:String} AND id IN {ids:Array(String)}),
             others AS (SELECT object_type, id FROM gone WHERE NOT (object_type = {type:String} AND id IN {ids:Array(String)}))
           SELECT from_type, from_id, to_type, to_id, was_primary, {version:UInt64}, 0
           FROM (
             SELECT from_type, from_id, to_type, to_id, argMax(is_primary, version) AS was_primary, max(version) AS newest,
               argMax(is_deleted, version) AS is_gone
             FROM {db:Identifier}.associations
             WHERE (from_type = {type:String} AND from_id IN {ids:Array(String)})
                OR (to_type = {type:String} AND to_id IN {ids:Array(String)})
             GROUP BY from_type, from_id, to_type, to_id
           )
           WHERE is_gone = 1 AND (if(to_type = {type:String}, to_id, from_id), newest) IN (SELECT id, version FROM back)
             AND (from_type, from_id) NOT IN (SELECT object_type, id FROM others)
             AND (to_type, to_id) NOT IN (SELECT object_type, id FROM others)`,
          { type, ids: part, version },
        );
      }
      await note(type, ids, '', version);
      for (const id of ids) removed.delete(keyOf(type, id));
    },

    async rememberMerges(type, merges) {
      const rows = [...merges];
      const at = instantText(now());
      const version = sequence.next();
      await database.insertValues('aliases', ['object_type', 'old_id', 'new_id', 'at', 'version'], rows.length, (i) => [
        type,
        ...rows[i]!,
        at,
        version,
      ]);
      for (const [from, to] of rows) aliases.set(keyOf(type, from), to);
    },

    forget(type, ids) {
      for (const id of ids) {
        removed.delete(keyOf(type, id));
        aliases.delete(keyOf(type, id));
      }
    },
  };
}
