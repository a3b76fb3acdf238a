import type { Instant, ObjectType, RejectedRecord } from '../domain/crm.ts';
import { groupBy } from '../lib/group-by.ts';
import { wellFormed } from '../lib/well-formed.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { Sequence } from './sequence.ts';
import { LOOK_UP } from './stored-before.ts';

/** Records that could not be read, each until it is read well, or is gone. */
export interface Quarantine {
  add(rejected: readonly RejectedRecord[]): Promise<void>;
  all(): Promise<readonly RejectedRecord[]>;
  /** These are read well, or gone. Costs nothing while none of them is in quarantine. */
  release(type: ObjectType, records: readonly { readonly id: string }[]): Promise<void>;
  /** All of a type: its records are about to be read anew, every one. */
  empty(type: ObjectType): Promise<void>;
}

const COLUMNS = 'object_type, record_id, place, reason, seen_at, version';

/** A row without a reason takes one out: the newest row of a place counts. */
export function createQuarantine(database: Database, sequence: Sequence, now: () => Instant): Quarantine {
  let loading: Promise<Map<string, Set<string>>> | null = null;

  /** The ids in quarantine by type: so few that they are kept. */
  function held(): Promise<Map<string, Set<string>>> {
    loading ??= all().then((records) => {
      const ids = new Map<string, Set<string>>();
      for (const record of records) note(ids, record);
      return ids;
    });
    loading.catch(() => {
      loading = null;
    });
    return loading;
  }

  function all(): Promise<RejectedRecord[]> {
    return database.query<RejectedRecord>(
      `SELECT object_type AS objectType, record_id AS recordId, place, reason FROM {db:Identifier}.rejects FINAL
       WHERE reason != '' ORDER BY object_type, place, record_id`,
    );
  }

  async function takeOut(type: ObjectType, condition: string, ids: readonly string[]): Promise<void> {
    await database.command(
      `INSERT INTO {db:Identifier}.rejects (${COLUMNS})
       SELECT object_type, record_id, place, '', {at:DateTime64(3, 'UTC')}, {version:UInt64} FROM {db:Identifier}.rejects FINAL
       WHERE object_type = {type:String} AND reason != ''${condition}`,
      { type, ids, at: instantText(now()) ?? '', version: sequence.next() },
    );
  }

  async function release(type: ObjectType, records: readonly { readonly id: string }[]): Promise<void> {
    const own = (await held()).get(type);
    if (own === undefined || own.size === 0) return;
    const released = [...new Set(records.map(({ id }) => id))].filter((id) => own.has(id));
    for (let start = 0; start < released.length; start += LOOK_UP) {
      const part = released.slice(start, start + LOOK_UP);
      await takeOut(type, ' AND record_id IN {ids:Array(String)}', part);
      for (const id of part) own.delete(id);
    }
  }

  return {
    all,

    async add(rejected) {
      const ids = await held();
      // What a record was refused for before, perhaps by another call, is superseded.
      for (const [type, records] of groupBy(rejected, ({ objectType }) => objectType)) {
        const named = records.map(({ recordId: id }) => ({ id })).filter(({ id }) => id !== '');
        await release(type, named);
      }
      const version = sequence.next();
      const seenAt = instantText(now());
      for (const record of rejected) note(ids, record);
      await database.insert(
        'rejects',
        rejected.map(({ objectType, recordId, place, reason }) => ({
          object_type: objectType,
          record_id: wellFormed(recordId),
          place,
          reason: reason === '' ? 'no reason given' : wellFormed(reason),
          seen_at: seenAt,
          version,
        })),
      );
    },

    release,

    async empty(type) {
      const ids = await held();
      if ((ids.get(type)?.size ?? 0) === 0) return;
      await takeOut(type, '', []);
      ids.delete(type);
    },
  };
}

function note(ids: Map<string, Set<string>>, { objectType, recordId }: RejectedRecord): void {
  const own = ids.get(objectType) ?? new Set();
  own.add(recordId);
  ids.set(objectType, own);
}
