import { tileRoomOf } from './cross-products-wasm.ts';

/** Rows of a block: three dozen columns of them stay in the first cache. */
export const BLOCK_ROWS = 128;
const BYTES = 8;
/** Columns are multiplied two by four: eight sums share six values read. */
const [TALL, WIDE] = [2, 4];
const tileRoom = tileRoomOf(BLOCK_ROWS);

/** Σ over rows of the products of every two columns, block of rows by block of rows. */
export interface CrossProducts {
  /** `columns`, filled up to a multiple of four by columns of 0. */
  readonly padded: number;
  /** padded × 128, column after column: fill it, then `add`. */
  readonly block: Float64Array;
  /** padded × padded, row-major; entries above the diagonal mean nothing. */
  readonly sums: Float64Array;
  add(): void;
}

/**
 * Room for `columns` columns, all 0, until the next call: there is one room. Two columns by four at a time, so that sums stay in registers (Goto and van de Geijn
 * 2008, Anatomy of high-performance matrix multiplication, section 3).
 */
export function crossProducts(columns: number): CrossProducts {
  const padded = Math.ceil(columns / WIDE) * WIDE;
  const size = padded * BLOCK_ROWS;
  const room = tileRoom((size + padded * padded) * BYTES);
  const block = new Float64Array(room.buffer, 0, size);
  const sums = new Float64Array(room.buffer, size * BYTES, padded * padded);
  const tile = room.run ?? ((...at: Tile) => addTile(new Float64Array(room.buffer), ...at));
  const add = () => {
    for (let i = 0; i < padded; i += TALL) {
      for (let k = 0; k <= i; k += WIDE) {
        const out = (size + i * padded + k) * BYTES;
        tile(i * BLOCK_ROWS * BYTES, k * BLOCK_ROWS * BYTES, out, out + padded * BYTES);
      }
    }
  };
  return { padded, block, sums, add };
}

/** Byte offsets of the first of two columns, of the first of four, and of the four sums of either of the two. */
export type Tile = [tall: number, wide: number, firstSums: number, secondSums: number];

/** What the WebAssembly does, in the same order of additions: even and odd rows apart. */
export function addTile(memory: Float64Array, ...[tall, wide, firstSums, secondSums]: Tile): void {
  for (let i = 0; i < TALL; i++) {
    const left = tall / BYTES + i * BLOCK_ROWS;
    const sums = (i === 0 ? firstSums : secondSums) / BYTES;
    for (let k = 0; k < WIDE; k++) {
      const right = wide / BYTES + k * BLOCK_ROWS;
      let [even, odd] = [0, 0];
      for (let row = 0; row < BLOCK_ROWS; row += 2) {
        even += memory[left + row]! * memory[right + row]!;
        odd += memory[left + row + 1]! * memory[right + row + 1]!;
      }
      memory[sums + k] = memory[sums + k]! + (even + odd);
    }
  }
}
