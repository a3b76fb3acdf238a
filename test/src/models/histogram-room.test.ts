import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { histogramLayout } from '../../../src/models/histogram.ts';
import { addFourColumns, histogramRoom } from '../../../src/models/histogram-room.ts';
import { packBins } from '../../../src/models/packed-bins.ts';
import { randomRows } from './random-trees.ts';

function filled(columns: number, seed: number) {
  const random = seededRandom(seed);
  const [n, m] = [700, 300];
  const x = randomRows(n, columns, 0.1, random).map((value) => value + random() / 8);
  const bins = packBins(
    x,
    columns,
    Int32Array.from({ length: n }, (_, i) => i),
    255,
  );
  const layout = histogramLayout(bins);
  const room = histogramRoom(layout);
  const [start, pairs] = [50, Float64Array.from({ length: 2 * m }, () => random() - 0.5)];
  for (let i = 0; i < n; i++) room.order[i] = n - 1 - i;
  room.pairs.set(pairs);
  const histogram = new Float64Array(layout.length).fill(9);
  room.fill(start, m, histogram);
  return { bins, layout, m, pairs, histogram, rows: room.order.slice(start, start + m) };
}

describe('histogramRoom', () => {
  it.each([1, 4, 7])('sums slopes and packed counts of the rows by the bins of %d columns', (columns) => {
    const { bins, layout, pairs, histogram, rows } = filled(columns, columns);
    const expected = new Float64Array(layout.length);
    rows.forEach((row, i) => {
      for (let j = 0; j < columns; j++) {
        const bin = (bins.words[j >> 2]![row]! >>> (8 * (j & 3))) & 255;
        for (const side of [0, 1]) expected[layout.offsets[j]! + 2 * bin + side]! += pairs[2 * i + side]!;
      }
    });
    // Behind the last column is the place of columns that only fill a word.
    const end = layout.length - 2;
    expect([...histogram.subarray(0, end)]).toEqual([...expected.subarray(0, end)]);
  });

  it('gives the bytes that its TypeScript twin gives', () => {
    const { bins, layout, m, pairs, histogram, rows } = filled(6, 8);
    const [words, order, first] = [8 * 2 * m, 8 * 2 * m + 4 * 700, 8 * (2 * m + 700)];
    const buffer = new ArrayBuffer(first + 8 * layout.length);
    new Float64Array(buffer).set(pairs);
    new Int32Array(buffer).set(rows, order / 4);
    bins.words.forEach((own, w) => {
      new Int32Array(buffer).set(own, words / 4);
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => first + 8 * layout.offsets[4 * w + k]!);
      addFourColumns(buffer, [words, order, order + 4 * m, 0, a!, b!, c!, d!]);
    });
    expect([...new Float64Array(buffer, first)]).toEqual([...histogram]);
  });

  it('counts nothing of no rows, and nothing of what was counted before', () => {
    const { layout } = filled(3, 2);
    const histogram = new Float64Array(layout.length).fill(1);
    histogramRoom(layout).fill(0, 0, histogram);
    expect(histogram.every((sum) => sum === 0)).toBe(true);
  });
});
