import { z } from 'zod';
import { OBJECT_TYPES, type ObjectType } from '../domain/crm.ts';
import type { CrmSource, RawRevenue } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSyncBuffer, type SyncBuffer } from './sync-buffer.ts';

interface SyncOptions {
  readonly source: CrmSource;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly now: () => number;
  /** Reads everything from the start, even if an earlier sync was cut short half-way. */
  readonly full: boolean;
  readonly signal?: AbortSignal;
}

export interface SyncReport {
  /** Records in the store when the sync was done. */
  readonly counts: Readonly<Record<ObjectType, number>>;
  /** Records that this sync could not read. */
  readonly rejected: number;
  readonly calls: number;
  readonly revenue: RawRevenue;
  readonly seconds: number;
}

/** Names under which a sync leaves what others read. */
const SYNC_CURSORS = {
  /** Epoch milliseconds at which the last complete sync began. */
  lastSync: 'last-sync',
  /** The CRM's own won revenue, JSON of RawRevenue. */
  rawRevenue: 'raw-revenue',
} as const;

/** Where a type's backfill stands: every row up to `after` is in the store. */
const checkpointSchema = z.object({ after: z.string().nullable(), isDone: z.boolean() });
type Checkpoint = z.infer<typeof checkpointSchema>;
const START: Checkpoint = { after: null, isDone: false };

/** Rows to an insert: the store likes few and large ones. */
const ROWS_PER_INSERT = 20_000;

/**
 * Copies every record of the CRM into the store. A sync that is cut short goes on, when run again, after the last rows that
 * it had stored; one that ran through reads everything anew next time, which changes nothing that has not changed.
 */
export async function sync(options: SyncOptions): Promise<SyncReport> {
  const { source, portal, now, signal } = options;
  const startedAt = now();
  const callsBefore = source.calls();
  await portal.crm.saveAccount(await source.account());
  const readable = await source.objectTypes();
  const types = OBJECT_TYPES.filter((type) => readable.includes(type));
  let rejected = 0;
  for (const type of types) {
    const checkpoint = options.full ? START : await readCheckpoint(portal, type);
    if (!checkpoint.isDone) {
      rejected += await copyType(options, type, checkpoint);
    }
  }
  options.progress.update('revenue', 0, null);
  const revenue = await source.rawRevenue(signal === undefined ? {} : { signal });
  await portal.crm.saveCursor(SYNC_CURSORS.rawRevenue, JSON.stringify(revenue));
  await portal.crm.saveCursor(SYNC_CURSORS.lastSync, String(startedAt));
  for (const type of types) {
    await portal.crm.saveCursor(cursorOf(type), null);
  }
  const counts = await portal.crm.counts();
  return { counts, rejected, calls: source.calls() - callsBefore, revenue, seconds: (now() - startedAt) / 1000 };
}

/** Reads pages on while the rows before them are being stored. Gives back how many records were rejected. */
async function copyType(options: SyncOptions, type: ObjectType, from: Checkpoint): Promise<number> {
  const { source, portal, progress, signal } = options;
  const step = type.replace('_', ' ');
  let done = 0;
  let rejected = 0;
  let buffer: SyncBuffer = createSyncBuffer(type);
  let storing: Promise<void> = Promise.resolve();
  const store = async () => {
    const full = buffer;
    buffer = createSyncBuffer(type);
    await storing;
    storing = full.store(portal).then(async () => {
      const { next } = full;
      if (next !== undefined) {
        await portal.crm.saveCursor(
          cursorOf(type),
          JSON.stringify({ after: next, isDone: next === null } satisfies Checkpoint),
        );
      }
    });
    // Awaited before the next insert; until then a failure is no unhandled rejection.
    storing.catch(() => undefined);
  };
  progress.update(step, 0, null);
  try {
    for await (const page of source.read(type, readOptions(from.after, signal))) {
      buffer.add(page);
      done += page.records.length;
      rejected += page.rejected.length;
      progress.update(step, done, page.total === null ? null : Math.max(page.total, done));
      if (buffer.rows >= ROWS_PER_INSERT) {
        await store();
      }
      signal?.throwIfAborted();
    }
  } finally {
    // What was read before a failure is kept too, so that the next sync goes on from there.
    await store();
    await storing;
  }
  progress.update(step, done, done);
  return rejected;
}

function readOptions(after: string | null, signal: AbortSignal | undefined): { after?: string; signal?: AbortSignal } {
  return { ...(after === null ? {} : { after }), ...(signal === undefined ? {} : { signal }) };
}

async function readCheckpoint(portal: PortalStore, type: ObjectType): Promise<Checkpoint> {
  const saved = await portal.crm.cursor(cursorOf(type));
  return saved === null ? START : (checkpointSchema.safeParse(JSON.parse(saved)).data ?? START);
}

function cursorOf(type: ObjectType): string {
  return `backfill/${type}`;
}
