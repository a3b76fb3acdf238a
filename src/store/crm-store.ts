import { z } from 'zod';
import {
  type Association,
  type CrmAccount,
  type CrmRecords,
  OBJECT_TYPES,
  type ObjectType,
  type RejectedRecord,
} from '../domain/crm.ts';
import { KithError } from '../lib/errors.ts';
import { instantText, recordColumns, recordValues } from './crm-rows.ts';
import type { Database } from './database.ts';
import { createForgottenContacts } from './forgotten-contacts.ts';
import type { IdentityVault } from './identity-keys.ts';
import { IDENTITY_COLUMNS, identityValues } from './identity-store.ts';
import { LAST_EVENT } from './last-event.ts';
import type { CrmStore } from './portal-store.ts';
import type { Sequence } from './sequence.ts';
import { createSerial } from './serial.ts';
import { createStoredBefore, LOOK_UP } from './stored-before.ts';

const accountSchema = z.strictObject({
  portalId: z.string(),
  name: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  recordUrl: z.string(),
});

export function createCrmStore(
  database: Database,
  vault: IdentityVault,
  sequence: Sequence,
  now: () => number,
): CrmStore {
  // Looking up what is stored and writing what is newer must not interleave.
  const serially = createSerial();
  const forgotten = createForgottenContacts(database, vault, now);
  const { storedType, withoutStale, linkedBefore } = createStoredBefore(database);

  return {
    async account() {
      const [row] = await database.query<{ value: string }>(
        `SELECT value FROM {db:Identifier}.account FINAL WHERE key = 'account'`,
      );
      if (row === undefined) return null;
      const parsed = accountSchema.safeParse(JSON.parse(row.value));
      if (!parsed.success)
        throw new KithError(
          'store-damaged',
          `The account stored in ${database.name} is not in a form that Kith wrote; sync again`,
        );
      return parsed.data satisfies CrmAccount;
    },

    async saveAccount({ portalId, name, timeZone, currency, recordUrl }) {
      const value = JSON.stringify({ portalId, name, timeZone, currency, recordUrl } satisfies CrmAccount);
      await database.insert('account', [{ key: 'account', value, version: sequence.next() }]);
    },

    upsert: (type, records, { origin }) =>
      serially(async () => {
        await forgotten.load();
        const allowed = type === 'contacts' ? records.filter(({ id }) => !forgotten.has(id)) : records;
        const batch = newestOfEach(allowed, origin);
        const stored = await storedType(type);
        const kept = origin === 'by-id' ? batch : await withoutStale(type, batch, stored);
        if (kept.length === 0) return;
        // Noted before they are written: a write that fails half-way may have left some of them.
        for (const { id, updatedAt } of kept) {
          stored.newest = Math.max(stored.newest, updatedAt);
          stored.seen?.add(id);
        }
        const version = sequence.next();
        if (type === 'contacts') {
          const contacts = kept as unknown as readonly CrmRecords['contacts'][]; // `type` does not narrow T
          await database.insertValues('identities', IDENTITY_COLUMNS, contacts.length, (i) =>
            identityValues(vault, contacts[i]!, version),
          );
        }
        await database.insertValues(type, recordColumns(type), kept.length, (i) =>
          recordValues(type, kept[i]!, version),
        );
      }),

    replaceAssociations: (fromType, toType, fromIds, links) =>
      serially(async () => {
        await forgotten.load();
        const version = sequence.next();
        const wanted = new Set(fromIds);
        const own = links.filter(
          (link) => link.fromType === fromType && link.toType === toType && wanted.has(link.fromId),
        );
        if (own.length !== links.length) {
          throw new KithError(
            'bad-data',
            `Associations of ${fromType} to ${toType} came with ${links.length - own.length} links of other records; they belong in their own batch`,
          );
        }
        const rows = own.filter(
          ({ fromId, toId }) =>
            !(fromType === 'contacts' && forgotten.has(fromId)) && !(toType === 'contacts' && forgotten.has(toId)),
        );
        const before = await linkedBefore(fromType, toType);
        const ids = [...wanted].filter((id) => before === null || before.mayHave(id));
        // Noted before they are written: a write that fails half-way may have left some of them.
        for (const { fromId } of rows) before?.add(fromId);
        await database.insertValues('associations', LINK_COLUMNS, rows.length, (i) => linkValues(rows[i]!, version));
        for (let start = 0; start < ids.length; start += LOOK_UP) {
          // After the new links are in, so that no reader sees the records without any.
          await database.command(
            `INSERT INTO {db:Identifier}.associations
             SELECT from_type, from_id, to_type, to_id, is_primary, {version:UInt64}, 1 FROM {db:Identifier}.associations FINAL
             WHERE from_type = {from:String} AND to_type = {to:String} AND from_id IN {ids:Array(String)} AND version < {version:UInt64}`,
            { version, from: fromType, to: toType, ids: ids.slice(start, start + LOOK_UP) },
          );
        }
      }),

    async reject(rejected) {
      const version = sequence.next();
      const seenAt = instantText(now());
      await database.insert(
        'rejects',
        rejected.map((record) => ({
          object_type: record.objectType,
          record_id: record.recordId,
          place: record.place,
          reason: record.reason,
          seen_at: seenAt,
          version,
        })),
      );
    },

    async rejects() {
      return database.query<RejectedRecord>(
        `SELECT object_type AS objectType, record_id AS recordId, place, reason FROM {db:Identifier}.rejects FINAL
         ORDER BY object_type, place, record_id`,
      );
    },

    async cursor(name) {
      const [row] = await database.query<{ value: string }>(
        'SELECT value FROM {db:Identifier}.cursors FINAL WHERE name = {name:String}',
        { name },
      );
      return row === undefined || row.value === '' ? null : row.value;
    },

    async saveCursor(name, value) {
      await database.insert('cursors', [{ name, value: value ?? '', version: sequence.next() }]);
    },

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
      serially(async () => {
        await forgotten.load();
        return forgotten.forget(ids);
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
  const byId = new Map<string, CrmRecords[T]>();
  for (const record of records) {
    const known = byId.get(record.id);
    if (known === undefined || origin === 'by-id' || record.updatedAt >= known.updatedAt) byId.set(record.id, record);
  }
  return byId.size === records.length ? records : [...byId.values()];
}

const LINK_COLUMNS = ['from_type', 'from_id', 'to_type', 'to_id', 'is_primary', 'version', 'is_deleted'] as const;

function linkValues(link: Association, version: number): unknown[] {
  return [link.fromType, link.fromId, link.toType, link.toId, link.isPrimary, version, 0];
}
