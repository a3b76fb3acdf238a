import type { Governor } from './governor.ts';
import { type Extent, idNumber, listPage } from './listing.ts';
import { LIST_PAGE } from './paths.ts';

/** Pages that a part reads in one turn: what is listed and not yet taken is that much of each part, however long the list. */
const PAGES_PER_TURN = 2;
/** The most records that one turn gives. */
export const RECORDS_PER_TURN = PAGES_PER_TURN * LIST_PAGE;
/** Parts that are read at the same time, of all lists together: with the answers' usual delays they use up the account's limit. */
const PARTS = 8;
/** A part is halved while this many more records are expected of it; each division costs about one call. */
const WORTH_DIVIDING = 500;
const MOST_DIVISIONS = 24;

/** A part of a list: from the list's own cursor `after`, or after the id `above`, up to the id `upTo`. */
interface Part {
  readonly after: string | null;
  readonly above: number | null;
  readonly upTo: number | null;
}
const WHOLE: Part = { after: null, above: null, upTo: null };

/** How many parts are open at each HubSpot. */
const openParts = new WeakMap<Governor, number>();

interface ListedTurn<Read> {
  readonly read: Read;
  /** Hand it back as `after` to go on; null at the end. */
  readonly next: string | null;
  /** Whether all that was given before is given again from here on. */
  readonly startsAnew: boolean;
}

/**
 * All of a list from a checkpoint on. A page names where the next one starts, so a list can only be read page after page; but
 * HubSpot lists by ascending id and starts anywhere, so a long list is halved by ids and its parts are read at the same
 * time. Every part is held to that order, and neighbours have to meet: where an answer breaks it, the list is read again as one. A checkpoint is the
 * list's own cursor, or all the parts that are left (`500..900,>900`). Of the raw records only what `read` makes of them is
 * held.
 */
export async function* listObject<Read>(
  governor: Governor,
  path: string,
  query: Readonly<Record<string, string>>,
  options: {
    after: string | null;
    extent: Promise<Extent | null>;
    signal: AbortSignal;
    read: (results: readonly unknown[]) => Read;
  },
): AsyncGenerator<ListedTurn<Read>> {
  const begin = (part: Part) => {
    const extent = part === WHOLE ? options.extent : null;
    const turn = listPart(governor, path, query, part, extent, options.signal).then(({ results, ...listed }) => ({
      ...listed,
      count: results.length,
      read: options.read(results),
    }));
    // Begun before it is awaited: a failure is seen by whoever awaits it, and is no unhandled rejection until then.
    turn.catch(() => undefined);
    return { part, turn };
  };
  let own = 0;
  const partsAtOnce = (): number => openParts.get(governor) ?? 0;
  const holdParts = (count: number): void => {
    openParts.set(governor, partsAtOnce() - own + count);
    own = count;
  };
  let open = (options.after === null ? [WHOLE] : partsOf(options.after)).map(begin);
  let isOrdered = true;
  let given = 0;
  const seams = createSeams();
  let divisions = 0;
  let startsAnew = false;
  try {
    holdParts(open.length);
    for (let current = open.shift(); current !== undefined; current = open.shift()) {
      const listed = await current.turn;
      const { count, read, rest } = listed;
      isOrdered &&= listed.isAscending && seams.fit(current.part, listed);
      const isPart = open.length > 0 || divisions > 0 || current.part.above !== null || current.part.upTo !== null;
      if (!isOrdered && isPart) {
        open = [begin(WHOLE)];
        divisions = 0;
        startsAnew = true;
        continue;
      }
      given += count;
      if (rest !== null) {
        const extent = isOrdered && divisions < MOST_DIVISIONS && partsAtOnce() < PARTS ? await options.extent : null;
        const expected = extent === null ? 0 : (extent.total - given) / (open.length + 1);
        const parts = extent !== null && expected > WORTH_DIVIDING ? halves(rest, extent) : [rest];
        divisions += parts.length - 1;
        open.push(...parts.map(begin));
      }
      holdParts(open.length);
      yield { read, next: open.length === 0 ? null : open.map(({ part }) => textOf(part)).join(','), startsAnew };
      startsAnew = false;
    }
  } finally {
    holdParts(0);
  }
}

interface ListedPart {
  readonly results: readonly unknown[];
  readonly rest: Part | null;
  readonly isAscending: boolean;
  /** The first id; null when there is none. */
  readonly first: number | null;
  /** What the list has right behind the part's end: a record, or the cursor of its next page; null when nothing. */
  readonly behind: { readonly id: number; readonly isRecord: boolean } | null;
}

async function listPart(
  governor: Governor,
  path: string,
  query: Readonly<Record<string, string>>,
  { after, above, upTo }: Part,
  extent: Promise<Extent | null> | null,
  signal: AbortSignal,
): Promise<ListedPart> {
  const results: unknown[] = [];
  let cursor = after ?? (above === null ? null : String(above));
  let highest = above ?? Number.NEGATIVE_INFINITY;
  let isAscending = true;
  let first: number | null = null;
  const ended = (behind: ListedPart['behind']) => ({ results, rest: null, isAscending, first, behind });
  for (let page = 0; page < PAGES_PER_TURN; page++) {
    const answer = await listPage(governor, path, query, cursor, signal);
    for (const result of answer.results) {
      const id = idNumber(result);
      // A list that is asked for what follows an id may begin with the record of that id, which the part before holds.
      if (id === above) {
        continue;
      }
      if (upTo !== null && id > upTo) {
        return ended({ id, isRecord: true });
      }
      first ??= Number.isNaN(id) ? null : id;
      isAscending &&= Number.isNaN(id) || id > highest;
      highest = Number.isNaN(id) ? highest : id;
      results.push(result);
    }
    cursor = answer.next;
    if (cursor === null || (upTo !== null && Number(cursor) > upTo)) {
      return ended(cursor === null ? null : { id: Number(cursor), isRecord: false });
    }
    // A long list is divided right behind its first page.
    if (page === 0 && extent !== null && ((await extent)?.total ?? 0) > WORTH_DIVIDING) {
      break;
    }
  }
  return { results, rest: { after: cursor, above: null, upTo }, isAscending, first, behind: null };
}

/** Whether neighbouring parts meet: what one found behind its end has to be what the next one begins with. */
function createSeams() {
  const ends = new Map<number, ListedPart['behind']>();
  const beginnings = new Map<number, number | null>();
  return {
    fit(part: Part, { rest, first, behind }: Omit<ListedPart, 'results'>): boolean {
      if (part.above !== null) beginnings.set(part.above, first);
      if (part.upTo !== null && rest === null) ends.set(part.upTo, behind);
      return [part.above, part.upTo].every((seam) => {
        const [end, beginning] = seam === null ? [] : [ends.get(seam), beginnings.get(seam)];
        if (end === undefined || beginning === undefined) return true;
        if (end === null || beginning === null) return end === beginning;
        return end.isRecord ? end.id === beginning : end.id <= beginning;
      });
    },
  };
}

/** Two halves by ids, which may hold very different numbers of records: the fuller one is halved again in its turn. */
function halves(rest: Part, extent: Extent): Part[] {
  const from = Number(rest.after);
  const to = rest.upTo ?? extent.lastId ?? Number.NaN;
  const middle = Math.floor((from + to) / 2);
  return to - from > WORTH_DIVIDING
    ? [
        { ...rest, upTo: middle },
        { after: null, above: middle, upTo: rest.upTo },
      ]
    : [rest];
}

function textOf({ after, above, upTo }: Part): string {
  return `${above === null ? (after ?? '') : `>${above}`}${upTo === null ? '' : `..${upTo}`}`;
}

function partsOf(checkpoint: string): Part[] {
  return checkpoint.split(',').map((text) => {
    const [, above, after, upTo] = /^(?:>(\d+)|(.*?))(?:\.\.(\d+))?$/.exec(text) ?? [];
    return {
      after: after === undefined || after === '' ? null : after,
      above: above === undefined ? null : Number(above),
      upTo: upTo === undefined ? null : Number(upTo),
    };
  });
}
