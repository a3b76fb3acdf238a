import Apriori from 'apriori';
import { describe, expect, it } from 'vitest';
import { logFactorial } from '../../../src/math/log-factorial.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { associationRules, withoutRedundant } from '../../../src/models/association-rules.ts';
import { benjaminiHochberg } from '../../../src/models/benjamini-hochberg.ts';
import { fisherExact } from '../../../src/models/fisher-exact.ts';
import { type Baskets, frequentItemsets, itemsOf } from '../../../src/models/frequent-itemsets.ts';

function basketsOf(lists: readonly (readonly number[])[]): Baskets {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  return { offsets: Int32Array.from(offsets), items: Int32Array.from(lists.flat()) };
}

function randomLists(seed: number, baskets: number, items: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: baskets }, () =>
    Array.from({ length: items }, (_, i) => i).filter((i) => random() < 0.15 + 0.5 * ((i * 7) % 5 === 0 ? 1 : 0)),
  );
}

const all = { maximumLength: 12, maximumItemsets: 1_000_000 };

function asMap(lists: readonly (readonly number[])[], minimumCount: number): Map<string, number> {
  const sets = frequentItemsets(basketsOf(lists), { ...all, minimumCount });
  return new Map([...sets.count].map((count, i) => [itemsOf(sets, i).join(','), count]));
}

describe('frequent itemsets', () => {
  it('are those that trying every set finds, with the same counts, on 1,000 random inputs', () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const size = 4 + (seed % 4);
      const lists = randomLists(seed, 10 + (seed % 30), size);
      const minimumCount = 1 + (seed % 5);
      const masks = lists.map((list) => list.reduce((mask, item) => mask | (1 << item), 0));
      const expected = new Map<string, number>();
      for (let mask = 1; mask < 2 ** size; mask++) {
        const count = masks.filter((held) => (held & mask) === mask).length;
        const items = Array.from({ length: size }, (_, i) => i).filter((i) => (mask >> i) & 1);
        if (count >= minimumCount) expected.set(items.join(','), count);
      }
      expect(asMap(lists, minimumCount)).toEqual(expected);
    }
  });

  it('are those of the apriori package', () => {
    const lists = randomLists(5, 60, 10);
    const theirs = new Apriori.Algorithm(0.1, 0.99, false).analyze(lists.map((list) => list.map((i) => `p${i}`)));
    const expected = new Map<string, number>();
    for (const level of Object.values(theirs.frequentItemSets)) {
      for (const { itemSet, support } of level) {
        const items = itemSet.map((name) => Number(name.slice(1))).sort((a, b) => a - b);
        expected.set(items.join(','), support);
      }
    }
    expect(expected.size).toBeGreaterThan(15);
    const ours = asMap(lists, 6);
    expect([...ours.keys()].sort()).toEqual([...expected.keys()].sort());
  });

  it('stop at the longest length asked for', () => {
    const lists = Array.from({ length: 10 }, () => [0, 1, 2, 3]);
    const sets = frequentItemsets(basketsOf(lists), { minimumCount: 5, maximumLength: 2, maximumItemsets: 100 });
    expect(sets.count).toHaveLength(4 + 6);
  });

  it('raise the minimum and say so when there would be too many', () => {
    const lists = [
      ...Array.from({ length: 10 }, () => Array.from({ length: 30 }, (_, i) => i)),
      ...Array.from({ length: 30 }, () => [0, 1]),
    ];
    const sets = frequentItemsets(basketsOf(lists), { minimumCount: 5, maximumLength: 30, maximumItemsets: 1_000 });
    expect(sets.wasRaised).toBe(true);
    expect(sets.minimumCount).toBeGreaterThan(10);
    expect([...sets.count]).toEqual([40, 40, 40]);
  });

  it('are none for no baskets, and refuse a minimum below 1', () => {
    const empty = { offsets: Int32Array.of(0), items: new Int32Array(0) };
    expect(frequentItemsets(empty, { ...all, minimumCount: 5 }).count).toHaveLength(0);
    expect(() => frequentItemsets(empty, { ...all, minimumCount: 0 })).toThrow(/minimum count of 1 or more, not 0/);
  });
});

describe('association rules', () => {
  // 10 baskets: {0,1} 4 times, {0} once, {1} once, {2} 4 times.
  const lists = [...Array.from({ length: 4 }, () => [0, 1]), [0], [1], ...Array.from({ length: 4 }, () => [2])];
  const sets = frequentItemsets(basketsOf(lists), { ...all, minimumCount: 2 });

  it('carry support, confidence, lift, leverage and conviction', () => {
    const rule = associationRules(sets, { minimumConfidence: 0, minimumLift: 0 }).find((r) => r.consequent === 1)!;
    expect(rule).toMatchObject({ antecedent: [0], count: 4, antecedentCount: 5, consequentCount: 5, support: 0.4 });
    expect(rule.confidence).toBeCloseTo(0.8, 12);
    expect(rule.lift).toBeCloseTo(1.6, 12);
    expect(rule.leverage).toBeCloseTo(0.15, 12);
    expect(rule.conviction).toBeCloseTo(2.5, 12);
    // Fisher: (C(5,4)·C(5,1) + C(5,5)·C(5,0)) ÷ C(10,5) = 26 ÷ 252, for both directions, the least of the
    // six rules that three frequent items allow.
    expect(rule.adjustedP).toBeCloseTo(((26 / 252) * 6) / 2, 10);
  });

  it('have no conviction without an exception', () => {
    const sure = frequentItemsets(basketsOf([[0, 1], [0, 1], [1], [2]]), { ...all, minimumCount: 2 });
    const rule = associationRules(sure, { minimumConfidence: 0, minimumLift: 0 }).find((r) => r.consequent === 1)!;
    expect(rule.conviction).toBeNull();
  });

  it('are dropped when a shorter left side says as much', () => {
    const baskets = [
      ...Array.from({ length: 6 }, () => [0, 1, 2]),
      ...Array.from({ length: 4 }, () => [0, 2]),
      ...Array.from({ length: 4 }, () => [1]),
      [3],
    ];
    const mined = frequentItemsets(basketsOf(baskets), { ...all, minimumCount: 2 });
    const rules = associationRules(mined, { minimumConfidence: 0.5, minimumLift: 0 });
    const says = (of: typeof rules): string[] => of.map((r) => `${r.antecedent.join('+')}→${r.consequent}`);
    expect(says(rules)).toContain('0+1→2');
    expect(says(withoutRedundant(rules, mined))).not.toContain('0+1→2');
    expect(says(withoutRedundant(rules, mined))).toContain('0→2');
  });

  it('find no rule among baskets filled by chance', () => {
    const random = seededRandom(8);
    const chance = Array.from({ length: 2_000 }, () =>
      Array.from({ length: 30 }, (_, i) => i).filter(() => random() < 0.1),
    );
    const mined = frequentItemsets(basketsOf(chance), { ...all, minimumCount: 10 });
    const rules = associationRules(mined, { minimumConfidence: 0.05, minimumLift: 1.2 });
    expect(rules.filter((r) => r.adjustedP <= 0.05)).toEqual([]);
  });
});

describe('tests behind the rules', () => {
  it('give the lady tasting tea her 17/70', () => {
    expect(fisherExact(3, 4, 4, 8)).toBeCloseTo(17 / 70, 12);
    expect(fisherExact(4, 4, 4, 8)).toBeCloseTo(1 / 70, 12);
    expect(fisherExact(0, 4, 4, 8)).toBe(1);
  });

  it('sum the same tail as adding every term, far out and in the middle', () => {
    const term = (x: number, a: number, b: number, n: number): number =>
      Math.exp(
        logFactorial(a) +
          logFactorial(n - a) +
          logFactorial(b) +
          logFactorial(n - b) -
          logFactorial(n) -
          logFactorial(x) -
          logFactorial(a - x) -
          logFactorial(b - x) -
          logFactorial(n - a - b + x),
      );
    for (const [x, a, b, n] of [
      [30, 200, 300, 2_000],
      [60, 200, 300, 2_000],
      [5, 200, 300, 2_000],
      [90, 500, 700, 20_000],
    ] as const) {
      let sum = 0;
      for (let k = x; k <= Math.min(a, b); k++) sum += term(k, a, b, n);
      expect(fisherExact(x, a, b, n) / sum).toBeCloseTo(1, 8);
    }
  });

  it('adjust p-values as R’s p.adjust does', () => {
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005]);
    expect([...adjusted].map((p) => Number(p.toFixed(6)))).toEqual([0.02, 0.04, 0.04, 0.02]);
    expect(benjaminiHochberg([0.01], 10)[0]).toBeCloseTo(0.1, 12);
    expect(benjaminiHochberg([0.9, 0.8], 50)[0]).toBe(1);
  });

  it('know factorials on both sides of the table', () => {
    expect(logFactorial(0)).toBe(0);
    expect(logFactorial(10)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(logFactorial(256) - logFactorial(255)).toBeCloseTo(Math.log(256), 10);
    expect(logFactorial(1_000)).toBeCloseTo(5912.128178488163, 8);
  });
});
