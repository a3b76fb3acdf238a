import { createHash } from 'node:crypto';
import { OBJECT_TYPES } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/** Tables that are hashed beside one another: of the large ones no more than two, for each takes memory of its own. */
const BESIDE: readonly (readonly string[])[] = [
  ['line_items', 'associations'],
  ['deals', 'engagements'],
  ['owners', 'pipelines', 'companies', 'contacts', 'products', 'tickets'],
];

/** What the tables hold: how many rows, and a sum of their hashes. It does not depend on their order, nor on how often they were synced. */
export async function tableSums(portal: PortalStore): Promise<string> {
  const lines = new Map<string, string>();
  for (const tables of BESIDE) {
    // As text, since the hash of a row with a missing value would itself be missing; `version` counts syncs.
    const sums = tables.map(
      (table) => `SELECT '${table}' AS name, toString(count()) AS rows,
         toString(sum(cityHash64(toString(tuple(* EXCEPT (version, is_deleted)))))) AS sum
       FROM {db:Identifier}.${table} FINAL`,
    );
    const rows = await portal.query<{ name: string; rows: string; sum: string }>(sums.join('\nUNION ALL\n'));
    for (const { name, rows: count, sum } of rows) lines.set(name, `${name}:${count}:${sum}\n`);
  }
  return [...OBJECT_TYPES, 'associations'].map((table) => lines.get(table) ?? '').join('');
}

/**
 * A hash of the data that a run reads and of how it reads it: equal data gives an equal fingerprint, however often it was synced
 * again. `sums` are `tableSums`.
 */
export function dataFingerprint(portfolio: Portfolio, sums: string): string {
  const { unit, timeZone, currency, asOf, seed, horizonDays } = portfolio;
  // In this order, whatever order a stored one comes back in.
  const choice = { unit, timeZone, currency, asOf, seed, horizonDays };
  return createHash('sha256').update(JSON.stringify(choice)).update(sums).digest('hex');
}
