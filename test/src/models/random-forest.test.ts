import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { areaUnderCurve } from '../../../src/models/classification-metrics.ts';
import { fitRandomForest, randomForestValues } from '../../../src/models/random-forest.ts';
import { rSquared } from '../../../src/models/regression-metrics.ts';
import { randomRows } from './random-trees.ts';

describe('fitRandomForest', () => {
  const random = seededRandom(1);
  const n = 600;
  const x = randomRows(n, 5, 0.05, random);
  const signal = Float64Array.from({ length: n }, (_, i) => (x[i * 5]! || 0) + (x[i * 5 + 1]! || 0));
  const y = signal.map((value) => (value + random() > 0.5 ? 1 : 0));

  it('draws as many rows as there are for each tree, with replacement', () => {
    const { trees } = fitRandomForest(x, y, 5, { trees: 4, minLeaf: 1, random: seededRandom(2) });
    expect(trees.map((tree) => tree.cover[0])).toEqual([n, n, n, n]);
    expect(new Set(trees.map((tree) => JSON.stringify(tree))).size).toBe(4);
  });

  it('gives each row the mean over the trees that did not see it, close to what new rows get', () => {
    const fitted = fitRandomForest(x, y, 5, { trees: 60, minLeaf: 3, random: seededRandom(3), withOutOfBag: true });
    const outOfBag = areaUnderCurve(fitted.outOfBag!, y);
    const later = randomRows(2000, 5, 0.05, random);
    const laterY = Float64Array.from({ length: 2000 }, (_, i) =>
      (later[i * 5]! || 0) + (later[i * 5 + 1]! || 0) + random() > 0.5 ? 1 : 0,
    );
    const unseen = areaUnderCurve(randomForestValues(fitted, later), laterY);
    expect(Math.abs(outOfBag - unseen)).toBeLessThan(0.03);
    expect(areaUnderCurve(randomForestValues(fitted, x), y)).toBeGreaterThan(outOfBag);
  });

  it('gives NaN out of bag to a row that every tree saw', () => {
    const fitted = fitRandomForest(x, y, 5, { trees: 1, minLeaf: 3, random: seededRandom(3), withOutOfBag: true });
    const unseen = fitted.outOfBag!.filter((value) => !Number.isNaN(value)).length;
    // (1 − 1/n)ⁿ of the rows, 37 %.
    expect(Math.abs(unseen / n - 0.368)).toBeLessThan(0.05);
    expect(fitRandomForest(x, y, 5, { trees: 1, minLeaf: 3, random }).outOfBag).toBeNull();
  });

  it('draws the rows of a group together, so that nothing of a row is known to the trees that did not see it', () => {
    // Outcomes by chance, and every customer has five all but equal rows.
    const groups = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 5));
    const chance = Float64Array.from({ length: n / 5 }, () => (random() < 0.5 ? 1 : 0));
    const outcomes = Float64Array.from(groups, (group) => chance[group]!);
    const alike = Float64Array.from(
      { length: n * 5 },
      (_, at) => (x[groups[Math.floor(at / 5)]! * 25 + (at % 5)] || 0) + random() / 1e3,
    );
    const told = (by: { groups?: Int32Array }): number => {
      const options = { trees: 60, minLeaf: 3, random: seededRandom(6), withOutOfBag: true, ...by };
      return areaUnderCurve(fitRandomForest(alike, outcomes, 5, options).outOfBag!, outcomes);
    };
    expect(told({})).toBeGreaterThan(0.9);
    expect(Math.abs(told({ groups }) - 0.5)).toBeLessThan(0.15);
  });

  it('fits amounts, far from zero as well', () => {
    const amounts = signal.map((value) => 1e6 + value);
    const fitted = fitRandomForest(x, amounts, 5, { trees: 40, minLeaf: 2, random: seededRandom(4) });
    expect(rSquared(randomForestValues(fitted, x), amounts)).toBeGreaterThan(0.9);
  });

  it('leaves at least so many different rows in a leaf, however often they were drawn', () => {
    const { trees } = fitRandomForest(x, y, 5, { trees: 5, minLeaf: 50, maxDepth: 3, random: seededRandom(5) });
    for (const tree of trees) {
      tree.feature.forEach((feature, node) => {
        if (feature < 0) expect(tree.cover[node]).toBeGreaterThanOrEqual(50);
      });
      expect(tree.feature.length).toBeLessThanOrEqual(15);
    }
  });

  it('looks on when the columns it drew do not vary', () => {
    const flat = Float64Array.from({ length: 40 * 10 }, (_, at) => (at % 10 === 7 ? Math.floor(at / 10) : 1));
    const half = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1));
    const fitted = fitRandomForest(flat, half, 10, {
      trees: 5,
      minLeaf: 1,
      featuresPerSplit: 1,
      random: seededRandom(6),
    });
    for (const tree of fitted.trees) expect(tree.feature[0]).toBe(7);
  });
});
