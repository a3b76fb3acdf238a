import { createHash } from 'node:crypto';
import { OBJECT_TYPES } from '../domain/crm.ts';
import type { Portfolio } from '../domain/results.ts';
import type { PortalStore } from '../store/portal-store.ts';

/**
 * A hash of the data that a run reads and of how it reads it: equal data gives an equal fingerprint, however often it was synced
 * again.
 */
export async function dataFingerprint(portal: PortalStore, portfolio: Portfolio): Promise<string> {
  const { unit, timeZone, currency, asOf, seed, horizonDays } = portfolio;
  // In this order, whatever order a stored one comes back in.
  const choice = { unit, timeZone, currency, asOf, seed, horizonDays };
  const hash = createHash('sha256').update(JSON.stringify(choice));
  for (const table of [...OBJECT_TYPES, 'associations']) {
    // As text, since the hash of a row with a missing value would itself be missing; `version` counts syncs.
    const [row] = await portal.query<{ rows: string; sum: string }>(
      `SELECT toString(count()) AS rows, toString(sum(cityHash64(toString(tuple(* EXCEPT (version, is_deleted)))))) AS sum
       FROM {db:Identifier}.${table} FINAL`,
    );
    hash.update(`${table}:${row?.rows ?? 0}:${row?.sum ?? 0}\n`);
  }
  return hash.digest('hex');
}
