import type { Instant } from '../domain/crm.ts';
import { instantText } from './crm-rows.ts';
import type { Database } from './database.ts';
import type { IdentityVault } from './identity-keys.ts';

/** Contacts who asked to be forgotten, and how to forget one. */
export interface ForgottenContacts {
  /** Whether a contact id was forgotten; ready once `load` has resolved. */
  has(contactId: string): boolean;
  load(): Promise<void>;
  /** Tombstones first, then removes every row; what was removed, by table. */
  forget(contactIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
}

// Customer ids are contact ids only in runs whose customers are contacts; elsewhere a company may have the same number.
const OF_CONTACT_RUNS = `customer_id IN {ids:Array(String)} AND run_id IN (
  SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact')`;
const OF_CONTACT_PORTAL = `customer_id IN {ids:Array(String)} AND (
  SELECT JSONExtractString(argMax(portfolio, id), 'unit') FROM {db:Identifier}.runs WHERE kind = 'current') = 'contact'`;

/** Every table in which a contact can be, with the rows that are theirs. */
const PLACES: readonly (readonly [table: string, where: string])[] = [
  ['identities', 'contact_id IN {ids:Array(String)}'],
  ['contacts', 'id IN {ids:Array(String)}'],
  [
    'associations',
    `(from_type = 'contacts' AND from_id IN {ids:Array(String)}) OR (to_type = 'contacts' AND to_id IN {ids:Array(String)})`,
  ],
  ['rejects', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
  ['removals', `object_type = 'contacts' AND id IN {ids:Array(String)}`],
  ['aliases', `object_type = 'contacts' AND (old_id IN {ids:Array(String)} OR new_id IN {ids:Array(String)})`],
  ['hints', `object_type = 'contacts' AND id IN {ids:Array(String)}`],
  ['scores', OF_CONTACT_RUNS],
  ['rescored', OF_CONTACT_RUNS],
  ['matrices', OF_CONTACT_RUNS],
  ['findings', OF_CONTACT_PORTAL],
  ['playbook_assignments', `unit = 'contact' AND customer_id IN {ids:Array(String)}`],
  ['write_backs', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
];

/**
 * Texts of runs over contacts that list customers by id: what the models keep from run to run, and the tiers that people gave.
 * An empty id stands there afterwards, so that positions keep their meaning.
 */
const TEXTS: readonly (readonly [table: string, column: string, ofContactRuns: string])[] = [
  ['results', 'model', `position(model, '"customerIds"') > 0 AND run_id`],
  ['runs', 'settings', 'id'],
];

export function createForgottenContacts(
  database: Database,
  vault: IdentityVault,
  now: () => Instant,
): ForgottenContacts {
  let tombstones: Set<string> | null = null;
  return {
    has(contactId) {
      if (tombstones === null || tombstones.size === 0) return false;
      const known = tombstones;
      return vault.hashes('contact', contactId).some((hash) => known.has(hash));
    },

    async load() {
      if (tombstones !== null) return;
      const rows = await database.query<{ hash: string }>('SELECT hash FROM {db:Identifier}.tombstones FINAL');
      tombstones = new Set(rows.map(({ hash }) => hash));
    },

    async forget(contactIds) {
      const removed: Record<string, number> = {};
      if (contactIds.length === 0) return removed;
      const ids = [...new Set(contactIds)];
      const hashes = ids.map((id) => vault.hash('contact', id));
      // First, so that nothing that syncs meanwhile brings them back.
      await database.insert(
        'tombstones',
        hashes.map((hash) => ({ hash, at: instantText(now()) })),
      );
      for (const hash of hashes) tombstones?.add(hash);
      for (const [table, where] of PLACES) {
        const [row] = await database.query<{ n: string }>(
          `SELECT count() AS n FROM {db:Identifier}.${table} WHERE ${where}`,
          { ids },
        );
        removed[table] = Number(row?.n ?? 0);
        if (removed[table] === 0) continue;
        // A mutation rewrites the parts, so that the rows are gone from the disk and not only hidden.
        await database.command(
          `ALTER TABLE {db:Identifier}.${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`,
          { ids },
        );
      }
      for (const [table, column, run] of TEXTS) {
        const where = `${run} IN (SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact')
          AND arrayExists(id -> position(${column}, concat('"', id, '"')) > 0, {ids:Array(String)})`;
        const rows = await database.query(`SELECT 1 FROM {db:Identifier}.${table} WHERE ${where} LIMIT 1`, { ids });
        if (rows.length === 0) continue;
        await database.command(
          `ALTER TABLE {db:Identifier}.${table} UPDATE ${column} =
             arrayFold((text, id) -> replaceAll(text, concat('"', id, '"'), '""'), {ids:Array(String)}, ${column})
           WHERE ${where} SETTINGS mutations_sync = 2`,
          { ids },
        );
      }
      return removed;
    },
  };
}
