import type { SparseRows } from './sparse-rows.ts';

/** Rows that hold as many columns lie side by side: a row's place among all of them is its position. */
export interface RowsBySize {
  /** How many columns a row holds: those that occur, ascending, without 0. */
  readonly sizes: Int32Array;
  /** Int32Array[sizes + 1]: the positions of rows of `sizes[s]` are `starts[s] … starts[s + 1]`. */
  readonly starts: Int32Array;
  /** By position, ascending within a size: the row. By row: its position. */
  readonly rows: Int32Array;
  readonly positions: Int32Array;
  /** Positions of the rows of `sizes[s]` that hold column c: `holders[begins[c · sizes + s] … begins[c · sizes + s + 1]]`. */
  readonly holders: Int32Array;
  readonly begins: Int32Array;
}

/** O(values + columns · sizes that occur), in time and memory. */
export function rowsBySize({ width, offsets, columns }: SparseRows): RowsBySize {
  const count = offsets.length - 1;
  const sizeOf = rowSizes(offsets);
  const ends = new Int32Array(sizeOf.reduce((most, size) => Math.max(most, size), 0) + 1);
  for (const size of sizeOf) ends[size]!++;
  const sizes = Int32Array.from(ends.keys()).filter((size) => size > 0 && ends[size]! > 0);
  const place = new Int32Array(ends.length);
  for (const [s, size] of sizes.entries()) place[size] = s;
  for (let size = 1; size < ends.length; size++) ends[size]! += ends[size - 1]!;
  const starts = Int32Array.from([ends[0]!, ...Array.from(sizes, (size) => ends[size]!)]);
  const rows = new Int32Array(count);
  const positions = new Int32Array(count);
  for (let row = count - 1; row >= 0; row--) {
    const position = --ends[sizeOf[row]!]!;
    rows[position] = row;
    positions[row] = position;
  }
  const begins = new Int32Array(width * sizes.length + 1);
  const cellOf = (entry: number, row: number): number => columns[entry]! * sizes.length + place[sizeOf[row]!]!;
  for (let row = 0; row < count; row++) {
    for (let e = offsets[row]!; e < offsets[row + 1]!; e++) begins[cellOf(e, row) + 1]!++;
  }
  for (let cell = 1; cell < begins.length; cell++) begins[cell]! += begins[cell - 1]!;
  const next = begins.slice();
  const holders = new Int32Array(columns.length);
  for (let position = 0; position < count; position++) {
    const row = rows[position]!;
    for (let e = offsets[row]!; e < offsets[row + 1]!; e++) holders[next[cellOf(e, row)]!++] = position;
  }
  return { sizes, starts, rows, positions, holders, begins };
}

/** How many columns each row holds. */
export function rowSizes(offsets: Int32Array): Int32Array {
  return offsets.subarray(1).map((end, row) => end - offsets[row]!);
}
