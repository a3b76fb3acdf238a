import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { decisionTreeValues, fitDecisionTree } from '../../../src/models/decision-tree.ts';
import { goesLeft } from '../../../src/models/tree.ts';
import { randomRows } from './random-trees.ts';

const gini = (y: readonly number[]): number => 2 * variance(y);

function variance(y: readonly number[]): number {
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  return y.reduce((a, b) => a + (b - mean) ** 2, 0) / y.length;
}

/** Least impurity after any one question, with missing rows on either side, that leaves `minLeaf` rows on both. */
function leastImpurity(
  x: Float64Array,
  y: ArrayLike<number>,
  p: number,
  minLeaf: number,
  impurity: (y: readonly number[]) => number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < p; j++) {
    const values = Array.from({ length: y.length }, (_, i) => x[i * p + j]!);
    for (const cut of values.filter((value) => !Number.isNaN(value))) {
      for (const missingLeft of [false, true]) {
        const isLeft = (value: number) => value <= cut || (missingLeft && Number.isNaN(value));
        const left = Array.from(y).filter((_, i) => isLeft(values[i]!));
        const right = Array.from(y).filter((_, i) => !isLeft(values[i]!));
        if (left.length < minLeaf || right.length < minLeaf) continue;
        least = Math.min(least, (left.length * impurity(left) + right.length * impurity(right)) / y.length);
      }
    }
  }
  return least;
}

describe('fitDecisionTree', () => {
  it.each([
    ['gini', 0],
    ['gini', 0.2],
    ['squared', 0],
    ['squared', 0.2],
  ] as const)('finds the best of all questions (%s, %f missing)', (criterion, missing) => {
    const random = seededRandom(17);
    for (let round = 0; round < 40; round++) {
      const n = 8 + Math.floor(random() * 40);
      const x = randomRows(n, 3, missing, random);
      const y = Float64Array.from({ length: n }, (_, i) =>
        criterion === 'gini' ? (i === 0 || random() < 0.4 ? 1 : 0) : 1000 + random(),
      );
      y[1] = 0;
      const impurity = criterion === 'gini' ? gini : variance;
      const minLeaf = 1 + (round % 4);
      const { tree } = fitDecisionTree(x, y, 3, { maxDepth: 1, minLeaf, criterion });
      const sides = [true, false].map((isLeft) =>
        Array.from(y).filter((_, i) => goesLeft(tree, 0, x[i * 3 + tree.feature[0]!]!) === isLeft),
      );
      expect(sides.map((side) => side.length)).toEqual([tree.cover[1], tree.cover[2]]);
      const reached = sides.reduce((sum, side) => sum + side.length * impurity(side), 0) / n;
      const scale = impurity(Array.from(y));
      expect(Math.abs(reached - leastImpurity(x, y, 3, minLeaf, impurity)) / scale).toBeLessThan(1e-9);
    }
  });

  it('sorts where a column has many values as it counts where it has few', () => {
    const random = seededRandom(2);
    const x = Float64Array.from({ length: 600 * 2 }, () => random());
    const y = Float64Array.from({ length: 600 }, (_, i) => (x[2 * i]! * x[2 * i + 1]! > 0.3 * random() ? 1 : 0));
    const values = decisionTreeValues(fitDecisionTree(x, y, 2, { maxDepth: 30, minLeaf: 1 }), x);
    // Deep nodes hold few of 600 different values: every row must end among its own outcome.
    expect(values).toEqual(y);
  });

  it('asks halfway between two values, and keeps going left with what is equal', () => {
    const { tree } = fitDecisionTree(Float64Array.of(1, 2, 4, 8), [0, 0, 1, 1], 1, { maxDepth: 3, minLeaf: 1 });
    expect(tree).toEqual({
      feature: [0, -1, -1],
      threshold: [3, 0, 0],
      left: [1, -1, -1],
      right: [2, -1, -1],
      missingLeft: [false, false, false],
      value: [0.5, 0, 1],
      cover: [4, 2, 2],
    });
    expect([...decisionTreeValues({ columns: 1, tree }, Float64Array.of(3, 3.0001))]).toEqual([0, 1]);
  });

  it('sends a missing value to the larger side where none was seen', () => {
    const { tree } = fitDecisionTree(Float64Array.of(1, 2, 3, 8), [0, 0, 0, 1], 1, { maxDepth: 1, minLeaf: 1 });
    expect(decisionTreeValues({ columns: 1, tree }, Float64Array.of(Number.NaN))[0]).toBe(0);
  });

  it('asks whether a value is known where that is what tells', () => {
    const x = Float64Array.of(1, 5, 2, Number.NaN, Number.NaN, Number.NaN);
    const fitted = fitDecisionTree(x, [0, 0, 0, 1, 1, 1], 1, { maxDepth: 1, minLeaf: 1 });
    expect(decisionTreeValues(JSON.parse(JSON.stringify(fitted)), x)).toEqual(Float64Array.of(0, 0, 0, 1, 1, 1));
  });

  it('goes through a question that gains nothing by itself, as for an exclusive or', () => {
    const x = Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1);
    const y = Float64Array.of(0, 1, 1, 0);
    expect(decisionTreeValues(fitDecisionTree(x, y, 2, { maxDepth: 2, minLeaf: 1 }), x)).toEqual(y);
  });

  it('makes no split that lowers the impurity by less than asked', () => {
    const [x, y] = [Float64Array.of(1, 2, 3, 4), [0, 1, 1, 1]];
    // Gini falls from 0.375 to 0.
    const nodes = (minImpurityDecrease: number) =>
      fitDecisionTree(x, y, 1, { maxDepth: 2, minLeaf: 1, minImpurityDecrease }).tree.feature.length;
    expect([nodes(0.374), nodes(0.376)]).toEqual([3, 1]);
  });

  it('refuses outcomes other than 0 and 1 unless it is to fit amounts', () => {
    const x = Float64Array.of(1, 2, 3);
    expect(() => fitDecisionTree(x, [0, 1, 2], 1, { maxDepth: 1, minLeaf: 1 })).toThrow('The outcome of row 2 is 2');
    const means = fitDecisionTree(x, [10, 20, 60], 1, { maxDepth: 1, minLeaf: 1, criterion: 'squared' });
    expect(decisionTreeValues(means, x)).toEqual(Float64Array.of(15, 15, 60));
  });

  it('refuses settings that make no tree, and rows of another width', () => {
    const [x, y] = [Float64Array.of(1, 2), [0, 1]];
    expect(() => fitDecisionTree(x, y, 1, { maxDepth: 0, minLeaf: 1 })).toThrow('maxDepth is 0');
    expect(() => fitDecisionTree(x, y, 1, { maxDepth: 1, minLeaf: 0.5 })).toThrow('minLeaf is 0.5');
    expect(() => fitDecisionTree(x, y, 1, { maxDepth: 1, minLeaf: 1, rows: Int32Array.of(2) })).toThrow('Row 2');
    const fitted = fitDecisionTree(Float64Array.of(1, 2, 3, 4), y, 2, { maxDepth: 1, minLeaf: 1 });
    expect(() => decisionTreeValues(fitted, Float64Array.of(1, 2, 3))).toThrow('3 values are not rows of 2 columns');
  });
});
