import { z } from 'zod';
import { type CopiedProperties, OBJECT_TYPES, type ObjectType } from '../domain/crm.ts';
import type { CrmChanges, CrmSource, RawRevenue } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { isSweepDue, type SweepFigures, sweep, sweepRecords } from './association-sweep.ts';
import { type Backfill, backfillUnderWay, beginBackfill, copyTypes, endBackfill, readWhole } from './backfill.ts';
import { copyMadeWith, saveCopyMadeWith, storedCopyMadeWith } from './copy-made-with.ts';
import { keepRevenue } from './keep-revenue.ts';
import { LAG_MS, SYNC_CURSORS } from './sync-cursors.ts';
import { fastLane, firstCursors, followedTypes, type LaneFigures, safeLane } from './sync-lanes.ts';

/** Which of an incremental sync's parts are wanted; `all` sweeps when a day has gone since the last sweep. */
export type SyncPart = 'all' | 'safe' | 'fast' | 'sweep';

export interface SyncOptions {
  readonly source: CrmSource;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly now: () => number;
  /** Reads everything from the start, even if an earlier sync was cut short half-way. */
  readonly full: boolean;
  readonly part?: SyncPart;
  /** The further properties that the source copies; everything is read once more when they are others than the copy was made with. */
  readonly copied?: CopiedProperties;
  /** How far the CRM's index may be behind; an hour unless given. */
  readonly lagMs?: number;
  readonly signal?: AbortSignal;
}

export interface SyncReport {
  /** Records in the store when the sync was done. */
  readonly counts: Readonly<Record<ObjectType, number>>;
  /** Records that this sync could not read. */
  readonly rejected: number;
  readonly calls: number;
  /** As the CRM last told it; null before everything has been copied once. */
  readonly revenue: RawRevenue | null;
  readonly seconds: number;
  /** Whether records were copied whole, rather than what had changed. */
  readonly backfilled: boolean;
  readonly lanes: readonly LaneFigures[];
  readonly sweep: SweepFigures | null;
}

/** Above so many deals their revenue is read again by sweeps and full syncs alone. */
const FEW_DEALS = 1_000;

const revenueSchema: z.ZodType<RawRevenue> = z.object({
  currency: z.string(),
  amount: z.string(),
  deals: z.number(),
  unconverted: z.array(z.object({ currency: z.string(), deals: z.number(), amount: z.string() })),
});

/**
 * Brings the store up to date with the CRM. The first time everything is copied, and one that is cut short goes on, when run
 * again, after the last rows that it had stored. From then on a source that can tell changes is asked for those alone, in a
 * fast and a safe lane, and swept for what these never show; a source that can only be read as a whole is read anew, which
 * changes nothing that has not changed. A copy that was made with other properties or columns than are wanted now is made
 * again, once, while the fast lane goes on.
 */
export async function sync(options: SyncOptions): Promise<SyncReport> {
  const { source, portal, now, part = 'all' } = options;
  const startedAt = now();
  const callsBefore = source.calls();
  await portal.crm.saveAccount(await source.account());
  const readable = await source.objectTypes();
  const types = OBJECT_TYPES.filter((type) => readable.includes(type));
  const backfill = await neededBackfill(options, types, startedAt);
  // The quick parts wait for the first copy, which another sync makes.
  const backfilled = backfill !== null && (part === 'all' || part === 'safe');
  let done: Done = { rejected: 0, lanes: [], sweep: null };
  if (backfilled) done = await copyAll(options, backfill, types);
  else if (backfill === null && source.changes !== null) done = await followChanges(options, source.changes, types);
  const revenue = await storedRevenue(portal);
  if (backfilled || done.lanes.some(({ lane }) => lane === 'fast')) {
    await portal.crm.saveCursor(SYNC_CURSORS.lastSync, String(startedAt));
  }
  const counts = await portal.crm.counts();
  const calls = source.calls() - callsBefore;
  return { ...done, counts, calls, revenue, seconds: (now() - startedAt) / 1000, backfilled };
}

type Done = Pick<SyncReport, 'rejected' | 'lanes' | 'sweep'>;

/** What has to be copied whole: what an earlier sync left half-done, what no lane follows yet, or all of it. */
async function neededBackfill(
  { source: { changes }, portal, full, copied = {}, part = 'all' }: SyncOptions,
  types: readonly ObjectType[],
  startedAt: number,
): Promise<Backfill | null> {
  const madeWith = copyMadeWith(copied);
  const whole: Backfill = { startedAt, types: [...types], madeWith };
  if (full || changes === null) {
    const underWay = full ? null : await resumable(portal, types, madeWith);
    return underWay ?? whole;
  }
  const wanted = types.filter((type) => changes.types.includes(type));
  const followed = await followedTypes(portal, wanted);
  const isFollowed = followed.length === wanted.length;
  // A copy that is only made again is there meanwhile, for the quick parts to go on with.
  if (isFollowed && (part === 'fast' || part === 'sweep')) return null;
  const underWay = await backfillUnderWay(portal);
  if (underWay !== null) return (await resumable(portal, types, madeWith)) ?? whole;
  if (followed.length === 0) return whole;
  if ((await storedCopyMadeWith(portal)) !== madeWith) return whole;
  return isFollowed ? null : { ...whole, types: wanted.filter((type) => !followed.includes(type)) };
}

/** The backfill that an earlier sync left half-done, unless what it copied until then lacks something that is wanted now. */
async function resumable(
  portal: PortalStore,
  types: readonly ObjectType[],
  madeWith: string,
): Promise<Backfill | null> {
  const underWay = await backfillUnderWay(portal);
  if (underWay === null || underWay.madeWith !== madeWith) return null;
  return { ...underWay, types: underWay.types.filter((type) => types.includes(type)) };
}

async function copyAll(options: SyncOptions, backfill: Backfill, types: readonly ObjectType[]): Promise<Done> {
  const { source, portal, full } = options;
  const underWay = await backfillUnderWay(portal);
  // The one under way is gone on with only when it is the one that is needed.
  if (full || underWay === null || underWay.madeWith !== backfill.madeWith) await beginBackfill(portal, backfill);
  const isRepeated = (await portal.crm.cursor(SYNC_CURSORS.lastSync)) !== null;
  const { rejected, last: revenue } = await copyTypes(options, backfill.types, (signal) =>
    sumRevenue({ ...options, signal }),
  );
  if (source.changes !== null) {
    const followed = types.filter((type) => source.changes?.types.includes(type));
    // A list names the living alone: what the store has besides was archived.
    if (full || (isRepeated && backfill.types.length === types.length))
      await sweepRecords({ ...options, changes: source.changes }, followed);
    const started = followed.filter((type) => backfill.types.includes(type));
    await portal.crm.saveCursors({
      ...firstCursors(started, backfill.startedAt),
      // Associations came along with their records.
      ...(backfill.types.length === types.length && {
        [SYNC_CURSORS.lastSweep]: String(backfill.startedAt),
        [SYNC_CURSORS.sweep]: null,
      }),
    });
  }
  // Compared with the store only now that it has all the deals.
  await keepRevenue(portal, revenue.raw, revenue.at);
  if (backfill.types.length === types.length) await saveCopyMadeWith(portal, copyMadeWith(options.copied ?? {}));
  await endBackfill(portal);
  return { rejected, lanes: [], sweep: null };
}

async function followChanges(options: SyncOptions, changes: CrmChanges, types: readonly ObjectType[]): Promise<Done> {
  const { portal, now, part = 'all', lagMs = LAG_MS } = options;
  const followed = types.filter((type) => changes.types.includes(type));
  const lanes: LaneFigures[] = [];
  let rejected = 0;
  if (part === 'all' || part === 'safe') {
    const others = types.filter((type) => !changes.types.includes(type));
    rejected += await readWhole(options, others);
    lanes.push(await safeLane({ ...options, changes, lagMs }, followed));
  }
  if (part === 'all' || part === 'fast') lanes.push(await fastLane({ ...options, changes }, followed));
  const isSwept = part === 'sweep' || (part === 'all' && (await isSweepDue(portal, now())));
  const swept = isSwept ? await sweep({ ...options, changes }, followed) : null;
  const hasNewDeals = lanes.some(({ records }) => (records.deals ?? 0) > 0);
  const hasFewDeals = async () => (await portal.crm.counts()).deals <= FEW_DEALS;
  if (isSwept || (part === 'all' && hasNewDeals && (await hasFewDeals()))) await readRevenue(options);
  rejected += lanes.reduce((sum, lane) => sum + lane.rejected, 0);
  return { rejected, lanes, sweep: swept };
}

async function storedRevenue(portal: PortalStore): Promise<RawRevenue | null> {
  const stored = await portal.crm.cursor(SYNC_CURSORS.rawRevenue);
  return stored === null ? null : (revenueSchema.safeParse(JSON.parse(stored)).data ?? null);
}

async function readRevenue(options: SyncOptions): Promise<void> {
  const { raw, at } = await sumRevenue(options);
  await keepRevenue(options.portal, raw, at);
}

async function sumRevenue({ source, progress, now, signal }: SyncOptions): Promise<{ raw: RawRevenue; at: number }> {
  progress.update({ en: 'revenue', zh: '收入' }, 0, null);
  const at = now();
  return { raw: await source.rawRevenue(signal === undefined ? {} : { signal }), at };
}
