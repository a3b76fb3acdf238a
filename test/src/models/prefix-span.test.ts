import { describe, expect, it } from 'vitest';
import { poissonTail } from '../../../src/math/poisson-tail.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { nextSteps, withoutLongerBeginnings } from '../../../src/models/next-steps.ts';
import { prefixSpan, stepsOf } from '../../../src/models/prefix-span.ts';
import type { PurchaseSequences } from '../../../src/models/purchase-sequences.ts';

type Row = readonly [day: number, item: number];

function sequencesOf(customers: readonly (readonly Row[])[]): PurchaseSequences {
  const offsets = [0];
  for (const rows of customers) offsets.push(offsets.at(-1)! + rows.length);
  return {
    offsets: Int32Array.from(offsets),
    days: Int32Array.from(customers.flat(), ([day]) => day),
    items: Int32Array.from(customers.flat(), ([, item]) => item),
  };
}

function randomCustomers(seed: number): Row[][] {
  const random = seededRandom(seed);
  return Array.from({ length: 4 + Math.floor(8 * random()) }, () => {
    const rows = new Map<string, Row>();
    for (let i = Math.floor(7 * random()); i > 0; i--) {
      const row = [Math.floor(12 * random()), Math.floor(4 * random())] as const;
      rows.set(row.join(), row);
    }
    return [...rows.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  });
}

const gaps = { minimumGap: 1, maximumGap: 400 };
const open = { ...gaps, maximumLength: 3, maximumSequences: 100_000 };

/** Whether a customer's rows hold the steps, by trying every way. */
function holds(rows: readonly Row[], steps: readonly number[], minimumGap: number, maximumGap: number): boolean {
  const from = (at: number, last: number | null): boolean =>
    at === steps.length ||
    rows.some(
      ([day, item]) =>
        item === steps[at] &&
        (last === null || (day - last >= minimumGap && day - last <= maximumGap)) &&
        from(at + 1, day),
    );
  return from(0, null);
}

describe('frequent sequences', () => {
  it('are those that trying every sequence finds, with the same counts, on 300 random histories', () => {
    const all = [0, 1, 2, 3];
    const tried = all.flatMap((a) => [[a], ...all.flatMap((b) => [[a, b], ...all.map((c) => [a, b, c])])]);
    for (let seed = 1; seed <= 300; seed++) {
      const customers = randomCustomers(seed);
      const minimumGap = 1 + (seed % 2);
      const maximumGap = minimumGap + (seed % 7);
      const minimumCount = 2 + (seed % 2);
      const expected = new Map<string, number>();
      for (const steps of tried) {
        const count = customers.filter((rows) => holds(rows, steps, minimumGap, maximumGap)).length;
        if (count >= minimumCount) expected.set(steps.join('>'), count);
      }
      const found = prefixSpan(sequencesOf(customers), { ...open, minimumCount, minimumGap, maximumGap });
      expect(new Map([...found.count].map((count, i) => [stepsOf(found, i).join('>'), count]))).toEqual(expected);
    }
  });

  it('raise the minimum and say so when there would be too many', () => {
    const long = Array.from({ length: 12 }, (_, i): Row => [i * 5, i]);
    const pair: Row[] = [
      [0, 0],
      [5, 1],
    ];
    const customers = [...Array.from({ length: 6 }, () => long), ...Array.from({ length: 20 }, () => pair)];
    const found = prefixSpan(sequencesOf(customers), { ...open, minimumCount: 5, maximumSequences: 50 });
    expect(found).toMatchObject({ wasRaised: true, minimumCount: 7 });
    expect(Array.from(found.count, (_, i) => stepsOf(found, i))).toEqual([[0], [0, 1], [1]]);
  });

  it('are none for nobody, and refuse a minimum or gaps that cannot be', () => {
    const nobody = sequencesOf([]);
    expect(prefixSpan(nobody, { ...open, minimumCount: 5 }).count).toHaveLength(0);
    expect(() => prefixSpan(nobody, { ...open, minimumCount: 0 })).toThrow(/minimum count of 1 or more, not 0/);
    expect(() => prefixSpan(nobody, { ...open, minimumCount: 1, minimumGap: 0 })).toThrow(/gaps of 1 day or more/);
  });
});

describe('usual next steps', () => {
  const options = { asOfDay: 1_000, ...gaps, minimumFollowers: 5 };

  /** Everybody begins with item 2; of those who buy 0, `share` buy 1 after about 90 days; others hardly ever. */
  function planted(share: number, seed = 3): Row[][] {
    const random = seededRandom(seed);
    return Array.from({ length: 400 }, (_, c) => {
      const begun = Math.floor(300 * random());
      const rows: Row[] = [[begun, 2]];
      const isStarter = c % 2 === 0;
      if (isStarter) rows.push([begun + 10, 0]);
      if (random() < (isStarter ? share : 0.05)) rows.push([begun + 70 + Math.floor(60 * random()), 1]);
      return rows;
    });
  }

  it('are found where they were planted, with their share and their delay', () => {
    const sequences = sequencesOf(planted(0.4));
    const steps = nextSteps(sequences, prefixSpan(sequences, { ...open, minimumCount: 8 }), options);
    const step = steps.find(({ after, next }) => after.join() === '0' && next === 1)!;
    expect(step.starters).toBe(200);
    expect(step.confidence).toBeGreaterThan(0.33);
    expect(step.confidence).toBeLessThan(0.47);
    expect(step.delay.median).toBeGreaterThan(80);
    expect(step.delay.median).toBeLessThan(100);
    expect(step.delay.q1).toBeLessThan(step.delay.median);
    expect(step.delay.longest).toBeLessThan(120);
    expect(step.lift).toBeGreaterThan(1.5);
    expect(step.adjustedP).toBeLessThan(0.001);
  });

  it('count only customers to whom the product is new, and nothing that came too late', () => {
    const customers: Row[][] = [
      [
        [0, 0],
        [10, 1],
      ],
      [
        [0, 1],
        [5, 0],
        [20, 1],
      ],
      [
        [0, 0],
        [500, 1],
      ],
      [[999, 0]],
      [[1_000, 0]],
    ];
    const sequences = sequencesOf(customers);
    const patterns = prefixSpan(sequences, { ...open, minimumCount: 1 });
    const [step] = nextSteps(sequences, patterns, { ...options, minimumFollowers: 1 }).filter(
      ({ after, next }) => after.join() === '0' && next === 1,
    );
    // Three began before the last day without it: one bought in time, one too late, one has only begun.
    expect(step).toMatchObject({ starters: 3, followers: 1, delay: { median: 10, longest: 10 } });
    // At risk: 10, 500, 1 and 0 days of those who began without it; two first purchases came after a customer's first day.
    expect(step!.expected).toBeCloseTo((2 / (10 + 500 + 1)) * (10 + 400 + 1), 10);
  });

  it('are not found where the order is chance', () => {
    let found = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const customers = Array.from({ length: 200 }, () =>
        Array.from({ length: 6 }, (_, item): Row => [Math.floor(900 * random()), item]).sort((a, b) => a[0] - b[0]),
      );
      const sequences = sequencesOf(customers);
      const steps = nextSteps(
        sequences,
        prefixSpan(sequences, { ...open, maximumLength: 2, minimumCount: 8 }),
        options,
      );
      found += steps.some(({ adjustedP, lift }) => adjustedP <= 0.05 && lift >= 1.2) ? 1 : 0;
    }
    expect(found).toBeLessThanOrEqual(2);
  });

  it('drop a longer beginning that says no more', () => {
    const step = { starters: 10, followers: 5, expected: 1, lift: 5, adjustedP: 0 };
    const delay = { q1: 1, median: 2, q3: 3, longest: 4 };
    const short = { ...step, delay, after: [0], next: 2, confidence: 0.5 };
    const same = { ...step, delay, after: [1, 0], next: 2, confidence: 0.5 };
    const better = { ...same, after: [3, 0], confidence: 0.7 };
    expect(withoutLongerBeginnings([short, same, better])).toEqual([short, better]);
  });

  it('rest on the tail of the Poisson distribution', () => {
    // 1 − e⁻²(1 + 2 + 2), and 1 − e⁻³.
    expect(poissonTail(3, 2)).toBeCloseTo(1 - Math.exp(-2) * 5, 12);
    expect(poissonTail(1, 3)).toBeCloseTo(1 - Math.exp(-3), 12);
    expect(poissonTail(0, 3)).toBe(1);
    expect(poissonTail(2, 0)).toBe(0);
  });
});
