import { bitCount, bitCounters } from '../math/bit-counters.ts';
import { bitsBySize } from '../math/bits-by-size.ts';
import { largestOf } from '../math/largest-of.ts';
import type { SparseRows } from '../math/sparse-rows.ts';
import { topCounts } from '../math/top-counts.ts';
import type { Neighbours, SetSimilarity } from './set-similarity.ts';

/**
 * Finds the most similar other rows of a row of ones where most rows share a column with it. `similarity` to rows of one size
 * rests on how many columns are shared alone, so that rows are counted by it, 32 at once, size after size: from the size that
 * could be the most similar to the first that cannot be similar enough. A row costs its columns × the rows of the sizes looked
 * at ÷ 32; memory is 16 bytes a row, and a bit × rows × columns.
 */
export function neighboursBySize(
  rows: SparseRows,
  similarity: SetSimilarity,
  neighbours: number,
): (row: number) => Neighbours {
  const { sizes, starts, rows: rowAt, places: placeOf, bits } = bitsBySize(rows);
  const words = starts.at(-1)!;
  const count = placeOf.length;
  const orderOf = likeliestSizes(sizes, similarity);
  const top = topCounts(Math.min(neighbours, count));
  const shared = bitCounters(words, sizes.at(-1) ?? 0);
  const nearest = new Int32Array(count);
  const tied = new Int32Array(count);
  const similarities = new Float64Array(count);
  const basesOf = (row: number): Int32Array => {
    const columns = rows.columns.subarray(rows.offsets[row]!, rows.offsets[row + 1]!);
    const bases = new Int32Array(Math.ceil(columns.length / 4) * 4).fill(rows.width * words);
    for (let c = 0; c < columns.length; c++) bases[c] = columns[c]! * words;
    return bases;
  };

  /** Counts the rows of a size by how many columns they share with a row, as far as that is similar enough. */
  const tally = (size: number, group: number): void => {
    const other = sizes[group]!;
    for (let common = Math.min(size, other), counted = 0; common > 0; common--) {
      const own = similarity(common, size, other);
      if (own < top.least()) break;
      let having = 0;
      for (let w = starts[group]!; w < starts[group + 1]!; w++) having += bitCount(shared.atLeast(common, w));
      if (having > counted) top.add(own, having - counted);
      counted = having;
    }
  };

  return (row) => {
    const size = rows.offsets[row + 1]! - rows.offsets[row]!;
    const { order, best } = orderOf(size);
    const bases = basesOf(row);
    top.clear();
    let looked = 0;
    for (; looked < order.length && best[looked]! >= top.least(); looked++) {
      const group = order[looked]!;
      shared.count(bits, bases, starts[group]!, starts[group + 1]!);
      if (sizes[group] === size) shared.clear(placeOf[row]!);
      tally(size, group);
    }
    const least = top.least();
    const places = top.places();
    let chosen = 0;
    let ties = 0;
    for (let l = 0; l < looked && best[l]! >= least; l++) {
      const group = order[l]!;
      const other = sizes[group]!;
      let fewest = Math.min(size, other);
      while (fewest > 1 && similarity(fewest - 1, size, other) >= least) fewest--;
      // Of a size, those that share the fewest columns may be as similar as the last that has a place: then the first of them do.
      const isTied = similarity(fewest, size, other) === least;
      let left = places;
      for (let w = starts[group]!; w < starts[group + 1]!; w++) {
        for (let having = shared.atLeast(fewest, w); having !== 0; having &= having - 1) {
          const place = w * 32 + 31 - Math.clz32(having & -having);
          const common = shared.at(place);
          if (isTied && common === fewest) {
            if (left-- > 0) tied[ties++] = rowAt[place]!;
          } else {
            similarities[rowAt[place]!] = similarity(common, size, other);
            nearest[chosen++] = rowAt[place]!;
          }
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
