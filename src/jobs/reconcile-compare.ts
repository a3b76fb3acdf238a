import type { Instant, ObjectType } from '../domain/crm.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { readStoredIds } from './stored-ids.ts';

export interface IdDifferences {
  readonly inCrm: number;
  readonly inStore: number;
  /** Live in the CRM and not in the store. */
  readonly absent: readonly string[];
  /** Live in the store and not in the CRM. */
  readonly surplus: readonly string[];
  /** Live in both, and to be read again: changed in the CRM since the store's row, or in quarantine. */
  readonly outdated: readonly string[];
}

/**
 * Compares the ids of all live records of a type, and the instants of their last changes. The store's are held once, in typed
 * arrays, and the CRM's pages are ticked off in them, so that a million records are some ten megabytes. An id that is listed twice
 * counts once. A change after `unchangedSince` is left to the lanes, which have not been over it yet.
 */
export async function compareIds(
  changes: CrmChanges,
  portal: PortalStore,
  type: ObjectType,
  unchangedSince: Instant,
  told: (seen: number) => void,
  signal?: AbortSignal,
): Promise<IdDifferences> {
  const stored = await readStoredIds(portal, type);
  const isInCrm = new Uint8Array(stored.size);
  const quarantined = new Set(
    (await portal.crm.rejects()).flatMap(({ objectType, recordId }) => (objectType === type ? recordId : [])),
  );
  const absent = new Set<string>();
  const outdated: string[] = [];
  let matched = 0;
  for await (const page of changes.ids(type, 'live', signal)) {
    for (const { id, updatedAt: changedAt } of page) {
      const position = stored.positionOf(id);
      if (position === -1) absent.add(id);
      else if (isInCrm[position] === 0) {
        isInCrm[position] = 1;
        matched++;
        const isOlder = changedAt !== null && stored.updatedAt[position]! < changedAt && changedAt <= unchangedSince;
        if (isOlder || quarantined.has(id)) outdated.push(id);
      }
    }
    told(matched + absent.size);
    signal?.throwIfAborted();
  }
  const surplus: string[] = [];
  for (let at = isInCrm.indexOf(0); at !== -1; at = isInCrm.indexOf(0, at + 1)) surplus.push(stored.idOf(at));
  return { inCrm: matched + absent.size, inStore: stored.size, absent: [...absent], surplus, outdated };
}
