import { OBJECT_TYPES } from '../domain/crm.ts';
import type { Database } from './database.ts';

/** Tables whose `version` or `seq` comes from the one ingestion sequence. */
const VERSIONED = [
  ...OBJECT_TYPES,
  'account',
  'cursors',
  'identities',
  'associations',
  'rejects',
  'runs',
  'aliases',
  'removals',
  'tombstone_keys',
  'opt_outs',
];

export interface Sequence {
  /** Greater than every number given before, also before a restart. */
  next(): number;
}

/** The ingestion sequence of a portal: it goes on from the greatest version stored, so no clock can turn it back. */
export async function openSequence(database: Database): Promise<Sequence> {
  const sql = VERSIONED.map((table) => `SELECT max(version) AS newest FROM {db:Identifier}.${table}`).join(
    ' UNION ALL ',
  );
  const rows = await database.query<{ newest: string }>(sql);
  let last = Math.max(0, ...rows.map(({ newest }) => Number(newest)));
  return { next: () => ++last };
}
