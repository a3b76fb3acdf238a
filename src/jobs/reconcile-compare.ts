import type { ObjectType } from '../domain/crm.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

export interface IdDifferences {
  readonly inCrm: number;
  readonly inStore: number;
  /** Live in the CRM and not in the store. */
  readonly absent: readonly string[];
  /** Live in the store and not in the CRM. */
  readonly surplus: readonly string[];
}

/**
 * Compares the ids of all live records of a type. The store's are held once, and the CRM's pages are ticked off in them, so
 * that a million ids are some hundred megabytes and nothing is sorted. An id that is listed twice counts once.
 */
export async function compareIds(
  changes: CrmChanges,
  portal: PortalStore,
  type: ObjectType,
  told: (seen: number) => void,
  signal?: AbortSignal,
): Promise<IdDifferences> {
  const isInCrm = new Map<string, boolean>();
  for (const id of await portal.crm.liveIds(type)) isInCrm.set(id, false);
  const absent = new Set<string>();
  let matched = 0;
  for await (const page of changes.ids(type, 'live', signal)) {
    for (const id of page) {
      const known = isInCrm.get(id);
      if (known === undefined) absent.add(id);
      else if (!known) {
        isInCrm.set(id, true);
        matched++;
      }
    }
    told(matched + absent.size);
    signal?.throwIfAborted();
  }
  const surplus: string[] = [];
  for (const [id, isThere] of isInCrm) if (!isThere) surplus.push(id);
  return { inCrm: matched + absent.size, inStore: isInCrm.size, absent: [...absent], surplus };
}
