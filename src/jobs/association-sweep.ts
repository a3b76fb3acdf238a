import { z } from 'zod';
import { RECORD_NAMES } from '../analyses/record-names.ts';
import { ASSOCIATION_TYPES, type Association, type Instant, type ObjectType } from '../domain/crm.ts';
import type { CrmChanges } from '../ports/crm.ts';
import type { Progress } from '../ports/job-runner.ts';
import type { PortalStore } from '../store/portal-store.ts';
import { mendDifferences } from './reconcile-mend.ts';
import { SYNC_CURSORS } from './sync-cursors.ts';

interface SweepOptions {
  readonly changes: CrmChanges;
  readonly portal: PortalStore;
  readonly progress: Progress;
  readonly now: () => Instant;
  readonly signal?: AbortSignal;
}

const figuresSchema = z.object({
  /** Links that the store had and the CRM no more, or the other way round, or that changed being the primary one. */
  links: z.number(),
  archived: z.number(),
  restored: z.number(),
});
/** What a sweep found, over all the runs that it took. */
export type SweepFigures = z.infer<typeof figuresSchema>;

/** Where a sweep stands: every pair before `pair` is done, and of it every id up to `after`. */
const sweepSchema = figuresSchema.extend({
  startedAt: z.number(),
  isPastRecords: z.boolean(),
  pair: z.number(),
  after: z.string(),
});
type Sweep = z.infer<typeof sweepSchema>;

/** A sweep that stands still for longer is begun anew. */
const STALE_MS = 24 * 60 * 60_000;
const IDS_PER_CALL = 1000;

/** Whether a day has gone since the last sweep, or one was cut short. */
export async function isSweepDue(portal: PortalStore, now: Instant): Promise<boolean> {
  if ((await portal.crm.cursor(SYNC_CURSORS.sweep)) !== null) return true;
  const last = await portal.crm.cursor(SYNC_CURSORS.lastSweep);
  return last === null || now - Number(last) >= STALE_MS;
}

/**
 * Finds what modification instants never show: records that were archived or restored, and associations that came or went.
 * Every link of every record is asked for; a record whose links the CRM cannot tell keeps those it has, and is quarantined. A sweep that is cut short goes on after the last records that it had compared.
 */
export async function sweep(options: SweepOptions, types: readonly ObjectType[]): Promise<SweepFigures> {
  const { changes, portal, progress, now, signal } = options;
  let state = await readSweep(portal, now());
  const save = async (change: Partial<Sweep>): Promise<void> => {
    state = { ...state, ...change };
    await portal.crm.saveCursor(SYNC_CURSORS.sweep, JSON.stringify(state));
    signal?.throwIfAborted();
  };
  if (!state.isPastRecords) {
    const { archived, restored } = await sweepRecords(options, types);
    await save({ archived: state.archived + archived, restored: state.restored + restored, isPastRecords: true });
  }
  for (const [pair, [fromType, toType]] of ASSOCIATION_TYPES.entries()) {
    if (pair < state.pair || !types.includes(fromType)) continue;
    let after = pair === state.pair ? state.after : '';
    let { done, all } = await standing(portal, fromType, after);
    for (;;) {
      const part = await portal.crm.liveIds(fromType, { after, most: IDS_PER_CALL });
      const last = part.at(-1);
      if (last === undefined) break;
      const { en, zh } = RECORD_NAMES[fromType];
      progress.update({ en: `links of ${en}`, zh: `${zh}的关联` }, done, Math.max(done, all));
      const { links, rejected } = await changes.associations(fromType, toType, part, signal);
      if (rejected.length > 0) await portal.crm.reject(rejected);
      const isUnknown = new Set(rejected.map(({ recordId }) => recordId));
      const known = isUnknown.size === 0 ? part : part.filter((id) => !isUnknown.has(id));
      const changed = await replaceChanged(portal, fromType, toType, known, links);
      done += part.length;
      after = last;
      await save({ pair, after, links: state.links + changed });
    }
    await save({ pair: pair + 1, after: '' });
  }
  await portal.crm.saveCursors({
    [SYNC_CURSORS.lastSweep]: String(state.startedAt),
    [SYNC_CURSORS.sweep]: null,
  });
  return figuresSchema.parse(state);
}

/** Takes out what was archived, and reads again what is archived no more. */
export async function sweepRecords(
  { changes, portal, progress, signal }: SweepOptions,
  types: readonly ObjectType[],
): Promise<Pick<SweepFigures, 'archived' | 'restored'>> {
  let archived = 0;
  let restored = 0;
  for (const type of types) {
    const { en, zh } = RECORD_NAMES[type];
    const step = { en: `archived ${en}`, zh: `已归档的${zh}` };
    progress.update(step, 0, null);
    const back = new Set(await archivedIds(portal, type));
    let seen = 0;
    for await (const page of changes.ids(type, 'archived', signal)) {
      const listed = page.map(({ id }) => id);
      const gone = listed.length === 0 ? [] : await portal.crm.liveAmong(type, listed);
      for (const id of listed) back.delete(id);
      if (gone.length > 0) await portal.crm.remove(type, gone, 'archived');
      archived += gone.length;
      seen += page.length;
      progress.update(step, seen, null);
      signal?.throwIfAborted();
    }
    if (back.size === 0) continue;
    // Not archived any more: restored, merged, or gone for good. Reading them by id tells.
    const {
      archived: still,
      merged,
      purged,
    } = await mendDifferences(
      { changes, portal, type, told: () => undefined, ...(signal === undefined ? {} : { signal }) },
      { inCrm: 0, inStore: back.size, absent: [], surplus: [...back], outdated: [] },
    );
    restored += back.size - still - merged - purged;
  }
  return { archived, restored };
}

/** How many live records there are, and how many of them a sweep has been over. */
async function standing(portal: PortalStore, type: ObjectType, after: string): Promise<{ done: number; all: number }> {
  const [row] = await portal.query<{ done: string; all: string }>(
    `SELECT countIf(id <= {after:String}) AS done, count() AS all FROM {db:Identifier}.${type} FINAL`,
    { after },
  );
  return { done: Number(row?.done ?? 0), all: Number(row?.all ?? 0) };
}

async function archivedIds(portal: PortalStore, type: ObjectType): Promise<string[]> {
  const rows = await portal.query<{ id: string }>(
    `SELECT id FROM {db:Identifier}.removals FINAL WHERE object_type = {type:String} AND reason = 'archived'`,
    { type },
  );
  return rows.map(({ id }) => id);
}

/** Writes the links of those records alone whose links differ. Gives back how many links are other than before. */
async function replaceChanged(
  portal: PortalStore,
  fromType: ObjectType,
  toType: ObjectType,
  ids: readonly string[],
  links: readonly Association[],
): Promise<number> {
  const before = await storedLinks(portal, fromType, toType, ids);
  const wanted = new Set(links.map(lineOf));
  const differing = new Set([...difference(before, wanted)].map((line) => line.slice(0, line.indexOf('>'))));
  if (differing.size === 0) return 0;
  const own = links.filter(({ fromId }) => differing.has(fromId));
  await portal.crm.replaceAssociations(fromType, toType, [...differing], own);
  // Counted by what the store then says: links to records that are gone are not kept.
  const after = await storedLinks(portal, fromType, toType, ids);
  // A link that only became the primary one, or ceased to be it, differs twice and is one.
  return new Set([...difference(before, after)].map((line) => line.replace(/!$/, ''))).size;
}

async function storedLinks(
  portal: PortalStore,
  fromType: ObjectType,
  toType: ObjectType,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await portal.query<{ fromId: string; toId: string; isPrimary: boolean }>(
    `SELECT from_id AS fromId, to_id AS toId, is_primary AS isPrimary FROM {db:Identifier}.associations FINAL
     WHERE from_type = {from:String} AND to_type = {to:String} AND from_id IN {ids:Array(String)}`,
    { from: fromType, to: toType, ids },
  );
  return new Set(rows.map(lineOf));
}

/** Engagement ids have a slash in them, none has this sign. */
function lineOf({ fromId, toId, isPrimary }: Pick<Association, 'fromId' | 'toId' | 'isPrimary'>): string {
  return `${fromId}>${toId}${isPrimary ? '!' : ''}`;
}

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...[...one].filter((line) => !other.has(line)), ...[...other].filter((line) => !one.has(line))]);
}

async function readSweep(portal: PortalStore, now: Instant): Promise<Sweep> {
  const saved = await portal.crm.cursor(SYNC_CURSORS.sweep);
  const begun = saved === null ? undefined : sweepSchema.safeParse(JSON.parse(saved)).data;
  if (begun !== undefined && now - begun.startedAt < STALE_MS) return begun;
  return { startedAt: now, isPastRecords: false, pair: 0, after: '', links: 0, archived: 0, restored: 0 };
}
