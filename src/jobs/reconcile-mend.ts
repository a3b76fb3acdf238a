import { ASSOCIATION_TYPES, type ObjectType } from '../domain/crm.ts';
import { batches } from '../lib/batches.ts';
import type { CrmById, CrmChanges } from '../ports/crm.ts';
import type { PortalStore } from '../store/portal-store.ts';
import type { IdDifferences } from './reconcile-compare.ts';
import { NOTHING_FOUND, type ReconciledType } from './reconcile-report.ts';

interface MendOptions {
  readonly changes: CrmChanges;
  readonly portal: PortalStore;
  readonly type: ObjectType;
  readonly told: (mended: number) => void;
  readonly signal?: AbortSignal;
}

type Found = Omit<ReconciledType, 'in_crm' | 'in_store'>;

/** Records read at a time: bounds what is in memory, whatever the number of differences. */
const READ_AT_ONCE = 1000;

/**
 * Reads every record that differs by its id, which alone tells what became of it, and makes the store say the same. A record that a
 * merge made is brought in before the old ones hand their history over to it, and counts as late, so that the counts add up.
 */
export async function mendDifferences(
  options: MendOptions,
  { absent, surplus, outdated }: IdDifferences,
): Promise<Found> {
  const found = { ...NOTHING_FOUND };
  let mended = 0;
  const count = (more: Partial<Found>, read: number) => {
    for (const [name, value] of Object.entries(more)) found[name as keyof Found] += value; // its own keys
    mended += read;
    options.told(mended);
    options.signal?.throwIfAborted();
  };
  for (const ids of batches(absent, READ_AT_ONCE)) {
    count(await bringIn(options, ids), ids.length);
  }
  for (const ids of batches(surplus, READ_AT_ONCE)) {
    count(await settleSurplus(options, ids), ids.length);
  }
  for (const ids of batches(outdated, READ_AT_ONCE)) {
    count(await bringUpToDate(options, ids), ids.length);
  }
  return found;
}

/** Live on both sides, and not the same: what became of them since the ids were listed is the next comparison's. */
async function bringUpToDate(options: MendOptions, ids: readonly string[]): Promise<Partial<Found>> {
  const { changes, portal, type, signal } = options;
  const before = await updateInstants(portal, type, ids);
  const answer = await changes.byId(type, ids, signal);
  await store(options, answer);
  const after = await updateInstants(portal, type, ids);
  const late = ids.filter((id) => after.has(id) && after.get(id) !== before.get(id));
  return { late: late.length, unreadable: new Set(answer.rejected.map(({ recordId }) => recordId)).size };
}

/** Live in the store, not live in the CRM: archived, merged into another, or gone for good. */
async function settleSurplus(options: MendOptions, ids: readonly string[]): Promise<Partial<Found>> {
  const { changes, portal, type, signal } = options;
  const answer = await changes.byId(type, ids, signal);
  const isAsked = new Set(ids);
  // Merged records first, so that what hangs on them moves along before they are taken out.
  const merged = answer.merged.filter(({ from }) => isAsked.has(from));
  if (merged.length > 0) {
    await portal.crm.merge(type, merged);
    await store(options, await readTargets(options, merged, answer));
  }
  const mergedIds = new Set(merged.map(({ from }) => from));
  const archived = answer.records.filter(({ id, archived }) => archived && isAsked.has(id)).map(({ id }) => id);
  if (archived.length > 0) await portal.crm.remove(type, archived, 'archived');
  const purged = answer.missing.filter((id) => !mergedIds.has(id));
  if (purged.length > 0) await portal.crm.remove(type, purged, 'purged');
  // Back among the living since the ids were listed: no difference any more.
  await store(options, answer);
  return { archived: archived.length, merged: merged.length, purged: purged.length };
}

/** The records that others were merged into, as they are now; one that was archived since is taken out. */
async function readTargets(
  { changes, portal, type, signal }: MendOptions,
  merged: readonly { readonly to: string }[],
  known: CrmById<ObjectType>,
): Promise<CrmById<ObjectType>> {
  const have = new Set(known.records.map(({ id }) => id));
  const targets = [...new Set(merged.map(({ to }) => to))].filter((id) => !have.has(id));
  if (targets.length === 0) return known;
  const answer = await changes.byId(type, targets, signal);
  const archived = answer.records.filter((record) => record.archived).map(({ id }) => id);
  if (archived.length > 0) await portal.crm.remove(type, archived, 'archived');
  return answer;
}

/** Live in the CRM, not live in the store: late, or restored, or nothing that may be copied. */
async function bringIn(options: MendOptions, ids: readonly string[]): Promise<Partial<Found>> {
  const { changes, portal, type, signal } = options;
  const before = await standing(portal, type, ids);
  const wanted = ids.filter((id) => before.get(id) !== 'live');
  if (wanted.length === 0) return {};
  const answer = await changes.byId(type, wanted, signal);
  await store(options, answer);
  const after = await standing(portal, type, wanted);
  const found = { late: 0, restored: 0, unreadable: 0, forgotten: 0 };
  const unreadable = new Set(answer.rejected.map(({ recordId }) => recordId));
  const readable = new Set(answer.records.filter((record) => !record.archived).map(({ id }) => id));
  for (const id of wanted) {
    if (after.get(id) === 'live') found[before.get(id) === 'gone' ? 'restored' : 'late']++;
    else if (unreadable.has(id)) found.unreadable++;
    // What was archived, merged or purged since the ids were listed is no difference any more.
    else if (readable.has(id)) found.forgotten++;
  }
  return found;
}

/** Writes live records that were read by their ids, with their associations, whoever they come from. */
async function store({ changes, portal, type, signal }: MendOptions, answer: CrmById<ObjectType>): Promise<void> {
  if (answer.rejected.length > 0) await portal.crm.reject(answer.rejected);
  const live = answer.records.filter((record) => !record.archived);
  if (live.length === 0) return;
  await portal.crm.upsert(type, live, { origin: 'by-id' });
  const ids = live.map(({ id }) => id);
  const own = new Set(ids);
  for (const [fromType, toType] of ASSOCIATION_TYPES) {
    if (fromType === type) {
      const links = answer.associations.filter((link) => link.toType === toType && own.has(link.fromId));
      await portal.crm.replaceAssociations(fromType, toType, ids, links);
    } else if (toType === type && fromType !== 'engagements') {
      // Links of others to these were left out while these were not here, and none of the others changes by their return.
      // HubSpot tells an engagement's links from its own end alone: those are the association sweep's.
      const back = await changes.associations(type, fromType, ids, signal);
      const others = [...new Set(back.links.map(({ toId }) => toId))];
      if (others.length === 0) continue;
      const { links, rejected } = await changes.associations(fromType, type, others, signal);
      const isUnknown = new Set(rejected.map(({ recordId }) => recordId));
      const known = others.filter((id) => !isUnknown.has(id));
      if (rejected.length + back.rejected.length > 0) await portal.crm.reject([...back.rejected, ...rejected]);
      if (known.length > 0) await portal.crm.replaceAssociations(fromType, type, known, links);
    }
  }
}

async function updateInstants(
  portal: PortalStore,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await portal.query<{ id: string; at: string }>(
    `SELECT id, toUnixTimestamp64Milli(updated_at) AS at FROM {db:Identifier}.${type} FINAL WHERE id IN {ids:Array(String)}`,
    { ids },
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** Which of these ids the store has, and which it had before they were gone. */
async function standing(
  portal: PortalStore,
  type: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, 'live' | 'gone'>> {
  const rows = await portal.query<{ id: string; gone: number }>(
    `SELECT id, argMax(is_deleted, version) AS gone FROM {db:Identifier}.${type} WHERE id IN {ids:Array(String)} GROUP BY id`,
    { ids },
  );
  return new Map(rows.map(({ id, gone }) => [id, gone === 1 ? 'gone' : 'live']));
}
