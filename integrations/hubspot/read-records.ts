import type { ObjectType } from '../../src/domain/crm.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { listObject } from './divided-listing.ts';
import type { Governor } from './governor.ts';
import { withAssociations } from './linked-records.ts';
import { extentOf } from './listing.ts';
import { convert, type ObjectReading } from './object-reading.ts';
import { paths } from './paths.ts';

/**
 * Lists one object from `after` on, ten pages at a time with their associations. While the associations of one group are
 * read, the next ones are being listed. Several types may be read at once.
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
  try {
    for await (const { results, next } of listObject(governor, path, query, { after, extent, signal: stop })) {
      const linked = await withAssociations(governor, reading, convert(reading, results, path), stop);
      yield { ...linked, next, total: isCounted ? ((await extent)?.total ?? null) : null };
    }
  } finally {
    abandoned.abort();
  }
}
