/** Memory of at least so many bytes, and the WebAssembly that works in it; null where the machine has no 128-bit vectors. */
export interface TileRoom {
  readonly buffer: ArrayBuffer;
  readonly tile: ((tall: number, wide: number, firstSums: number, secondSums: number) => void) | null;
}

const PAGE = 65_536;
let memory: WebAssembly.Memory | null = null;
let tile: TileRoom['tile'] = null;

/**
 * The inner loop of `crossProducts`, in WebAssembly because JavaScript has no vectors: 2 × 4 sums of products of columns of
 * `rows` doubles, two rows at a time. `addTile` in cross-products.ts is the same in TypeScript. A memory takes gigabytes of
 * addresses, whatever its size, so there is one: what it held before is gone with the next call.
 *
 * Encoding: WebAssembly core specification 2.0, chapter 5.
 */
export function tileRoom(rows: number, bytes: number): TileRoom {
  if (memory === null) {
    memory = new WebAssembly.Memory({ initial: 1 });
    const code = Uint8Array.from(moduleOf(rows));
    if (WebAssembly.validate(code)) {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { kith: { memory } });
      // The module below exports one function of four integers.
      tile = exports.tile as NonNullable<TileRoom['tile']>;
    }
  }
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  new Uint8Array(memory.buffer, 0, bytes).fill(0);
  return { buffer: memory.buffer, tile };
}

/** A whole number as LEB128. */
function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >> 7)];
}

/** As `number`, of a signed type: the last byte leaves room for the sign. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}

const text = (word: string) => [word.length, ...new TextEncoder().encode(word)];
const list = (...items: readonly number[][]) => [...number(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...number(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];

const [I32, V128, F64_ADD, I32_ADD, END] = [0x7f, 0x7b, 0xa0, 0x6a, 0x0b];
const constant = (value: number) => [0x41, ...signed(value)];
const get = (local: number) => [0x20, ...number(local)];
const set = (local: number) => [0x21, ...number(local)];
const tee = (local: number) => [0x22, ...number(local)];
const loadPair = (pointer: number, offset: number) => [...get(pointer), 0xfd, 0x00, 3, ...number(offset)];
const addPairs = [0xfd, ...number(0xf0)];
const multiplyPairs = [0xfd, ...number(0xf2)];
const lane = (which: number) => [0xfd, 0x21, which];

// Parameters 0 to 3 are those of `Tile`; the rest are its own.
const [TALL, WIDE, SUMS, STOP, A, B, W, FIRST] = [0, 1, [2, 3], 4, 5, 6, 7, 8] as const;

function moduleOf(rows: number): number[] {
  const column = rows * 8;
  const products = [0, 1, 2, 3].flatMap((k) => [
    ...loadPair(WIDE, k * column),
    ...set(W),
    ...[A, B].flatMap((side, i) => {
      const sum = FIRST + 4 * i + k;
      return [...get(sum), ...get(side), ...get(W), ...multiplyPairs, ...addPairs, ...set(sum)];
    }),
  ]);
  const loop = [
    ...[0x03, 0x40],
    ...[...loadPair(TALL, 0), ...set(A), ...loadPair(TALL, column), ...set(B)],
    ...products,
    ...[...get(WIDE), ...constant(16), I32_ADD, ...set(WIDE)],
    ...[...get(TALL), ...constant(16), I32_ADD, ...tee(TALL), ...get(STOP), 0x49],
    ...[0x0d, 0, END],
  ];
  const stores = SUMS.flatMap((sums, i) =>
    [0, 1, 2, 3].flatMap((k) => {
      const sum = FIRST + 4 * i + k;
      const both = [...get(sum), ...lane(0), ...get(sum), ...lane(1), F64_ADD];
      return [...get(sums), ...get(sums), 0x2b, 3, 8 * k, ...both, F64_ADD, 0x39, 3, 8 * k];
    }),
  );
  const stop = [...get(TALL), ...constant(column), I32_ADD, ...set(STOP)];
  const locals = list([1, I32], [11, V128]);
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([0x60, ...list([I32], [I32], [I32], [I32]), 0])),
    ...section(2, list([...text('kith'), ...text('memory'), 0x02, 0x00, 0])),
    ...section(3, list([0])),
    ...section(7, list([...text('tile'), 0x00, 0])),
    ...section(10, list(sized([...locals, ...stop, ...loop, ...stores, END]))),
  ];
}
