import { z } from 'zod';
import { squaredDistance } from '../models/lloyd.ts';

/** Who is in which segment, kept from run to run; columns by position. Days are since 1970-01-01. */
export const membershipSchema = z.object({
  /** The day of the run. */
  day: z.number(),
  customerIds: z.array(z.string()),
  /** Position in the model's ids. */
  segment: z.array(z.number()),
  /** Position of the segment that has been the nearest since `rivalSince` without being clearly nearer; −1 for none. */
  rival: z.array(z.number()),
  rivalSince: z.array(z.number()),
  /** Changes of the last week, oldest first; `from` '' for who bought first. */
  moves: z.array(z.object({ customerId: z.string(), from: z.string(), day: z.number() })),
});
export type Membership = z.infer<typeof membershipSchema>;

/** What customers are measured against: k centroids over the kept columns, and the ids of their segments. */
export interface SegmentMap {
  readonly ids: readonly string[];
  readonly centroids: ArrayLike<number>;
  readonly columns: number;
}

/** How far back the table of moves looks. */
export const WEEK = 7;
/** Another segment is clearly nearer below this part of the squared distance to the own one. */
export const CLEARLY_NEARER = 0.45;
/** One that is nearer without being clearly so is joined after so many days of being the nearest at every run. */
export const NEAREST_FOR_DAYS = 56;

export interface Placement {
  /** Position in the map's ids of each row. */
  readonly segmentOf: Int32Array;
  /** The id of each row's segment a week ago; '' for who had not bought yet. */
  readonly lastWeek: readonly string[];
  readonly membership: Membership;
}

/**
 * Puts every customer (a row of `scaled`, n × columns, row-major) into a segment, slowly: one stays where it was until another
 * segment is clearly nearer, or has been the nearest for eight weeks of runs, so that a customer between two segments does not swing
 * from one to the other with every order. Who was not known before starts from where it stood a week ago (`then`, by
 * customer id; absent for who had not bought). `before` is the membership that the last run left, `beforeIds` the ids that
 * its positions mean. Segments that are new in this map take whoever is nearest at once; members of one that is gone go to
 * the nearest. A second run of one day leaves everything as it is. Cost: n k p.
 */
export function placeCustomers(
  map: SegmentMap,
  customerIds: readonly string[],
  scaled: Float64Array,
  then: ReadonlyMap<string, number>,
  before: Membership | null,
  beforeIds: readonly string[],
  today: number,
): Placement {
  const { ids, columns: p } = map;
  const centroids = Float64Array.from(map.centroids);
  const n = customerIds.length;
  const position = new Map(ids.map((id, s) => [id, s]));
  const now = beforeIds.map((id) => position.get(id) ?? -1);
  const isFresh = ids.map((id) => before !== null && !beforeIds.includes(id));
  const known = new Map(before?.customerIds.map((id, row) => [id, row]));
  const segmentOf = new Int32Array(n);
  const rival = new Array<number>(n).fill(-1);
  const rivalSince = new Array<number>(n).fill(0);
  const moves = (before?.moves ?? []).filter(
    ({ from, day }) => day > today - WEEK && (from === '' || position.has(from)),
  );
  for (let i = 0; i < n; i++) {
    const id = customerIds[i]!;
    const row = known.get(id);
    const old = row === undefined ? (then.get(id) ?? -1) : now[before!.segment[row]!]!;
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let s = 0; s < ids.length; s++) {
      const distance = squaredDistance(scaled, i * p, centroids, s * p, p);
      if (distance < least) {
        least = distance;
        nearest = s;
      }
    }
    segmentOf[i] = nearest;
    if (old < 0) {
      if (row === undefined) moves.push({ customerId: id, from: '', day: today });
      continue;
    }
    if (nearest === old) continue;
    const isRival = row !== undefined && now[before!.rival[row]!] === nearest;
    const since = isRival ? before!.rivalSince[row]! : today;
    const isClear = least < CLEARLY_NEARER * squaredDistance(scaled, i * p, centroids, old * p, p);
    if (isClear || isFresh[nearest]! || today - since >= NEAREST_FOR_DAYS) {
      moves.push({ customerId: id, from: ids[old]!, day: today });
      continue;
    }
    segmentOf[i] = old;
    rival[i] = nearest;
    rivalSince[i] = since;
  }
  const earliest = new Map<string, string>();
  for (const { customerId, from } of moves) if (!earliest.has(customerId)) earliest.set(customerId, from);
  return {
    segmentOf,
    lastWeek: customerIds.map((id, i) => earliest.get(id) ?? ids[segmentOf[i]!]!),
    membership: { day: today, customerIds: [...customerIds], segment: [...segmentOf], rival, rivalSince, moves },
  };
}
