import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { begunSequences } from '../../../src/models/begun-sequences.ts';

type Row = readonly [day: number, item: number];

/** The first day on which the rows hold the steps within the gaps, by trying every way; infinity for never. */
function completedOn(rows: readonly Row[], steps: readonly number[], least: number, most: number): number {
  const from = (at: number, last: number): number =>
    at === steps.length
      ? last
      : Math.min(
          Number.POSITIVE_INFINITY,
          ...rows
            .filter(([day, item]) => item === steps[at] && (at === 0 || (day - last >= least && day - last <= most)))
            .map(([day]) => from(at + 1, day)),
        );
  return from(0, Number.NaN);
}

describe('sequences that customers have begun', () => {
  it('are told with the first day on which they are complete, as trying every way finds, in 300 random histories', () => {
    const all = [0, 1, 2, 3];
    const every = all.flatMap((a) => [[a], ...all.flatMap((b) => [[a, b], ...all.map((c) => [a, b, c])])]);
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const customers = Array.from({ length: 5 }, () => {
        const rows = new Map<string, Row>();
        for (let i = Math.floor(9 * random()); i > 0; i--) {
          const row = [Math.floor(12 * random()), Math.floor(4 * random())] as const;
          rows.set(row.join(), row);
        }
        return [...rows.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      });
      const offsets = [0];
      for (const rows of customers) offsets.push(offsets.at(-1)! + rows.length);
      const sequences = {
        offsets: Int32Array.from(offsets),
        days: Int32Array.from(customers.flat(), ([day]) => day),
        items: Int32Array.from(customers.flat(), ([, item]) => item),
      };
      const gaps = { minimumGap: 1 + (seed % 2), maximumGap: 2 + (seed % 7) };
      // Some of them, so that longer ones are asked for whose beginnings are not.
      const asked = every.filter(() => random() < 0.4);
      const begun = begunSequences(sequences, asked, gaps);
      for (const [c, rows] of customers.entries()) {
        const told: [string, number][] = [];
        begun(c, (index, day) => told.push([asked[index]!.join('>'), day]));
        const expected = asked
          .map((steps) => [steps.join('>'), completedOn(rows, steps, gaps.minimumGap, gaps.maximumGap)] as const)
          .filter(([, day]) => Number.isFinite(day));
        expect(told).toHaveLength(expected.length);
        expect(new Map(told)).toEqual(new Map(expected));
      }
    }
  });
});
