import type { ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import { batches } from '../../src/lib/batches.ts';
import type { CrmById } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { inHalves } from './in-halves.ts';
import { withAssociations } from './linked-records.ts';
import { convert, type ObjectReading } from './object-reading.ts';
import { BATCH_INPUTS, paths } from './paths.ts';
import { anyIdSchema, batchSchema, recordSchema } from './schemas.ts';

/** What each kind of record keeps about the ones that were merged into it. */
const MERGED_IDS = ['hs_merged_object_ids', 'hs_calculated_merged_vids'];

const BATCHES_AT_ONCE = 4;

/** What has become of each id that was asked for. */
interface Fates {
  /** Raw records by their own id. */
  readonly raw: Map<string, unknown>;
  readonly merged: Map<string, string>;
  readonly failed: Map<string, string>;
  readonly absent: Set<string>;
}

/** Reads records by id, first among the live ones and then among the archived; the answer's body decides over each. */
export async function recordsById<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<CrmById<T>> {
  const path = paths.batch(reading.object, 'read');
  const fates: Fates = { raw: new Map(), merged: new Map(), failed: new Map(), absent: new Set() };
  await readAll(governor, reading, [...new Set(ids)], 'live', fates, signal);
  const notLive = [...fates.absent];
  fates.absent.clear();
  await readAll(governor, reading, notLive, 'archived', fates, signal);
  const converted = convert(reading, [...fates.raw.values()], path);
  const failed: RejectedRecord[] = [...fates.failed].map(([id, reason]) => ({
    objectType: reading.type,
    recordId: reading.idOf(id),
    place: path,
    reason,
  }));
  const linked = await withAssociations(governor, reading, converted, signal);
  return {
    records: linked.records,
    associations: linked.associations,
    rejected: [...linked.rejected, ...failed],
    merged: [...fates.merged].map(([from, to]) => ({ from: reading.idOf(from), to: reading.idOf(to) })),
    missing: [...fates.absent].map((id) => reading.idOf(id)),
  };
}

async function readAll<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  ids: readonly string[],
  state: 'live' | 'archived',
  fates: Fates,
  signal: AbortSignal | undefined,
): Promise<void> {
  const read = (inputs: readonly string[], isShrinkable: boolean) =>
    readBatch(governor, reading, inputs, state, isShrinkable, fates, signal);
  const onRefused = (id: string, reason: string, error: unknown) => {
    if (isRefusal(error, 404)) fates.absent.add(id);
    else fates.failed.set(id, reason);
  };
  for (const some of batches([...batches(ids, BATCH_INPUTS)], BATCHES_AT_ONCE)) {
    await Promise.all(some.map((batch) => inHalves(batch, read, onRefused)));
  }
}

async function readBatch<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  ids: readonly string[],
  state: 'live' | 'archived',
  isShrinkable: boolean,
  fates: Fates,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = paths.batch(reading.object, 'read');
  const properties = [...reading.properties, ...MERGED_IDS];
  const body = { inputs: ids.map((id) => ({ id })), properties, propertiesWithHistory: [] };
  const qs = { archived: String(state === 'archived') };
  const request = { method: 'POST', path, qs, body, bucket: 'general', isIdempotent: true, isShrinkable } as const;
  const answer = checked(batchSchema, await governor.call(request, signal), path);
  const given = new Map<string, unknown>();
  for (const result of answer.results) {
    const id = anyIdSchema.safeParse(result).data?.id;
    if (id !== undefined) given.set(id, result);
  }
  const asked = new Set(ids);
  const heirs = new Map<string, string>();
  for (const [id, result] of given) {
    for (const old of mergedInto(result)) heirs.set(old, id);
  }
  const explained = new Set([...heirs].flatMap(([old, heir]) => (asked.has(old) ? heir : [])));
  const isStrange = [...given.keys()].some((id) => !asked.has(id) && !explained.has(id));
  const reasons = new Map<string, string>();
  const namedAbsent = new Set<string>();
  let unnamed: string | null = null;
  let told = 0;
  for (const error of answer.errors) {
    const isAbsence = error.category === 'OBJECT_NOT_FOUND';
    told += Math.max(1, error.context.ids.length);
    for (const id of isAbsence ? [] : error.context.ids) reasons.set(id, error.message);
    for (const id of isAbsence ? error.context.ids : []) namedAbsent.add(id);
    if (!isAbsence && error.context.ids.length === 0) unnamed = error.message;
  }
  if ((answer.numErrors ?? 0) > told) unnamed ??= 'HubSpot did not say what became of it';
  for (const id of ids) {
    const heir = heirs.get(id);
    const reason = reasons.get(id) ?? unnamed;
    if (given.has(id)) continue;
    if (heir !== undefined) fates.merged.set(id, heir);
    else if (reason !== null) fates.failed.set(id, reason);
    else if (ids.length > 1 && !namedAbsent.has(id) && (isStrange || heirs.size > 0)) {
      // It may have led over several merges to a record that names the last of them alone: read alone, an id has no other
      // answer than its own.
      await readBatch(governor, reading, [id], state, false, fates, signal);
    } else if (isStrange) for (const to of given.keys()) fates.merged.set(id, to);
    else fates.absent.add(id);
  }
  for (const [id, result] of given) fates.raw.set(id, result);
}

/** `12;34`, or for contacts also `12:1700000000000;34:…`, where the instant of the merge stands behind the id. */
function mergedInto(result: unknown): string[] {
  const properties = recordSchema.safeParse(result).data?.properties ?? {};
  return MERGED_IDS.flatMap((name) => (properties[name] ?? '').split(/[;,]/))
    .map((text) => text.trim().replace(/:.*$/, ''))
    .filter((id) => id !== '');
}
