import { z } from 'zod';
import {
  ASSOCIATION_TYPES,
  type CrmAccount,
  type CrmRecords,
  OBJECT_TYPES,
  type ObjectType,
  type RecordBase,
} from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import { recordColumns, recordValues } from './crm-rows.ts';
import { createCursors } from './cursors.ts';
import type { Database } from './database.ts';
import { createDepartures } from './departures.ts';
import type { ErasureRecord } from './erasure-record.ts';
import { forgetStatements } from './forget-statements.ts';
import { createForgottenContacts } from './forgotten-contacts.ts';
import { createFormerHashKeys } from './former-hash-keys.ts';
import type { IdentityVault } from './identity-keys.ts';
import { IDENTITY_COLUMNS, identityValues, resealIdentities } from './identity-store.ts';
import { LAST_EVENT } from './last-event.ts';
import { createLiveIds } from './live-ids.ts';
import { mergeRecords } from './merge-records.ts';
import { createOptOuts } from './opt-outs.ts';
import type { CrmOwner, CrmStore } from './portal-store.ts';
import { createQuarantine } from './quarantine.ts';
import { noMemory, type ReadMemory } from './read-memory.ts';
import { checkReplacement, replaceLinks, withTargetsResolved } from './replace-associations.ts';
import type { Sequence } from './sequence.ts';
import { createStoredBefore } from './stored-before.ts';
import { createTombstones } from './tombstones.ts';
import { createWriteOrder } from './write-order.ts';

const accountSchema = z.strictObject({
  portalId: z.string(),
  name: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  recordUrl: z.string(),
});

export function createCrmStore(options: {
  readonly database: Database;
  readonly vault: IdentityVault;
  readonly sequence: Sequence;
  /** Who was erased, beside the tables. */
  readonly record: ErasureRecord;
  readonly now: () => number;
  readonly memory?: ReadMemory;
}): CrmStore {
  const { database, vault, sequence, now, memory = noMemory } = options;
  // Looking up what is stored and writing what is newer must not interleave.
  const writes = createWriteOrder();
  const tombstones = createTombstones(options);
  const forgotten = createForgottenContacts(database, tombstones);
  const formerHashKeys = createFormerHashKeys(options);
  const optOuts = createOptOuts(database, sequence, now);
  const departures = createDepartures(database, sequence, now);
  const quarantine = createQuarantine(database, sequence, now);
  const { storedType, withoutStale, linkedBefore } = createStoredBefore(database);
  const isForgotten = (type: ObjectType, id: string): boolean => type === 'contacts' && tombstones.has(id);
  const load = async (): Promise<void> => {
    await tombstones.load();
    await departures.load();
  };

  /** What is to be written of a batch, and the writing of it. */
  async function prepareUpsert<T extends ObjectType>(
    type: T,
    records: readonly CrmRecords[T][],
    origin: 'list' | 'by-id',
    written: () => Promise<void>,
  ): Promise<{ kept: readonly CrmRecords[T][]; write: () => Promise<void> }> {
    await load();
    // A list may be older than the removal of what it names; only reading a record by its id tells that it is back.
    const allowed = records.filter(({ id }) => {
      if (isForgotten(type, id) || departures.resolve(type, id) !== id) return false;
      return origin === 'by-id' || departures.reasonOf(type, id) === null;
    });
    const batch = newestOfEach(allowed, origin);
    // Read well, so no longer to be looked at; a failure below has the same records read again.
    await quarantine.release(type, batch);
    const stored = await storedType(type);
    const kept = origin === 'by-id' ? batch : await withoutStale(type, batch, stored, written);
    // Noted before they are written: a write that fails half-way may have left some of them.
    for (const { id, updatedAt } of kept) {
      stored.newest = Math.max(stored.newest, updatedAt);
      stored.seen?.add(id);
    }
    const version = sequence.next();
    const write = async (): Promise<void> => {
      if (type === 'contacts') {
        const contacts = kept as unknown as readonly CrmRecords['contacts'][]; // `type` does not narrow T
        await database.insertValues('identities', IDENTITY_COLUMNS, contacts.length, (i) =>
          identityValues(vault, contacts[i]!, version),
        );
      }
      await database.insertValues(type, recordColumns(type), kept.length, (i) => recordValues(type, kept[i]!, version));
    };
    return { kept, write };
  }

  return {
    ...createLiveIds(database),

    async account() {
      const [row] = await database.query<{ value: string }>(
        `SELECT value FROM {db:Identifier}.account FINAL WHERE key = 'account'`,
      );
      if (row === undefined) return null;
      const parsed = accountSchema.safeParse(JSON.parse(row.value));
      if (!parsed.success)
        throw new KithError('store-damaged', {
          en: `The account stored in ${database.name} is not in a form that Kith wrote; sync again`,
          zh: `${database.name} 中保存的账户信息不是 Kith 写入的格式；请重新同步`,
        });
      return parsed.data satisfies CrmAccount;
    },

    async saveAccount({ portalId, name, timeZone, currency, recordUrl }) {
      const value = JSON.stringify({ portalId, name, timeZone, currency, recordUrl } satisfies CrmAccount);
      await database.insert('account', [{ key: 'account', value, version: sequence.next() }]);
    },

    async owners() {
      const text = await memory.text('owners', async () => {
        const rows = await database.query<CrmOwner>(
          `SELECT id, trimBoth(concat(first_name, ' ', last_name)) AS name, email FROM {db:Identifier}.owners FINAL
           ORDER BY first_name, last_name, id`,
        );
        return JSON.stringify(rows);
      });
      // Written just above.
      return JSON.parse(text ?? '[]') as CrmOwner[];
    },

    upsert: (type, records, { origin }) =>
      origin === 'list'
        ? writes.beside(async (written) => (await prepareUpsert(type, records, origin, written)).write)
        : writes.alone(async () => {
            const { kept, write } = await prepareUpsert(type, records, origin, async () => undefined);
            await write();
            const idsOf = (wanted: (record: RecordBase) => boolean) => kept.filter(wanted).map(({ id }) => id);
            const archived = idsOf((r) => r.archived && departures.reasonOf(type, r.id) !== 'archived');
            const restored = idsOf((r) => !r.archived && departures.reasonOf(type, r.id) !== null);
            if (archived.length > 0) await departures.remove(type, archived, 'archived');
            if (restored.length > 0) await departures.restore(type, restored);
          }),

    replaceAssociations: (fromType, toType, fromIds, given) =>
      writes.beside(async (written) => {
        checkReplacement({ fromType, toType, fromIds, links: given });
        await load();
        const isHere = (type: ObjectType, id: string): boolean =>
          !isForgotten(type, id) && departures.reasonOf(type, id) === null;
        const links = withTargetsResolved(given, (id) => departures.resolve(toType, id)).filter(
          ({ fromId, toId }) => isHere(fromType, fromId) && isHere(toType, toId),
        );
        const before = await linkedBefore(fromType, toType);
        const doubtful = [...new Set(before === null ? fromIds : fromIds.filter((id) => before.mayHave(id)))];
        if (doubtful.length > 0) await written();
        // Noted before they are written: a write that fails half-way may have left some of them.
        for (const { fromId } of links) before?.add(fromId);
        const version = sequence.next();
        return () => replaceLinks(database, { fromType, toType, fromIds, links }, doubtful, version);
      }),

    remove: (type, ids, reason) =>
      writes.alone(async () => {
        await load();
        const gone = [...new Set(ids)].filter((id) => !isForgotten(type, id));
        if (gone.length > 0) await departures.remove(type, gone, reason);
        await quarantine.release(
          type,
          gone.map((id) => ({ id })),
        );
      }),

    merge: (type, merges) =>
      writes.alone(async () => {
        await load();
        const known = merges.filter(({ from, to }) => !isForgotten(type, from) && !isForgotten(type, to));
        const into = await mergeRecords({ database, sequence, departures }, type, known);
        for (const [fromType, toType] of ASSOCIATION_TYPES) {
          const before = fromType === type ? await linkedBefore(fromType, toType) : null;
          for (const id of into) before?.add(id);
        }
      }),

    async resolve(type, ids) {
      await departures.load();
      return new Map(ids.map((id) => [id, departures.resolve(type, id)]));
    },

    reject: quarantine.add,
    rejects: quarantine.all,
    clearRejects: quarantine.empty,

    ...createCursors(database, sequence),

    async counts() {
      const sql = OBJECT_TYPES.map(
        (type) => `SELECT '${type}' AS type, count() AS n FROM {db:Identifier}.${type} FINAL`,
      ).join(' UNION ALL ');
      const rows = await database.query<{ type: ObjectType; n: string }>(sql);
      const counts = Object.fromEntries(OBJECT_TYPES.map((type) => [type, 0])) as Record<ObjectType, number>; // every type is a key
      for (const { type, n } of rows) counts[type] = Number(n);
      return counts;
    },

    forgetContacts: (ids) =>
      writes.alone(async () => {
        await load();
        // Whoever was merged into them is the same person.
        const all = [...ids, ...departures.formerIds('contacts', ids)];
        const removed = await forgotten.forget(all);
        departures.forget('contacts', all);
        await forgetStatements(database);
        return removed;
      }),

    beginErasure: tombstones.begin,
    erasuresUnderWay: tombstones.underWay,
    endErasure: tombstones.end,

    forgetStatements: () => writes.alone(() => forgetStatements(database)),

    optOut: (ids, actor) =>
      writes.alone(async () => {
        await departures.load();
        await optOuts.write(ids, actor, true);
        // Kept runs may have scored them under the ids that merges have left behind.
        return forgotten.dropProfiles([...ids, ...departures.formerIds('contacts', ids)]);
      }),
    optIn: (ids, actor) =>
      writes.alone(async () => {
        await departures.load();
        // Whoever was merged into them had opted out for them.
        await optOuts.write([...ids, ...departures.formerIds('contacts', ids)], actor, false);
      }),
    optedOut: optOuts.all,
    async noProfileOf() {
      await tombstones.load();
      const out = await optOuts.all();
      return (id) => out.has(id) || tombstones.has(id);
    },

    async rowsOfContacts(ids) {
      await departures.load();
      return forgotten.count([...ids, ...departures.formerIds('contacts', ids)]);
    },

    erasedSince: () =>
      writes.alone(async () => {
        await tombstones.reload();
        const rows = await database.query<{ id: string }>(
          `SELECT id FROM {db:Identifier}.contacts UNION DISTINCT SELECT contact_id AS id FROM {db:Identifier}.identities
           UNION DISTINCT SELECT old_id AS id FROM {db:Identifier}.aliases WHERE object_type = 'contacts' ORDER BY id`,
        );
        return rows.map(({ id }) => id).filter((id) => tombstones.has(id));
      }),

    keyedHash: (kind, text) => tombstones.hash(kind, text),

    reseal: (limit) =>
      writes.alone(async () => {
        const moved = await resealIdentities(database, vault, limit, sequence.next);
        if (moved > 0) return moved;
        // What the old key sealed is rewritten away, not only hidden.
        await database.command('OPTIMIZE TABLE {db:Identifier}.identities FINAL');
        const kept = await formerHashKeys.keep();
        return kept + (await tombstones.reseal());
      }),

    async lastEventAt() {
      const [row] = await database.query<{ at: string | null }>(LAST_EVENT);
      return row?.at == null ? null : Number(row.at);
    },
  };
}

/** One record per id: the newest update of a listed batch (the later of equals), the last of one read by id. */
function newestOfEach<T extends ObjectType>(
  records: readonly CrmRecords[T][],
  origin: 'list' | 'by-id',
): readonly CrmRecords[T][] {
  // Most come in the order of their ids, and then none comes twice.
  if (records.every(({ id }, i) => i === 0 || records[i - 1]!.id < id)) return records;
  const byId = new Map<string, CrmRecords[T]>();
  for (const record of records) {
    const known = byId.get(record.id);
    if (known === undefined || origin === 'by-id' || record.updatedAt >= known.updatedAt) byId.set(record.id, record);
  }
  return byId.size === records.length ? records : [...byId.values()];
}
