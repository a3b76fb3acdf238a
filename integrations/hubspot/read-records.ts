import type { ObjectType, RejectedRecord } from '../../src/domain/crm.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { listObject, RECORDS_PER_TURN } from './divided-listing.ts';
import type { Governor } from './governor.ts';
import { withAssociations } from './linked-records.ts';
import { extentOf } from './listing.ts';
import { type Converted, convert, type ObjectReading } from './object-reading.ts';
import { paths } from './paths.ts';

/** The most records of a group: half of what an association call takes, as each of several types holds up to three groups. */
const GROUP = 500;

/**
 * Lists one object from `after` on, in groups whose records share one association call. While the associations of one group
 * are read and it is being stored, the next one is listed; no more than that is held. Several types may be read at once.
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
  const extent = extentOf(governor, reading.object, stop);
  extent.catch(() => undefined);
  // Engagements are four objects, so the count of one would say nothing.
  const isCounted = reading.object === reading.type;
  const link = async (group: Converted<T>, next: string | null): Promise<CrmPage<T>> => {
    const linked = await withAssociations(governor, reading, group, stop);
    return { ...linked, next, total: isCounted ? ((await extent)?.total ?? null) : null };
  };
  let linking: Promise<CrmPage<T>> | null = null;
  let [found, rejected]: [Converted<T>['found'][number][], RejectedRecord[]] = [[], []];
  try {
    for await (const { read, next, startsAnew } of listObject(governor, path, query, {
      after,
      extent,
      signal: stop,
      read: (results) => convert(reading, results, path),
    })) {
      if (startsAnew) [found, rejected] = [[], []];
      found.push(...read.found);
      rejected.push(...read.rejected);
      const hasRoom = found.length + rejected.length <= GROUP - RECORDS_PER_TURN;
      if (next !== null && hasRoom) continue;
      const before = linking;
      linking = link({ found, rejected }, next);
      // Begun before it is awaited: a failure is seen by whoever awaits it.
      linking.catch(() => undefined);
      [found, rejected] = [[], []];
      if (before !== null) yield await before;
    }
    if (linking !== null) yield await linking;
  } catch (error) {
    // What was listed before a failure is given all the same, so that the next attempt goes on behind it.
    if (linking !== null && !stop.aborted) yield await linking;
    throw error;
  } finally {
    abandoned.abort();
  }
}
