import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { LIST_PAGE, paths } from './paths.ts';
import { anyIdSchema, listSchema, searchSchema } from './schemas.ts';

/** Smaller pages to fall back on when HubSpot runs out of time over a full one. */
const SMALLER_PAGES = [50, 25, 10];

export interface ListPage {
  readonly results: readonly unknown[];
  /** Where the next page starts; null after the last. */
  readonly next: string | null;
}

/** One page of a list, of as many records as HubSpot can give in its time. */
export async function listPage(
  governor: Governor,
  path: string,
  query: Readonly<Record<string, string>>,
  after: string | null,
  signal?: AbortSignal,
): Promise<ListPage> {
  for (const limit of [LIST_PAGE, ...SMALLER_PAGES]) {
    const qs = { limit: String(limit), ...query, ...(after === null ? {} : { after }) };
    try {
      const request = {
        method: 'GET',
        path,
        qs,
        bucket: 'general',
        isIdempotent: true,
        isShrinkable: limit > 10,
      } as const;
      const answer = checked(listSchema, await governor.call(request, signal), path);
      return { results: answer.results, next: answer.paging?.next?.after ?? null };
    } catch (error) {
      if (!isRefusal(error, 524) || limit === SMALLER_PAGES.at(-1)) {
        throw error;
      }
    }
  }
  throw new Error('unreachable: the smallest page either answers or throws');
}

/** How many records there are, and the highest id. */
export interface Extent {
  readonly total: number;
  readonly lastId: number | null;
}

/** For a progress bar and for sharing out the work only: the search index lags, so null is as good an answer. */
export async function extentOf(governor: Governor, object: string, signal?: AbortSignal): Promise<Extent | null> {
  const path = paths.search(object);
  const sorts = [{ propertyName: 'hs_object_id', direction: 'DESCENDING' }];
  const body = { filterGroups: [], sorts, properties: ['hs_object_id'], limit: 1 };
  try {
    const answer = await governor.call({ method: 'POST', path, body, bucket: 'search', isIdempotent: true }, signal);
    const { total, results } = checked(searchSchema, answer, path);
    const lastId = idNumber(results[0]);
    return { total: total ?? 0, lastId: Number.isNaN(lastId) ? null : lastId };
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}

/** A raw record's id as a number to compare by; NaN when it has none. */
export function idNumber(result: unknown): number {
  const id = anyIdSchema.safeParse(result).data?.id;
  return id === undefined || !/^\d+$/.test(id) ? Number.NaN : Number(id);
}
