import type { SparseRows } from './sparse-rows.ts';

/** 32 rows a word, a word's rows all of one size: who holds a column is a bit each. A row's place is its word × 32 + its bit. */
export interface BitsBySize {
  /** How many columns a row holds: those that occur, ascending, without 0. */
  readonly sizes: Int32Array;
  /** Int32Array[sizes + 1]: the words of rows of `sizes[s]` are `starts[s] … starts[s + 1]`. */
  readonly starts: Int32Array;
  /** By place, ascending within a size: the row; −1 where a size's last word is not full. */
  readonly rows: Int32Array;
  /** By row: its place; −1 for one without columns. */
  readonly places: Int32Array;
  /** (columns + 1) × words, row-major: the rows that hold a column; nobody holds the last one. */
  readonly bits: Int32Array;
}

/** How many columns each row holds. */
export function rowSizes(offsets: Int32Array): Int32Array {
  return offsets.subarray(1).map((end, row) => end - offsets[row]!);
}

/** O(values + columns × words) in time and memory, where words are at most rows ÷ 32 + sizes that occur. */
export function bitsBySize({ width, offsets, columns }: SparseRows): BitsBySize {
  const sizeOf = rowSizes(offsets);
  const having = new Int32Array(sizeOf.reduce((most, size) => Math.max(most, size), 0) + 1);
  for (const size of sizeOf) having[size]!++;
  const sizes = Int32Array.from(having.keys()).filter((size) => size > 0 && having[size]! > 0);
  const starts = new Int32Array(sizes.length + 1);
  const next = new Int32Array(having.length);
  for (const [s, size] of sizes.entries()) {
    next[size] = starts[s]! * 32;
    starts[s + 1] = starts[s]! + Math.ceil(having[size]! / 32);
  }
  const words = starts.at(-1)!;
  const rows = new Int32Array(words * 32).fill(-1);
  const places = new Int32Array(sizeOf.length).fill(-1);
  const bits = new Int32Array((width + 1) * words);
  for (const [row, size] of sizeOf.entries()) {
    if (size === 0) continue;
    const place = next[size]!++;
    rows[place] = row;
    places[row] = place;
    for (let e = offsets[row]!; e < offsets[row + 1]!; e++) {
      const at = columns[e]! * words + (place >> 5);
      bits[at] = bits[at]! | (1 << (place & 31));
    }
  }
  return { sizes, starts, rows, places, bits };
}
