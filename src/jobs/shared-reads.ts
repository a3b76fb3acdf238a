import type { PortalStore, QueryParameters } from '../store/portal-store.ts';

/** An answer of more rows is read again by whoever asks again: it would wait in memory for the end of the run. */
const MOST_ROWS = 200_000;
/** Rows that are handed out as copies; of more the copies take longer than asking. */
const MOST_OBJECTS = 1_000;

/**
 * The portal as the analyses of one run read it, one after the other: half of them begin with the same customers, purchases,
 * tickets. What was asked before is answered from memory, also where records have changed meanwhile, so that all of a run's
 * analyses see the same, until somebody is forgotten. What writes is the portal's own.
 */
export function withSharedReads(portal: PortalStore): PortalStore {
  const tables = new Map<string, Awaited<ReturnType<PortalStore['arrow']>>>();
  const texts = new Map<string, string>();
  let since = portal.erasures.stamp();
  /** Whether what is known, or was just read, is of before an erasure. */
  function isOutdated(): boolean {
    const now = portal.erasures.stamp();
    if (now === since) return false;
    since = now;
    tables.clear();
    texts.clear();
    return true;
  }
  return {
    ...portal,
    async arrow(sql, parameters) {
      isOutdated();
      const key = keyOf(sql, parameters);
      const known = tables.get(key);
      if (known !== undefined) return known;
      const table = await portal.arrow(sql, parameters);
      // What the engine needed for it would be there still while the next one is read.
      if (table.numRows > MOST_ROWS) await portal.freeMemory();
      if (!isOutdated() && table.numRows <= MOST_ROWS) tables.set(key, table);
      return table;
    },
    async query<Row>(sql: string, parameters?: QueryParameters): Promise<Row[]> {
      isOutdated();
      const key = keyOf(sql, parameters);
      const known = texts.get(key);
      // Written below, of the same statement.
      if (known !== undefined) return JSON.parse(known) as Row[];
      const rows = await portal.query<Row>(sql, parameters);
      if (!isOutdated() && rows.length <= MOST_OBJECTS) texts.set(key, JSON.stringify(rows));
      return rows;
    },
  };
}

function keyOf(sql: string, parameters: QueryParameters = {}): string {
  return `${sql}\n${JSON.stringify(parameters)}`;
}
