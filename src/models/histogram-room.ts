import { createWasmRoom, I32, V128, type WasmFunction, wasm } from '../math/wasm-room.ts';
import type { HistogramLayout } from './histogram.ts';

/** Where histograms are counted. */
export interface HistogramRoom {
  /** m positions of rows: a node's lie beside one another. */
  readonly order: Int32Array;
  /** Slope and packed count of each row of the node that is counted, one row after the other. */
  readonly pairs: Float64Array;
  /** Counts the rows `order[start … start + count)`, whose pairs are the first, into `histogram`. */
  fill(start: number, count: number, histogram: Float64Array): void;
}

const [WORD_BYTES, PAIR_BYTES] = [4, 16];
const vectorRoom = createWasmRoom(fourColumns);

/** Room for the rows of `layout`, until the next call: there is one room. */
export function histogramRoom({ bins, offsets, length }: HistogramLayout): HistogramRoom {
  const m = bins.rows;
  const ordered = m * PAIR_BYTES;
  const words = ordered + m * WORD_BYTES;
  // Pairs lie where 16 divides the address.
  const filled = Math.ceil((words + bins.words.length * m * WORD_BYTES) / PAIR_BYTES) * PAIR_BYTES;
  const { buffer, run } = vectorRoom(filled + length * 8);
  const addWords = run ?? ((...at: number[]) => addFourColumns(buffer, at as FourColumns));
  for (const [w, own] of bins.words.entries()) new Int32Array(buffer, words + w * m * WORD_BYTES, m).set(own);
  const order = new Int32Array(buffer, ordered, m);
  const pairs = new Float64Array(buffer, 0, 2 * m);
  const sums = new Float64Array(buffer, filled, length);
  const at = offsets.map((offset) => filled + offset * 8);
  return {
    order,
    pairs,
    fill(start, count, histogram) {
      sums.fill(0);
      const first = ordered + start * WORD_BYTES;
      const end = first + count * WORD_BYTES;
      for (let w = 0; w < bins.words.length; w++) {
        const [a, b, c, d] = [at[4 * w]!, at[4 * w + 1]!, at[4 * w + 2]!, at[4 * w + 3]!];
        if (count > 0) addWords(words + w * m * WORD_BYTES, first, end, 0, a, b, c, d);
      }
      histogram.set(sums);
    },
  };
}

/** Byte offsets of the bins of four columns, of the first and behind the last of the rows' places, of their pairs, and of the four histograms. */
export type FourColumns = [
  words: number,
  order: number,
  end: number,
  pairs: number,
  first: number,
  second: number,
  third: number,
  fourth: number,
];

/** What the WebAssembly does, in the same order of additions. */
export function addFourColumns(buffer: ArrayBuffer, [words, order, end, pairs, ...columns]: FourColumns): void {
  const places = new Int32Array(buffer, order, (end - order) / WORD_BYTES);
  const packed = new Int32Array(buffer, words);
  const doubles = new Float64Array(buffer);
  for (let i = 0; i < places.length; i++) {
    const word = packed[places[i]!]!;
    const pair = pairs / 8 + 2 * i;
    for (let k = 0; k < columns.length; k++) {
      const at = columns[k]! / 8 + 2 * ((word >>> (8 * k)) & 255);
      doubles[at] = doubles[at]! + doubles[pair]!;
      doubles[at + 1] = doubles[at + 1]! + doubles[pair + 1]!;
    }
  }
}

/** One look at a row's word adds its pair, as one vector, to a bin of each of four columns. */
function fourColumns(): WasmFunction {
  const { add, addPairs, and, constant, get, isBelow, load, loadPair, set, shiftLeft, shiftRight, storePair, tee } =
    wasm;
  // Parameters 0 to 7 are those of `FourColumns`; the rest are its own.
  const [WORDS, ORDER, END, PAIRS, FIRST, WORD, AT, PAIR] = [0, 1, 2, 3, 4, 8, 9, 10] as const;
  const place = [...get(ORDER), ...load, ...constant(2), ...shiftLeft];
  const columns = [0, 1, 2, 3].flatMap((k) => [
    // Of the word, the column's byte times the 16 bytes of a pair.
    ...[...get(WORD), ...constant(k === 0 ? 4 : 8 * k - 4), ...(k === 0 ? shiftLeft : shiftRight)],
    ...[...constant(255 * PAIR_BYTES), ...and, ...get(FIRST + k), ...add, ...tee(AT)],
    ...[...get(AT), ...loadPair(0), ...get(PAIR), ...addPairs, ...storePair(0)],
  ]);
  const code = wasm.loop(
    [...place, ...get(WORDS), ...add, ...load, ...set(WORD)],
    [...get(PAIRS), ...loadPair(0), ...set(PAIR)],
    columns,
    [...get(PAIRS), ...constant(PAIR_BYTES), ...add, ...set(PAIRS)],
    [...get(ORDER), ...constant(WORD_BYTES), ...add, ...tee(ORDER), ...get(END), ...isBelow],
  );
  return {
    parameters: 8,
    locals: [
      [2, I32],
      [1, V128],
    ],
    code,
  };
}
