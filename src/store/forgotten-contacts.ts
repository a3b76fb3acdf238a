import type { Database } from './database.ts';
import type { Tombstones } from './tombstones.ts';

/** How to forget contacts, and how to forget what was made of them. */
export interface ForgottenContacts {
  /** Scores, features, findings and draws alone: the contacts stay. */
  dropProfiles(contactIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** Tombstones first, then removes every row, those that say who it is last; what was removed, by table. */
  forget(contactIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** How many rows that would be, by table. */
  count(contactIds: readonly string[]): Promise<Readonly<Record<string, number>>>;
}

// Customer ids are contact ids only in runs whose customers are contacts; elsewhere a company may have the same number.
const OF_CONTACT_RUNS = `customer_id IN {ids:Array(String)} AND run_id IN (
  SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact')`;
const OF_CONTACT_PORTAL = `customer_id IN {ids:Array(String)} AND (
  SELECT JSONExtractString(argMax(portfolio, id), 'unit') FROM {db:Identifier}.runs WHERE kind = 'current') = 'contact'`;

type Place = readonly [table: string, where: string];

/** What was made of a contact. */
const PROFILES: readonly Place[] = [
  ['scores', OF_CONTACT_RUNS],
  ['rescored', OF_CONTACT_RUNS],
  ['matrices', OF_CONTACT_RUNS],
  ['findings', OF_CONTACT_PORTAL],
  ['playbook_assignments', `unit = 'contact' AND customer_id IN {ids:Array(String)}`],
];

/** What else tells of a contact, and what was written about one. */
const TRACES: readonly Place[] = [
  ['write_backs', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
  [
    'associations',
    `(from_type = 'contacts' AND from_id IN {ids:Array(String)}) OR (to_type = 'contacts' AND to_id IN {ids:Array(String)})`,
  ],
  ['rejects', `object_type = 'contacts' AND record_id IN {ids:Array(String)}`],
  ['opt_outs', 'contact_id IN {ids:Array(String)}'],
];

/**
 * What says who a contact is. It goes last: an erasure that was broken off is asked for again by an e-mail, an id or the CRM's own hint,
 * and must find the same person with all former ids.
 */
const WHO: readonly Place[] = [
  ['removals', `object_type = 'contacts' AND id IN {ids:Array(String)}`],
  ['aliases', `object_type = 'contacts' AND (old_id IN {ids:Array(String)} OR new_id IN {ids:Array(String)})`],
  ['contacts', 'id IN {ids:Array(String)}'],
  ['identities', 'contact_id IN {ids:Array(String)}'],
  ['hints', `object_type = 'contacts' AND id IN {ids:Array(String)}`],
];

/** Every table in which a contact can be, with the rows that are theirs. */
const PLACES: readonly Place[] = [...PROFILES, ...TRACES, ...WHO];

/** What a run derives from the records, where contacts are the customers; they are absent before the first run. */
const DERIVED: readonly (readonly [table: string, column: string])[] = ['', 'rescore_'].flatMap((prefix) => [
  [`${prefix}customers`, 'id'] as const,
  [`${prefix}won_deals`, 'customer_id'] as const,
  [`${prefix}product_lines`, 'customer'] as const,
]);

/**
 * Texts of runs over contacts that list customers by id: what the models keep from run to run, and the tiers that people gave.
 * An empty id stands there afterwards, so that positions keep their meaning.
 */
const TEXTS: readonly (readonly [table: string, column: string, ofContactRuns: string])[] = [
  ['results', 'model', `position(model, '"customerIds"') > 0 AND run_id`],
  ['runs', 'settings', 'id'],
];

export function createForgottenContacts(database: Database, tombstones: Tombstones): ForgottenContacts {
  async function countIn(table: string, where: string, ids: readonly string[]): Promise<number> {
    const [row] = await database.query<{ n: string }>(
      `SELECT count() AS n FROM {db:Identifier}.${table} WHERE ${where}`,
      { ids },
    );
    return Number(row?.n ?? 0);
  }

  async function removeFrom(places: readonly Place[], ids: readonly string[]): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const [table, where] of places) {
      removed[table] = await countIn(table, where, ids);
      if (removed[table] === 0) continue;
      // A mutation rewrites the parts, so that the rows are gone from the disk and not only hidden.
      await database.command(`ALTER TABLE {db:Identifier}.${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`, {
        ids,
      });
    }
    return removed;
  }

  async function blankTexts(ids: readonly string[]): Promise<void> {
    for (const [table, column, run] of TEXTS) {
      const where = `${run} IN (SELECT id FROM {db:Identifier}.runs FINAL WHERE JSONExtractString(portfolio, 'unit') = 'contact')
        AND arrayExists(id -> position(${column}, concat('"', id, '"')) > 0, {ids:Array(String)})`;
      if ((await countIn(table, where, ids)) === 0) continue;
      await database.command(
        `ALTER TABLE {db:Identifier}.${table} UPDATE ${column} =
           arrayFold((text, id) -> replaceAll(text, concat('"', id, '"'), '""'), {ids:Array(String)}, ${column})
         WHERE ${where} SETTINGS mutations_sync = 2`,
        { ids },
      );
    }
  }

  /** Positions in them keep their meaning: the customer is nobody from now on. */
  async function blankDerived(ids: readonly string[]): Promise<void> {
    const present = await database.query<{ name: string }>(
      'SELECT name FROM system.tables WHERE database = {name:String}',
      { name: database.name },
    );
    const names = new Set(present.map(({ name }) => name));
    for (const [table, column] of DERIVED) {
      if (!names.has(table)) continue;
      const where = `${column} IN {ids:Array(String)} AND (
        SELECT JSONExtractString(argMax(portfolio, id), 'unit') FROM {db:Identifier}.runs WHERE kind = 'current') = 'contact'`;
      if ((await countIn(table, where, ids)) === 0) continue;
      const change = column === 'id' ? `UPDATE id = ''` : 'DELETE';
      await database.command(
        `ALTER TABLE {db:Identifier}.${table} ${change} WHERE ${where} SETTINGS mutations_sync = 2`,
        {
          ids,
        },
      );
    }
  }

  return {
    async count(ids) {
      const rows: Record<string, number> = {};
      for (const [table, where] of PLACES) rows[table] = await countIn(table, where, ids);
      return rows;
    },

    async dropProfiles(ids) {
      if (ids.length === 0) return {};
      const removed = await removeFrom(PROFILES, ids);
      await blankTexts(ids);
      return removed;
    },

    async forget(contactIds) {
      if (contactIds.length === 0) return {};
      const ids = [...new Set(contactIds)];
      // First, so that nothing that syncs meanwhile brings them back.
      await tombstones.add(ids);
      const profiles = await removeFrom(PROFILES, ids);
      await blankTexts(ids);
      await blankDerived(ids);
      return { ...profiles, ...(await removeFrom(TRACES, ids)), ...(await removeFrom(WHO, ids)) };
    },
  };
}
