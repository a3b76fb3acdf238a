import { z } from 'zod';
import { RECORD_NAMES } from '../analyses/record-names.ts';
import { OBJECT_TYPES, type ObjectType } from '../domain/crm.ts';
import { inParallel } from '../lib/in-parallel.ts';
import type { CrmSource } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { createSyncBuffer, type SyncBuffer } from './sync-buffer.ts';
import { SYNC_CURSORS, TYPES_AT_ONCE } from './sync-cursors.ts';

interface CopyOptions {
  readonly source: CrmSource;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Where a type's backfill stands: every row up to `after` is in the store. */
const checkpointSchema = z.object({ after: z.string().nullable(), isDone: z.boolean() });
type Checkpoint = z.infer<typeof checkpointSchema>;
const START: Checkpoint = { after: null, isDone: false };

/** A backfill under way: when it first began, whatever it was cut short by since, and what it copies. */
const backfillSchema = z.object({
  startedAt: z.number(),
  types: z.array(z.enum(OBJECT_TYPES as [ObjectType, ...ObjectType[]])), // it has nine
  /** What is copied of each record; absent in one that an older Kith began. */
  madeWith: z.string().optional(),
});
export type Backfill = z.infer<typeof backfillSchema>;

/** Rows to an insert of a type that is read alone: the store likes few and large ones. */
const ROWS_OF_ONE = 15_000;
/** Of several read at once, each of which holds as many again while they are written: this bounds what a copy of any size holds. */
const ROWS_OF_EACH = 400;

export async function backfillUnderWay(portal: PortalStore): Promise<Backfill | null> {
  const saved = await portal.crm.cursor(SYNC_CURSORS.backfill);
  return saved === null ? null : (backfillSchema.safeParse(JSON.parse(saved)).data ?? null);
}

export async function beginBackfill(portal: PortalStore, backfill: Backfill): Promise<Backfill> {
  const cleared = Object.fromEntries(backfill.types.map((type) => [cursorOf(type), null]));
  await portal.crm.saveCursors({ ...cleared, [SYNC_CURSORS.backfill]: JSON.stringify(backfill) });
  return backfill;
}

/** The types' own checkpoints stay: nobody reads them without a backfill under way, and the next one begins by clearing them. */
export async function endBackfill(portal: PortalStore): Promise<void> {
  await portal.crm.saveCursor(SYNC_CURSORS.backfill, null);
}

/**
 * Copies what is left of these types, what others refer to first. A source over the network is asked for several types at
 * once; files are read one after the other. `last` is begun when a place is free after all the types have begun, so that the
 * calls of both fill up what the source allows to the end. Gives back how many records were rejected, and what `last` gave.
 */
export async function copyTypes<Last>(
  options: CopyOptions,
  types: readonly ObjectType[],
  last: (signal: AbortSignal) => Promise<Last>,
): Promise<{ rejected: number; last: Last }> {
  const atOnce = options.source.changes === null ? 1 : TYPES_AT_ONCE;
  // Of types that are read one after the other the next is read while the last rows of the one before are stored.
  const shared = atOnce === 1 ? createStoreQueue() : null;
  const isFirst = (type: ObjectType): boolean => type === 'owners' || type === 'pipelines';
  const report = atOnce === 1 ? eachType(options.progress) : allTypes(options.progress, types);
  let rejected = 0;
  const copy = async (type: ObjectType, signal: AbortSignal): Promise<void> => {
    const from = await readCheckpoint(options.portal, type);
    if (from.isDone) return;
    const queue = shared ?? createStoreQueue();
    try {
      rejected += await copyType({ ...options, signal, report, atOnce, queue }, type, from);
    } finally {
      if (shared === null) await queue.done();
    }
  };
  const given: Last[] = [];
  try {
    await inParallel(types.filter(isFirst), atOnce, copy, options.signal);
    const tasks = types.filter((type) => !isFirst(type)).map((type) => (signal: AbortSignal) => copy(type, signal));
    tasks.push(async (signal) => {
      given.push(await last(signal));
    });
    await inParallel(tasks, atOnce, (task, signal) => task(signal), options.signal);
  } catch (error) {
    // What was read is stored, whatever came after it; why that may have failed too is not what happened first.
    await shared?.done().catch(() => undefined);
    throw error;
  }
  await shared?.done();
  return { rejected, last: given[0]! }; // every task has run
}

/** Reads types anew that are small and tell no changes. Gives back how many records were rejected. */
export async function readWhole(options: CopyOptions, types: readonly ObjectType[]): Promise<number> {
  let rejected = 0;
  for (const type of types) {
    const buffer = createSyncBuffer(type);
    for await (const page of options.source.read(type, readOptions(null, options.signal))) {
      buffer.add(page);
      rejected += page.rejected.length;
    }
    await options.portal.crm.clearRejects(type);
    await buffer.store(options.portal);
  }
  return rejected;
}

type Report = (type: ObjectType, done: number, total: number | null) => void;

/** One bar after the other. */
function eachType(progress: Progress): Report {
  return (type, done, total) => progress.update(RECORD_NAMES[type], done, total);
}

/** One bar over all of them, which knows its end once every type has told its own. */
function allTypes(progress: Progress, types: readonly ObjectType[]): Report {
  const told = new Map<ObjectType, { done: number; total: number | null }>();
  return (type, done, total) => {
    told.set(type, { done, total });
    const all = [...told.values()];
    const isKnown = told.size === types.length && all.every((one) => one.total !== null);
    progress.update(
      { en: 'records', zh: '记录' },
      all.reduce((sum, one) => sum + one.done, 0),
      isKnown ? all.reduce((sum, one) => sum + (one.total ?? 0), 0) : null,
    );
  };
}

/** Stores two batches beside one another, so that one is made ready while the engine has the other. */
interface StoreQueue {
  /**
   * Begins to store once the one before the last is stored, and then resolves. `save` follows once this one and all before it are
   * stored. Fails as any of those before it did.
   */
  add(store: () => Promise<void>, save: () => Promise<void>): Promise<void>;
  /** Everything is stored and saved, or nothing goes on any more; fails as the first did. */
  done(): Promise<void>;
}

function createStoreQueue(): StoreQueue {
  let oneBefore: Promise<void> = Promise.resolve();
  let last: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | null = null;
  return {
    async add(store, save) {
      await oneBefore;
      if (failure !== null) throw failure.error;
      const [before, stored] = [last, store()];
      oneBefore = before;
      last = (async () => {
        await Promise.allSettled([before, stored]);
        await before;
        await stored;
        await save();
      })();
      // Met by the next one, or by the end; until then it is no unhandled rejection.
      last.catch((error: unknown) => {
        failure ??= { error };
      });
    },
    done: () => last,
  };
}

/**
 * Reads pages on while the rows before them are being stored. Gives back how many records were rejected, once all is read and the last
 * rows are in the queue.
 */
async function copyType(
  {
    source,
    portal,
    signal,
    report,
    atOnce,
    queue,
  }: CopyOptions & { report: Report; atOnce: number; queue: StoreQueue },
  type: ObjectType,
  from: Checkpoint,
): Promise<number> {
  let done = 0;
  let rejected = 0;
  let buffer: SyncBuffer = createSyncBuffer(type);
  const store = async () => {
    const full = buffer;
    buffer = createSyncBuffer(type);
    await queue.add(
      () => full.store(portal),
      async () => {
        const { next } = full;
        if (next === undefined) return;
        const checkpoint = { after: next, isDone: next === null } satisfies Checkpoint;
        await portal.crm.saveCursor(cursorOf(type), JSON.stringify(checkpoint));
      },
    );
    // Noted before the next ones are looked at: a record that was set aside may be read well among them.
    if (full.rejected > 0) await queue.done();
  };
  report(type, 0, null);
  // Whatever is still unreadable goes into quarantine again.
  if (from.after === null) await portal.crm.clearRejects(type);
  try {
    for await (const page of source.read(type, readOptions(from.after, signal))) {
      buffer.add(page);
      done += page.records.length;
      rejected += page.rejected.length;
      report(type, done, page.total === null ? null : Math.max(page.total, done));
      if (buffer.rows >= (atOnce === 1 ? ROWS_OF_ONE : ROWS_OF_EACH)) {
        await store();
      }
      signal?.throwIfAborted();
    }
  } finally {
    // What was read before a failure is kept too, so that the next sync goes on from there.
    await store();
  }
  report(type, done, done);
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
