import type { Instant } from '../domain/crm.ts';
import { messageOf } from '../lib/errors.ts';
import { prepareDataFolder } from '../store/data-folder.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { SYNC_CURSORS } from './sync-cursors.ts';

/** A store that has not answered by then does not answer. */
const ANSWERS_WITHIN_MS = 5_000;
/** The schedules copy several times an hour; a portal that is copied once a day is still well. */
const SYNC_WITHIN_MS = 26 * 60 * 60 * 1000;

/**
 * Whether Kith could do its work now: the store answers, the data folder takes a file, and the copy of the CRM is not older than
 * a day. The reason is one sentence for whoever is on call; it holds no path of a record and no value.
 */
export async function readiness(options: {
  readonly portal: PortalStore;
  readonly dataDir: string;
  readonly now: () => Instant;
  /** A portal of files is read when somebody says so. */
  readonly isCopiedBySchedule: boolean;
  readonly answersWithinMs?: number;
}): Promise<{ readonly ok: boolean; readonly reason: string }> {
  const { portal, dataDir, now, isCopiedBySchedule, answersWithinMs = ANSWERS_WITHIN_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  try {
    await prepareDataFolder(dataDir);
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), answersWithinMs);
    });
    const last = await Promise.race([portal.crm.cursor(SYNC_CURSORS.lastSync), late]);
    if (last === 'late') return { ok: false, reason: `the store has not answered for ${answersWithinMs / 1000} s` };
    const age = now() - Number(last ?? 0);
    if (!isCopiedBySchedule || age <= SYNC_WITHIN_MS) return { ok: true, reason: '' };
    const since = last === null ? 'there is no sync yet' : `the last sync was ${Math.floor(age / 3_600_000)} hours ago`;
    return { ok: false, reason: since };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
