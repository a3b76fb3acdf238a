import { z } from 'zod';
import type { Instant, ObjectType } from '../domain/crm.ts';
import { inParallel } from '../lib/in-parallel.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { mendDifferences } from './reconcile-mend.ts';
import { createSyncBuffer } from './sync-buffer.ts';
import { OVERLAP_MS, TYPES_AT_ONCE } from './sync-cursors.ts';

interface LaneOptions {
  readonly changes: CrmChanges;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
}

/** What one pass of a lane did. */
export interface LaneFigures {
  readonly lane: 'safe' | 'fast';
  /** Windows that were read to their end. */
  readonly windows: number;
  /** Records read, by type; types in which nothing had changed are absent. */
  readonly records: Readonly<Partial<Record<ObjectType, number>>>;
  readonly rejected: number;
}

const instant = z.number();
/** Everything up to `upTo` is in the store for good; of the window begun, everything up to `afterId`. */
const cursorSchema = z.object({
  upTo: instant,
  window: z.object({ from: instant, to: instant, afterId: z.string().nullable() }).nullable(),
});
type LaneCursor = z.infer<typeof cursorSchema>;
type Window = NonNullable<LaneCursor['window']>;

/** Records to an insert: what a lane that dies reads again. */
const RECORDS_PER_INSERT = 2_000;

/** Cursors with which the lanes follow these types, from the start of a backfill that ran through. */
export function firstCursors(types: readonly ObjectType[], startedAt: Instant): Readonly<Record<string, string>> {
  const cursor: LaneCursor = { upTo: startedAt - OVERLAP_MS, window: null };
  return Object.fromEntries(types.map((type) => [nameOf(type), JSON.stringify(cursor)]));
}

/** Of these types, those that a lane follows. */
export async function followedTypes(portal: PortalStore, types: readonly ObjectType[]): Promise<readonly ObjectType[]> {
  const followed: ObjectType[] = [];
  for (const type of types) if ((await cursorOf(portal, type)) !== null) followed.push(type);
  return followed;
}

/**
 * The lane that can be trusted: closed windows that end `lagMs` ago, when the CRM's index has seen everything in them, one
 * record after the other by id. It alone moves the cursor, and only once the rows before it are stored.
 */
export async function safeLane(
  options: LaneOptions & { lagMs: number },
  types: readonly ObjectType[],
): Promise<LaneFigures> {
  const { portal, now, lagMs } = options;
  const end = now() - lagMs;
  return runLane('safe', options, types, async (type, read) => {
    let cursor = await cursorOf(portal, type);
    while (cursor !== null && (cursor.window !== null || cursor.upTo < end)) {
      const { upTo } = cursor;
      const window: Window = cursor.window ?? { from: upTo, to: end, afterId: null };
      await read(window, (afterId) => saveCursor(portal, type, { upTo, window: { ...window, afterId } }));
      cursor = { upTo: window.to, window: null };
      await saveCursor(portal, type, cursor);
    }
  });
}

/** The lane that is quick: from before the cursor until now, as far as the CRM's index has come. It moves no cursor. */
export async function fastLane(options: LaneOptions, types: readonly ObjectType[]): Promise<LaneFigures> {
  const to = options.now();
  return runLane('fast', options, types, async (type, read) => {
    const cursor = await cursorOf(options.portal, type);
    if (cursor !== null) await read({ from: cursor.upTo - OVERLAP_MS, to, afterId: null }, async () => undefined);
  });
}

type ReadWindow = (window: Window, stored: (afterId: string) => Promise<void>) => Promise<void>;

async function runLane(
  lane: LaneFigures['lane'],
  options: LaneOptions,
  types: readonly ObjectType[],
  follow: (type: ObjectType, read: ReadWindow) => Promise<void>,
): Promise<LaneFigures> {
  const records: Partial<Record<ObjectType, number>> = {};
  let windows = 0;
  let rejected = 0;
  let done = 0;
  const step = { en: `${lane} lane`, zh: lane === 'fast' ? '快速通道' : '安全通道' };
  options.progress.update(step, 0, null);
  await inParallel(
    types,
    TYPES_AT_ONCE,
    (type, signal) =>
      follow(type, async (window, stored) => {
        const refused = await readWindow({ ...options, signal }, type, window, stored, (count) => {
          records[type] = (records[type] ?? 0) + count;
          done += count;
          options.progress.update(step, done, null);
        });
        rejected += refused;
        windows++;
      }),
    options.signal,
  );
  return { lane, windows, records, rejected };
}

/** Stores what changed in a window, and says after which id every row is in. Gives back how many records were rejected. */
async function readWindow(
  { changes, portal, signal }: LaneOptions,
  type: ObjectType,
  window: Window,
  stored: (afterId: string) => Promise<void>,
  told: (records: number) => void,
): Promise<number> {
  let rejected = 0;
  let buffer = createSyncBuffer(type);
  const store = async (): Promise<void> => {
    const full = buffer;
    buffer = createSyncBuffer(type);
    await full.store(portal);
    await bringBack(changes, portal, type, full.ids, signal);
    if (full.next != null) await stored(full.next);
  };
  const stop = signal === undefined ? {} : { signal };
  const from = window.afterId === null ? {} : { afterId: window.afterId };
  for await (const page of changes.modified(type, { from: window.from, to: window.to }, { ...from, ...stop })) {
    buffer.add(page);
    rejected += page.rejected.length;
    if (page.records.length > 0) told(page.records.length);
    if (buffer.rows >= RECORDS_PER_INSERT) await store();
    signal?.throwIfAborted();
  }
  await store();
  return rejected;
}

/** Changed records that the store holds as gone were restored, or the index is behind: reading them by id tells which. */
async function bringBack(
  changes: CrmChanges,
  portal: PortalStore,
  type: ObjectType,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (ids.length === 0) return;
  const gone = await portal.query<{ id: string }>(
    `SELECT id FROM {db:Identifier}.removals FINAL
     WHERE object_type = {type:String} AND reason IN ('archived', 'purged') AND id IN {ids:Array(String)}`,
    { type, ids },
  );
  if (gone.length === 0) return;
  const absent = gone.map(({ id }) => id);
  const stop = signal === undefined ? {} : { signal };
  await mendDifferences(
    { changes, portal, type, told: () => undefined, ...stop },
    { inCrm: absent.length, inStore: 0, absent, surplus: [], outdated: [] },
  );
}

async function cursorOf(portal: PortalStore, type: ObjectType): Promise<LaneCursor | null> {
  const saved = await portal.crm.cursor(nameOf(type));
  return saved === null ? null : (cursorSchema.safeParse(JSON.parse(saved)).data ?? null);
}

function saveCursor(portal: PortalStore, type: ObjectType, cursor: LaneCursor): Promise<void> {
  return portal.crm.saveCursor(nameOf(type), JSON.stringify(cursor));
}

function nameOf(type: ObjectType): string {
  return `lane/${type}`;
}
