import { type RandomSource, shuffledIndices } from '../math/random.ts';

/** A seeded sample of at most `size` of the n rows, ascending. */
export function sampleRows(n: number, size: number, random: RandomSource): Int32Array {
  return n <= size ? Int32Array.from({ length: n }, (_, i) => i) : shuffledIndices(n, random).slice(0, size).sort();
}
