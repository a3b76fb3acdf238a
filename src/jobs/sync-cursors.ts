/** Names under which a sync leaves what others read, and what it goes on from itself. */
export const SYNC_CURSORS = {
  /** Epoch milliseconds at which the last sync that brought everything up to date began. */
  lastSync: 'last-sync',
  /** The CRM's own won revenue, JSON of RawRevenue and of what it is compared with. */
  rawRevenue: 'raw-revenue',
  /** The backfill under way, JSON; none when there is none. */
  backfill: 'backfill',
  /** Which properties and columns the copy was made with, JSON. */
  madeWith: 'made-with',
  /** The sweep under way, JSON; none when there is none. */
  sweep: 'sweep',
  /** Epoch milliseconds at which the last sweep that ran through began. */
  lastSweep: 'last-sweep',
} as const;

/** How far windows reach back over one another: more than two clocks may differ by. */
export const OVERLAP_MS = 5 * 60_000;

/** How far the CRM's index may be behind. */
export const LAG_MS = 60 * 60_000;

/** Object types that are read at the same time: each one's own pages can only be asked for one after the other. */
export const TYPES_AT_ONCE = 4;
