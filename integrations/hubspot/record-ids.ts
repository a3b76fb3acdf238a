import { instantOf } from '../../src/lib/instant.ts';
import type { CrmId } from '../../src/ports/crm.ts';
import { listObject } from './divided-listing.ts';
import type { Governor } from './governor.ts';
import { extentOf } from './listing.ts';
import { type ChangingType, readingsOf } from './object-reading.ts';
import { paths } from './paths.ts';
import { listedIdSchema } from './schemas.ts';

/** Every id of a type and when it last changed, by listing, which is authoritative where search is not. */
export async function* recordIds(
  governor: Governor,
  type: ChangingType,
  state: 'live' | 'archived',
  signal?: AbortSignal,
): AsyncGenerator<readonly CrmId[]> {
  const abandoned = new AbortController();
  const stop = signal === undefined ? abandoned.signal : AbortSignal.any([signal, abandoned.signal]);
  try {
    for (const reading of readingsOf(type)) {
      const path = paths.objects(reading.object);
      const query = { properties: 'hs_object_id', archived: String(state === 'archived') };
      // Search does not know archived records, and without an extent the list is read as one.
      const extent = state === 'live' ? extentOf(governor, reading.object, stop) : Promise.resolve(null);
      extent.catch(() => undefined);
      const idsOf = (results: readonly unknown[]): CrmId[] =>
        results.flatMap((result) => {
          const listed = listedIdSchema.safeParse(result).data;
          return listed === undefined
            ? []
            : [{ id: reading.idOf(listed.id), updatedAt: instantOf(listed.updatedAt ?? '') }];
        });
      const options = { after: null, extent, signal: stop, read: idsOf };
      for await (const { read } of listObject(governor, path, query, options)) yield read;
    }
  } finally {
    abandoned.abort();
  }
}
