import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { packBins } from '../../../src/models/packed-bins.ts';
import { randomRows } from './random-trees.ts';

describe('packBins', () => {
  it('gives each distinct value a bin where there are few, and a missing one the bin after', () => {
    const packed = packBins(Float64Array.of(5, Number.NaN, 1, 5, 3), 1, Int32Array.of(0, 1, 2, 3, 4), 255);
    expect([...packed.bounds[0]!]).toEqual([2, 4]);
    expect([...packed.words[0]!]).toEqual([2, 3, 0, 2, 1]);
    expect(packed.hasMissing).toEqual([true]);
  });

  it('keeps the bins of four columns in a word, in agreement with the bounds, up to 255 and missing', () => {
    const random = seededRandom(3);
    const [n, p] = [3000, 6];
    const x = randomRows(n, p, 0.05, random).map((value) => value + random() / 8);
    const rows = Int32Array.from({ length: n - 10 }, (_, i) => n - 1 - i);
    const { bounds, words } = packBins(x, p, rows, 255);
    const fullest = Math.max(...bounds.map((edges) => edges.length));
    expect(fullest).toBe(254);
    let wrong = 0;
    for (let j = 0; j < p; j++) {
      const counts = new Int32Array(256);
      rows.forEach((row, i) => {
        const bin = (words[j >> 2]![i]! >>> ((j & 3) * 8)) & 255;
        const value = x[row * p + j]!;
        counts[bin]!++;
        const below = bounds[j]!.findIndex((edge) => edge >= value);
        const last = bounds[j]!.length;
        if (bin !== (Number.isNaN(value) ? last + 1 : below < 0 ? last : below)) wrong++;
      });
      // Quantiles: about as many rows in each.
      expect(Math.max(...counts.subarray(0, 255))).toBeLessThan(40);
    }
    expect(wrong).toBe(0);
  });

  it('makes fewer bins than asked where quantiles fall together', () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i));
    const { bounds } = packBins(x, 1, Int32Array.from(x.keys()), 10);
    expect([...bounds[0]!]).toEqual([0, 450]);
  });
});
