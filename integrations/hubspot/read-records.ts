import { z } from 'zod';
import { ASSOCIATION_TYPES, type CrmRecords, type ObjectType, type RejectedRecord } from '../../src/domain/crm.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { readAssociations } from './associations.ts';
import { firstProblem } from './checked.ts';
import type { Governor } from './governor.ts';
import { countRecords, type ListPage, listGroup } from './listing.ts';
import { ASSOCIATION_INPUTS, LIST_PAGE, paths } from './paths.ts';
import { UnreadableProperty } from './property-reading.ts';
import { type HubspotRecord, recordSchema } from './schemas.ts';

/** How one of HubSpot's objects is read as records of one of Kith's types. */
export interface ObjectReading<T extends ObjectType> {
  readonly type: T;
  /** Its name in HubSpot's paths. */
  readonly object: string;
  readonly properties: readonly string[];
  /** The id under which Kith keeps the record. */
  idOf(id: string): string;
  /** Throws UnreadableProperty. */
  recordOf(raw: HubspotRecord): CrmRecords[T];
}

const anyIdSchema = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
/** Pages that share one association call. */
const PAGES_PER_GROUP = ASSOCIATION_INPUTS / LIST_PAGE;

/**
 * Lists one object from `after` on, ten pages at a time with their associations. While the associations of one group are
 * read, the next group is being listed: a list's pages can only be asked for one after the other.
 */
export async function* readRecords<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  after: string | null,
  signal?: AbortSignal,
): AsyncGenerator<CrmPage<T>> {
  const abandoned = new AbortController();
  const stop = signal === undefined ? abandoned.signal : AbortSignal.any([signal, abandoned.signal]);
  const path = paths.objects(reading.object);
  const query = { properties: reading.properties.join(','), archived: 'false' };
  const list = (from: string | null) => quietly(listGroup(governor, path, query, from, PAGES_PER_GROUP, stop));
  // Engagements are four objects, so the count of one would say nothing.
  const isCounted = reading.object === reading.type;
  const total = isCounted ? quietly(countRecords(governor, reading.object, stop)) : null;
  try {
    let group: ReturnType<typeof list> | null = list(after);
    while (group !== null) {
      const { results, next }: ListPage = await group;
      group = next === null ? null : list(next);
      const { records, ids, rejected } = convert(reading, results, path);
      const targets = ASSOCIATION_TYPES.filter(([from]) => from === reading.type).map(([, to]) => to);
      const associations = await Promise.all(targets.map((to) => readAssociations(governor, reading, to, ids, stop)));
      yield {
        records,
        associations: associations.flatMap((found) => found.links),
        rejected: [...rejected, ...associations.flatMap((found) => found.rejected)],
        next,
        total: await total,
      };
    }
  } finally {
    abandoned.abort();
  }
}

function convert<T extends ObjectType>(reading: ObjectReading<T>, results: readonly unknown[], path: string) {
  const records: CrmRecords[T][] = [];
  const ids: string[] = [];
  const rejected: RejectedRecord[] = [];
  const reject = (id: string, reason: string) =>
    rejected.push({ objectType: reading.type, recordId: id === '' ? '' : reading.idOf(id), place: path, reason });
  for (const result of results) {
    const raw = recordSchema.safeParse(result);
    if (!raw.success) {
      reject(anyIdSchema.safeParse(result).data?.id ?? '', firstProblem(raw.error));
      continue;
    }
    try {
      records.push(reading.recordOf(raw.data));
      ids.push(raw.data.id);
    } catch (error) {
      if (!(error instanceof UnreadableProperty)) {
        throw error;
      }
      reject(raw.data.id, error.message);
    }
  }
  return { records, ids, rejected };
}

/** Begun before it is awaited: a failure is seen by whoever awaits it, and is no unhandled rejection until then. */
function quietly<V>(promise: Promise<V>): Promise<V> {
  promise.catch(() => undefined);
  return promise;
}
