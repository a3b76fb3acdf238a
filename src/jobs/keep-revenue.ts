import type { Instant } from '../domain/crm.ts';
import { storedRevenue } from '../features/reconciliation.ts';
import type { RawRevenue } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { SYNC_CURSORS } from './sync-cursors.ts';

/**
 * Keeps the CRM's own won revenue with the instant at which its summing began and what the store's deals came to by then, so
 * that deals which change later are not taken for a difference between the two. Gives back how the two compare.
 */
export async function keepRevenue(
  portal: PortalStore,
  raw: RawRevenue,
  at: Instant,
): Promise<Awaited<ReturnType<typeof storedRevenue>>> {
  const stored = await storedRevenue(portal, raw);
  const taken = { at, inStore: stored.inStore, deals: stored.deals };
  await portal.crm.saveCursor(SYNC_CURSORS.rawRevenue, JSON.stringify({ ...raw, taken }));
  return stored;
}
