import type { Instant, ObjectType } from '../../src/domain/crm.ts';
import { KithError } from '../../src/lib/errors.ts';
import { instantOf } from '../../src/lib/instant.ts';
import type { CrmPage } from '../../src/ports/crm.ts';
import { checked } from './checked.ts';
import { type Governor, isRefusal } from './governor.ts';
import { withAssociations } from './linked-records.ts';
import { idNumber } from './listing.ts';
import { convert, type ObjectReading } from './object-reading.ts';
import { ASSOCIATION_INPUTS, paths, SEARCH_DEPTH, SEARCH_PAGE } from './paths.ts';
import { recordSchema, searchSchema } from './schemas.ts';

/** Smaller pages to fall back on when HubSpot runs out of time over a full one. */
const PAGES = [SEARCH_PAGE, 100, 50, 25];

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

interface Found {
  readonly results: readonly unknown[];
  /** The highest id so far: everything up to it has been given. */
  readonly last: number;
  readonly isOver: boolean;
}

/**
 * The records of one object that search finds in a window, by ascending id. Each page asks for the ids after the last one
 * (`BETWEEN [from, to] AND hs_object_id > last`), so neither the 10,000 results where search ends, nor any number of records in
 * one millisecond, nor records that change meanwhile make it miss one. `next` is the highest id so far.
 */
export async function* modifiedRecords<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  window: Window,
  after: string | null,
  signal?: AbortSignal,
): AsyncGenerator<CrmPage<T>> {
  const abandoned = new AbortController();
  const stop = signal === undefined ? abandoned.signal : AbortSignal.any([signal, abandoned.signal]);
  const path = paths.search(reading.object);
  const find = (last: number) => {
    const found = findGroup(governor, reading, window, last, stop);
    found.catch(() => undefined);
    return found;
  };
  try {
    let group: Promise<Found> | null = find(Number(after ?? 0));
    while (group !== null) {
      const { results, last, isOver }: Found = await group;
      // The next group is being searched for while the associations of this one are read.
      group = isOver ? null : find(last);
      const inside = results.filter((result) => isInside(result, reading.modifiedProperty, window));
      const linked = await withAssociations(governor, reading, convert(reading, inside, path), stop);
      yield { ...linked, next: isOver ? null : reading.idOf(String(last)), total: null };
    }
  } finally {
    abandoned.abort();
  }
}

/** As many results as share one association call. */
async function findGroup<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  window: Window,
  after: number,
  signal: AbortSignal,
): Promise<Found> {
  const results: unknown[] = [];
  let last = after;
  for (;;) {
    const page = await findAfter(governor, reading, window, last, signal);
    results.push(...page.results);
    last = page.last;
    if (page.isOver || results.length >= ASSOCIATION_INPUTS) {
      return { results, last, isOver: page.isOver };
    }
  }
}

/** The results after an id. When they come out of order, one page of them is no beginning: all are gathered and sorted. */
async function findAfter<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  window: Window,
  last: number,
  signal: AbortSignal,
): Promise<Found> {
  let page = await searchPage(governor, reading, window, last, null, signal);
  const results = [...page.results];
  const isOrdered = isAscending(results, last);
  while (!isOrdered && page.next !== null) {
    if (Number(page.next) + SEARCH_PAGE > SEARCH_DEPTH) {
      throw new KithError('crm-answer', {
        en: `HubSpot's search gives more than ${SEARCH_DEPTH - SEARCH_PAGE} changed ${reading.object} out of order, so none can be relied on; run a full sync, which does not search`,
        zh: `HubSpot 的搜索给出超过 ${SEARCH_DEPTH - SEARCH_PAGE} 条次序混乱的 ${reading.object} 变更，均不可靠；请进行不使用搜索的完整同步`,
      });
    }
    page = await searchPage(governor, reading, window, last, page.next, signal);
    results.push(...page.results);
  }
  const byId = new Map(results.map((result) => [idNumber(result), result]));
  const ids = [...byId.keys()].filter((id) => id > last).sort((a, b) => a - b);
  const unreadable = results.filter((result) => Number.isNaN(idNumber(result)));
  const isOver = isOrdered ? page.isOver : true;
  if (!isOver && ids.length === 0) {
    throw new KithError('crm-answer', {
      en: `HubSpot's search for changed ${reading.object} gives no record after ${last} and yet says that there are more; try again later`,
      zh: `HubSpot 对 ${reading.object} 变更的搜索在 ${last} 之后没有记录，却表示还有更多；请稍后再试`,
    });
  }
  return { results: [...ids.map((id) => byId.get(id)), ...unreadable], last: ids.at(-1) ?? last, isOver };
}

async function searchPage<T extends ObjectType>(
  governor: Governor,
  reading: ObjectReading<T>,
  window: Window,
  last: number,
  after: string | null,
  signal: AbortSignal,
): Promise<{ results: readonly unknown[]; next: string | null; isOver: boolean }> {
  const path = paths.search(reading.object);
  const { modifiedProperty } = reading;
  const between = { operator: 'BETWEEN', value: String(window.from), highValue: String(window.to) };
  const filters = [
    { propertyName: modifiedProperty, ...between },
    { propertyName: 'hs_object_id', operator: 'GT', value: String(last) },
  ];
  const asked = {
    filterGroups: [{ filters }],
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    properties: [...reading.properties, modifiedProperty],
    ...(after === null ? {} : { after }),
  };
  for (const limit of PAGES) {
    const body = { ...asked, limit };
    const isShrinkable = limit !== PAGES.at(-1);
    try {
      const request = { method: 'POST', path, body, bucket: 'search', isIdempotent: true, isShrinkable } as const;
      const { results, paging } = checked(searchSchema, await governor.call(request, signal), path);
      const next = paging?.next?.after ?? null;
      return { results, next, isOver: next === null && results.length < limit };
    } catch (error) {
      if (!isRefusal(error, 524) || !isShrinkable) {
        throw error;
      }
    }
  }
  throw new Error('unreachable: the smallest page either answers or throws');
}

function isAscending(results: readonly unknown[], after: number): boolean {
  let highest = after;
  for (const id of results.map(idNumber).filter((one) => !Number.isNaN(one))) {
    if (id <= highest) {
      return false;
    }
    highest = id;
  }
  return true;
}

/** The index may be behind the record: one that says of itself that it changed at another time belongs to that window. */
function isInside(result: unknown, property: string, window: Window): boolean {
  const raw = recordSchema.safeParse(result).data;
  const at = instantOf(raw?.properties[property] ?? raw?.updatedAt ?? '');
  return at === null || (at >= window.from && at <= window.to);
}
