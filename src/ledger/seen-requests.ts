import type { Instant } from '../domain/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';

export interface SeenRequests {
  /** Whether a request of this id is seen for the first time; a chat repeats what it thinks was not received. */
  firstTime(id: string): Promise<boolean>;
}

/** Chats repeat a request within minutes; what is older than the retention of requests goes from the store. */
const REMEMBERED = 10_000;

/** Request ids that were handled: in memory for the usual repeat, in the store for one after a restart. */
export function createSeenRequests(portal: PortalStore, now: () => Instant): SeenRequests {
  const recent = new Set<string>();
  return {
    async firstTime(id) {
      // Noted before the first await, so that two deliveries at once cannot both be the first.
      if (recent.has(id)) return false;
      recent.add(id);
      if (recent.size > REMEMBERED) {
        for (const oldest of recent) {
          recent.delete(oldest);
          break;
        }
      }
      const rows = await portal.query('SELECT 1 FROM {db:Identifier}.seen_requests WHERE id = {id:String} LIMIT 1', {
        id,
      });
      if (rows.length > 0) return false;
      await portal.insert('seen_requests', [{ id, at: new Date(now()).toISOString() }]);
      return true;
    },
  };
}
