import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { LIST_PAGE, paths } from './paths.ts';
import { listSchema, searchSchema } from './schemas.ts';

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

/** Up to `pages` pages in a row, as one. */
export async function listGroup(
  governor: Governor,
  path: string,
  query: Readonly<Record<string, string>>,
  after: string | null,
  pages: number,
  signal?: AbortSignal,
): Promise<ListPage> {
  const results: unknown[] = [];
  let next = after;
  for (let page = 0; page < pages; page++) {
    const answer = await listPage(governor, path, query, next, signal);
    results.push(...answer.results);
    next = answer.next;
    if (next === null) {
      break;
    }
  }
  return { results, next };
}

/** How many records there are, for a progress bar only: the search index lags, so null is as good an answer. */
export async function countRecords(governor: Governor, object: string, signal?: AbortSignal): Promise<number | null> {
  const path = paths.search(object);
  const body = { filterGroups: [], properties: ['hs_object_id'], limit: 1 };
  try {
    const answer = await governor.call({ method: 'POST', path, body, bucket: 'search', isIdempotent: true }, signal);
    return checked(searchSchema, answer, path).total;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}
