import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../../../src/models/gradient-boosting.ts';
import { fitRandomForest, randomForestValues } from '../../../src/models/random-forest.ts';
import { goesLeft, type Tree, treeValue } from '../../../src/models/tree.ts';
import { treeContributor } from '../../../src/models/tree-contributions.ts';
import { randomRows, randomTree } from './random-trees.ts';

describe('treeContributor', () => {
  it.each([
    [2, 1],
    [3, 2],
    [3, 5],
    [2, 6],
    [5, 4],
    [4, 7],
  ])('gives the Shapley values over all subsets of %i columns, trees up to %i deep', (columns, depth) => {
    const random = seededRandom(100 * columns + depth);
    for (let round = 0; round < 15; round++) {
      const trees = [randomTree(columns, depth, random), randomTree(columns, depth, random)];
      const x = randomRows(2, columns, 0.2, random);
      const { base, contributions } = treeContributor(trees, columns, 0.5)(x, 1);
      expect(base).toBeCloseTo(0.5 * sum(trees.map((tree) => expectation(tree, 0, x, columns, 0))), 10);
      shapley(trees, x, columns).forEach((value, j) => {
        expect(contributions[j]).toBeCloseTo(0.5 * value, 10);
      });
    }
  });

  it('adds up to the value of the trees to 1e-9, however deep they are', () => {
    const random = seededRandom(8);
    for (const depth of [0, 1, 12, 30]) {
      const tree = randomTree(6, depth, random);
      const x = randomRows(20, 6, 0.1, random);
      const contribute = treeContributor([tree], 6);
      for (let row = 0; row < 20; row++) {
        const { base, contributions } = contribute(x, row);
        expect(Math.abs(base + sum(contributions) - treeValue(tree, x, row * 6))).toBeLessThan(1e-9);
      }
    }
  });

  it('gives nothing to a column that no tree asks about', () => {
    const random = seededRandom(4);
    const { contributions } = treeContributor([randomTree(3, 5, random)], 5)(randomRows(1, 5, 0, random), 0);
    expect([...contributions.subarray(3)]).toEqual([0, 0]);
  });

  it('adds up to the scores of boosting and of a forest', () => {
    const random = seededRandom(9);
    const x = randomRows(300, 5, 0.1, random);
    const y = Float64Array.from({ length: 300 }, (_, i) => ((x[i * 5]! > 0 ? 1 : 0) + random() > 0.8 ? 1 : 0));
    const settings = { loss: 'log-loss', trees: 30, learningRate: 0.1, maxLeaves: 15, minLeaf: 5, l2: 0 } as const;
    const boosting = fitGradientBoosting(x, y, 5, settings);
    const forest = fitRandomForest(x, y, 5, { trees: 30, minLeaf: 1, random });
    const [scores, values] = [gradientBoostingScores(boosting, x), randomForestValues(forest, x)];
    const [ofBoosting, ofForest] = [treeContributor(boosting.trees, 5), treeContributor(forest.trees, 5, 1 / 30)];
    for (let row = 0; row < 300; row++) {
      const own = ofBoosting(x, row);
      expect(Math.abs(boosting.baseline + own.base + sum(own.contributions) - scores[row]!)).toBeLessThan(1e-9);
      const share = ofForest(x, row);
      expect(Math.abs(share.base + sum(share.contributions) - values[row]!)).toBeLessThan(1e-9);
    }
  });
});

/** What the tree gives when only the columns in the bits of `known` are: both branches by their cover where one is not. */
function expectation(tree: Tree, node: number, x: Float64Array, offset: number, known: number): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  if (known & (1 << feature)) {
    return expectation(tree, goesLeft(tree, node, x[offset + feature]!) ? left : right, x, offset, known);
  }
  return (
    (tree.cover[left]! * expectation(tree, left, x, offset, known) +
      tree.cover[right]! * expectation(tree, right, x, offset, known)) /
    tree.cover[node]!
  );
}

/** By the definition: Σ over subsets without column j of |S|! (p − |S| − 1)! / p! · (with j − without j). */
function shapley(trees: readonly Tree[], x: Float64Array, p: number): number[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  return Array.from({ length: p }, (_, j) => {
    let value = 0;
    for (let subset = 0; subset < 1 << p; subset++) {
      if (subset & (1 << j)) continue;
      const size = Array.from({ length: p }, (_, k) => (subset >> k) & 1).reduce((a, b) => a + b, 0);
      const share = (factorial(size) * factorial(p - size - 1)) / factorial(p);
      for (const tree of trees) {
        const moved = expectation(tree, 0, x, p, subset | (1 << j)) - expectation(tree, 0, x, p, subset);
        value += share * moved;
      }
    }
    return value;
  });
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
