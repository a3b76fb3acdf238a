import type { PortalStore, QueryParameters } from '../store/portal-store.ts';

/** What is put before the tables' names: nothing for a run's. */
export type DerivedPrefix = '' | 'rescore_';

/**
 * For joins of tables that are as large as each other: in the order of their keys, in files from so many bytes on, few enough for an
 * engine that may take 512 MB. A hash table takes twice the memory, and where it goes on in files twice the time.
 */
export const JOINED_IN_ORDER = `SETTINGS join_algorithm = 'partial_merge', max_bytes_in_join = 25000000`;
/** Where both sides come sorted from grouping, or nearly so: sorted once more and merged. */
export const JOINED_SORTED = `SETTINGS join_algorithm = 'full_sorting_merge'`;

/** Fills a table of the run's anew; it is built aside and exchanged, so that a reader sees the old or the new one whole. */
export async function rebuild(
  portal: PortalStore,
  name: string,
  columns: string,
  order: string,
  select: string,
  parameters: QueryParameters,
): Promise<void> {
  const define = (table: string) =>
    portal.command(
      `CREATE TABLE IF NOT EXISTS {db:Identifier}.${table} (${columns}) ENGINE = MergeTree ORDER BY (${order})`,
    );
  // What a run that died half-way left behind.
  await portal.command(`DROP TABLE IF EXISTS {db:Identifier}.${name}_next SYNC`);
  await define(`${name}_next`);
  await define(name);
  await portal.command(`INSERT INTO {db:Identifier}.${name}_next ${select}`, parameters);
  await portal.command(`EXCHANGE TABLES {db:Identifier}.${name}_next AND {db:Identifier}.${name}`);
  await portal.command(`DROP TABLE {db:Identifier}.${name}_next SYNC`);
}
