import { listObject } from './divided-listing.ts';
import type { Governor } from './governor.ts';
import { extentOf } from './listing.ts';
import { type ChangingType, readingsOf } from './object-reading.ts';
import { paths } from './paths.ts';
import { anyIdSchema } from './schemas.ts';

/** Every id of a type by listing, which is authoritative where search is not. */
export async function* recordIds(
  governor: Governor,
  type: ChangingType,
  state: 'live' | 'archived',
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const abandoned = new AbortController();
  const stop = signal === undefined ? abandoned.signal : AbortSignal.any([signal, abandoned.signal]);
  try {
    for (const reading of readingsOf(type)) {
      const path = paths.objects(reading.object);
      const query = { properties: 'hs_object_id', archived: String(state === 'archived') };
      // Search does not know archived records, and without an extent the list is read as one.
      const extent = state === 'live' ? extentOf(governor, reading.object, stop) : Promise.resolve(null);
      extent.catch(() => undefined);
      for await (const { results } of listObject(governor, path, query, { after: null, extent, signal: stop })) {
        const ids = results.flatMap((result) => anyIdSchema.safeParse(result).data?.id ?? []);
        yield ids.map((id) => reading.idOf(id));
      }
    }
  } finally {
    abandoned.abort();
  }
}
