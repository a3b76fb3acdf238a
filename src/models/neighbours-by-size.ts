import { largestOf } from '../math/largest-of.ts';
import { rowsBySize } from '../math/rows-by-size.ts';
import type { SparseRows } from '../math/sparse-rows.ts';
import { topCounts } from '../math/top-counts.ts';
import type { Neighbours, SetSimilarity } from './set-similarity.ts';

/**
 * Finds the most similar other rows of a row of ones where most rows share a column with it. `similarity` to rows of one size
 * rests on how many columns are shared alone, so that rows are counted by it, size after size: from the size that could be the
 * most similar to the first that cannot be similar enough. A row costs the columns met of the sizes looked at and the rows of
 * these sizes; memory is 32 bytes a row, 4 a value, and 4 × columns × sizes that occur.
 */
export function neighboursBySize(
  rows: SparseRows,
  similarity: SetSimilarity,
  neighbours: number,
): (row: number) => Neighbours {
  const { sizes, starts, rows: rowAt, positions, holders, begins } = rowsBySize(rows);
  const groups = sizes.length;
  const orderOf = likeliestSizes(sizes, similarity);
  const count = positions.length;
  const top = topCounts(Math.min(neighbours, count));
  const common = new Uint16Array(count);
  const tally = new Int32Array((sizes.at(-1) ?? 0) + 1);
  const enough = new Int32Array(count);
  const ends = new Int32Array(groups);
  const nearest = new Int32Array(count);
  const tied = new Int32Array(count);
  const similarities = new Float64Array(count);

  /** Writes how many columns the rows of a size share with a row. */
  const countShared = (row: number, group: number): void => {
    common.fill(0, starts[group]!, starts[group + 1]!);
    for (let e = rows.offsets[row]!; e < rows.offsets[row + 1]!; e++) {
      const cell = rows.columns[e]! * groups + group;
      const end = begins[cell + 1]!;
      for (let h = begins[cell]!; h < end; h++) common[holders[h]!]!++;
    }
    common[positions[row]!] = 0;
  };
  /** The fewest shared columns that are similar enough; more than can be shared where none is. */
  const fewestShared = (size: number, other: number): number => {
    let fewest = Math.min(size, other) + 1;
    while (fewest > 1 && similarity(fewest - 1, size, other) >= top.least()) fewest--;
    return fewest;
  };

  return (row) => {
    const size = rows.offsets[row + 1]! - rows.offsets[row]!;
    const { order, best } = orderOf(size);
    top.clear();
    let looked = 0;
    let found = 0;
    for (; looked < groups && best[looked]! >= top.least(); looked++) {
      const group = order[looked]!;
      const other = sizes[group]!;
      const most = Math.min(size, other);
      const fewest = fewestShared(size, other);
      countShared(row, group);
      tally.fill(0, fewest, most + 1);
      const end = starts[group + 1]!;
      for (let p = starts[group]!; p < end; p++) {
        const shared = common[p]!;
        if (shared < fewest) continue;
        tally[shared]!++;
        enough[found++] = p;
      }
      ends[looked] = found;
      for (let shared = most; shared >= fewest; shared--) {
        if (tally[shared]! > 0) top.add(similarity(shared, size, other), tally[shared]!);
      }
    }
    const least = top.least();
    const places = top.places();
    let chosen = 0;
    let ties = 0;
    for (let l = 0, at = 0; l < looked; l++) {
      const group = order[l]!;
      const other = sizes[group]!;
      const fewest = fewestShared(size, other);
      // Of a size, those that share the fewest columns may be as similar as the last that has a place: then the first of them do.
      const isTied = similarity(fewest, size, other) === least;
      let left = places;
      for (; at < ends[l]!; at++) {
        const p = enough[at]!;
        const shared = common[p]!;
        if (shared < fewest) continue;
        if (isTied && shared === fewest) {
          if (left-- > 0) tied[ties++] = rowAt[p]!;
        } else {
          similarities[rowAt[p]!] = similarity(shared, size, other);
          nearest[chosen++] = rowAt[p]!;
        }
      }
    }
    // Of equally similar rows of several sizes, the lower ones.
    if (ties > places) tied.subarray(0, ties).sort();
    for (let t = 0; t < places; t++) {
      similarities[tied[t]!] = least;
      nearest[chosen++] = tied[t]!;
    }
    const ascending = nearest.slice(0, chosen).sort();
    const theirs = new Float64Array(chosen);
    for (let n = 0; n < chosen; n++) theirs[n] = similarities[ascending[n]!]!;
    return { rows: ascending, similarities: theirs };
  };
}

/** By size of a row: the sizes of others, from the one that could be most similar, and how similar it could be. */
function likeliestSizes(
  sizes: Int32Array,
  similarity: SetSimilarity,
): (size: number) => { order: Int32Array; best: Float64Array } {
  const known = new Map<number, { order: Int32Array; best: Float64Array }>();
  return (size) => {
    let likeliest = known.get(size);
    if (likeliest === undefined) {
      const most = Float64Array.from(sizes, (other) => similarity(Math.min(size, other), size, other));
      const order = largestOf(most, sizes.length, Int32Array.from(sizes.keys()));
      likeliest = { order, best: Float64Array.from(order, (group) => most[group]!) };
      known.set(size, likeliest);
    }
    return likeliest;
  };
}
