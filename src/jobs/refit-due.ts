import type { PortalStore } from '../store/portal-store.ts';

const CURSOR = 'refit-after-erasure';

/** Somebody was forgotten whom models have seen: the next run of all analyses uses nothing that was fitted before. */
export async function askForRefit(portal: PortalStore, erasedAt: string): Promise<void> {
  await portal.crm.saveCursor(CURSOR, erasedAt);
}

/** When the last such erasure was; null when every model is newer. */
export function refitDue(portal: PortalStore): Promise<string | null> {
  return portal.crm.cursor(CURSOR);
}

/** Not when somebody else was forgotten while the run went on. */
export async function refitDone(portal: PortalStore, due: string): Promise<void> {
  if ((await refitDue(portal)) === due) await portal.crm.saveCursor(CURSOR, null);
}
