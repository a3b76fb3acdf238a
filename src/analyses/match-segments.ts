import { hungarian } from '../models/hungarian.ts';

/** What became of segments when they were fitted again. */
export interface SegmentChange {
  readonly kind: 'new' | 'split' | 'merged' | 'gone';
  /** The segment that is new or split off, or that was merged away or is gone. */
  readonly id: string;
  /** Split: the segment it came from. Merged: the one it went into. '' otherwise. */
  readonly other: string;
}

/** Two segments are the same one when they share at least this part of the customers of either. */
const SAME_FROM = 1 / 3;

/**
 * Gives the clusters of a new fit the ids of the old segments they continue: `oldOf[i]` and `newOf[i]` are customer i's
 * clusters under the two models, and the matching with the largest total overlap (Jaccard, by the Hungarian method) is
 * taken. A cluster without a partner gets the next unused id, `s<number>`.
 */
export function matchSegments(
  oldOf: Int32Array,
  oldIds: readonly string[],
  newOf: Int32Array,
  newCount: number,
  firstFreeId: number,
): { ids: string[]; nextId: number; changes: SegmentChange[] } {
  const size = Math.max(oldIds.length, newCount);
  const shared = new Float64Array(size * size);
  const oldSizes = new Float64Array(size);
  const newSizes = new Float64Array(size);
  for (let i = 0; i < oldOf.length; i++) {
    shared[newOf[i]! * size + oldOf[i]!]! += 1;
    newSizes[newOf[i]!]! += 1;
    oldSizes[oldOf[i]!]! += 1;
  }
  const overlap = shared.map((both, cell) => {
    const all = newSizes[Math.floor(cell / size)]! + oldSizes[cell % size]! - both;
    return all === 0 ? 0 : both / all;
  });
  const partner = hungarian(
    overlap.map((value) => -value),
    size,
    size,
  );
  const ids: string[] = [];
  const changes: SegmentChange[] = [];
  const continued = new Set<number>();
  let nextId = firstFreeId;
  for (let c = 0; c < newCount; c++) {
    const old = partner[c]!;
    if (old < oldIds.length && overlap[c * size + old]! >= SAME_FROM) {
      ids.push(oldIds[old]!);
      continued.add(old);
      continue;
    }
    const id = `s${nextId++}`;
    ids.push(id);
    const source = oldIds.findIndex((_, o) => shared[c * size + o]! > newSizes[c]! / 2);
    changes.push(source < 0 ? { kind: 'new', id, other: '' } : { kind: 'split', id, other: oldIds[source]! });
  }
  for (const [o, id] of oldIds.entries()) {
    if (continued.has(o)) continue;
    const target = ids.findIndex((_, c) => shared[c * size + o]! > oldSizes[o]! / 2);
    const isMerged = target >= 0 && oldIds.includes(ids[target]!);
    changes.push(isMerged ? { kind: 'merged', id, other: ids[target]! } : { kind: 'gone', id, other: '' });
  }
  return { ids, nextId, changes };
}
