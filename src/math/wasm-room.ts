/** Memory of at least so many bytes, all 0, and the WebAssembly that works in it; null where the machine has no 128-bit vectors. */
export interface WasmRoom {
  readonly buffer: ArrayBuffer;
  readonly run: ((...at: number[]) => void) | null;
}

/** One function: of so many whole numbers, with locals of its own by type, giving nothing back. */
export interface WasmFunction {
  readonly parameters: number;
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly code: readonly number[];
}

const PAGE = 65_536;

/**
 * A memory for a function in WebAssembly, which has the vectors that JavaScript lacks. A memory takes gigabytes of addresses,
 * whatever its size, so there is one: what it held before is gone with the next call.
 *
 * Encoding: WebAssembly core specification 2.0, chapter 5.
 */
export function createWasmRoom(made: () => WasmFunction): (bytes: number) => WasmRoom {
  let memory: WebAssembly.Memory | null = null;
  let run: WasmRoom['run'] = null;
  return (bytes) => {
    if (memory === null) {
      memory = new WebAssembly.Memory({ initial: 1 });
      const code = Uint8Array.from(moduleOf(made()));
      if (WebAssembly.validate(code)) {
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { kith: { memory } });
        // The module below exports one function of whole numbers.
        run = exports.run as NonNullable<WasmRoom['run']>;
      }
    }
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    new Uint8Array(memory.buffer, 0, bytes).fill(0);
    return { buffer: memory.buffer, run };
  };
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

const END = 0x0b;
export const [I32, V128] = [0x7f, 0x7b];

/** Instructions. Addresses are bytes; `offset` is added to them. */
export const wasm = {
  constant: (value: number) => [0x41, ...signed(value)],
  get: (local: number) => [0x20, ...number(local)],
  set: (local: number) => [0x21, ...number(local)],
  tee: (local: number) => [0x22, ...number(local)],
  add: [0x6a],
  and: [0x71],
  shiftLeft: [0x74],
  shiftRight: [0x76],
  isBelow: [0x49],
  load: [0x28, 2, 0],
  loadDouble: (offset: number) => [0x2b, 3, ...number(offset)],
  storeDouble: (offset: number) => [0x39, 3, ...number(offset)],
  addDoubles: [0xa0],
  loadPair: (offset: number) => [0xfd, 0x00, 3, ...number(offset)],
  storePair: (offset: number) => [0xfd, 0x0b, 3, ...number(offset)],
  addPairs: [0xfd, ...number(0xf0)],
  multiplyPairs: [0xfd, ...number(0xf2)],
  lane: (which: number) => [0xfd, 0x21, which],
  /** Again while what the last instruction left is not 0. */
  loop: (...body: readonly (readonly number[])[]) => [0x03, 0x40, ...body.flat(), 0x0d, 0, END],
};

function moduleOf({ parameters, locals, code }: WasmFunction): number[] {
  const types = Array.from({ length: parameters }, () => [I32]);
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([0x60, ...list(...types), 0])),
    ...section(2, list([...text('kith'), ...text('memory'), 0x02, 0x00, 0])),
    ...section(3, list([0])),
    ...section(7, list([...text('run'), 0x00, 0])),
    ...section(10, list(sized([...list(...locals.map((local) => [...local])), ...code, END]))),
  ];
}
