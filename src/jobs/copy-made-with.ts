import type { CopiedProperties } from '../domain/crm.ts';
import { COPY_FORMAT } from '../store/migrations/index.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { SYNC_CURSORS } from './sync-cursors.ts';

/**
 * What a copy of the CRM's records holds of each, as a text to compare: the properties that people named and the columns of
 * this version of Kith. Where it differs, records that have not changed since lack some, and no lane ever brings them.
 */
export function copyMadeWith(copied: CopiedProperties): string {
  const properties = Object.entries(copied).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ format: COPY_FORMAT, properties });
}

/** What the copy in the store was made with; null where none was made, or by a version of Kith that did not say. */
export function storedCopyMadeWith(portal: PortalStore): Promise<string | null> {
  return portal.crm.cursor(SYNC_CURSORS.madeWith);
}

export function saveCopyMadeWith(portal: PortalStore, madeWith: string): Promise<void> {
  return portal.crm.saveCursor(SYNC_CURSORS.madeWith, madeWith);
}
