import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { areaUnderCurve } from '../../../src/models/classification-metrics.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../../../src/models/gradient-boosting.ts';
import { rSquared } from '../../../src/models/regression-metrics.ts';
import { goesLeft, type Tree } from '../../../src/models/tree.ts';
import { randomRows } from './random-trees.ts';

const settings = { loss: 'log-loss', trees: 1, learningRate: 0.1, maxLeaves: 31, minLeaf: 20, l2: 0 } as const;

/** Rows of a tree's node, in file order. */
function rowsAt(tree: Tree, x: Float64Array, p: number, wanted: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < x.length / p; i++) {
    let node = 0;
    while (node !== wanted && tree.feature[node]! >= 0) {
      const feature = tree.feature[node]!;
      node = goesLeft(tree, node, x[i * p + feature]!) ? tree.left[node]! : tree.right[node]!;
    }
    if (node === wanted) rows.push(i);
  }
  return rows;
}

describe('fitGradientBoosting', () => {
  it.each([0, 0.15])('takes the questions and steps of the formula in its first tree (%f missing)', (missing) => {
    const random = seededRandom(12);
    const [n, p, l2, minLeaf] = [300, 3, 1.5, 8];
    const x = randomRows(n, p, missing, random);
    const y = Float64Array.from({ length: n }, (_, i) => ((x[i * p]! || 0) + normal(random) > 0.4 ? 1 : 0));
    const fitted = fitGradientBoosting(x, y, p, { ...settings, maxLeaves: 6, minLeaf, l2 });
    const share = y.reduce((a, b) => a + b, 0) / n;
    expect(fitted.baseline).toBeCloseTo(Math.log(share / (1 - share)), 12);
    const tree = fitted.trees[0]!;
    const score = (rows: readonly number[]): number => {
      const slope = rows.reduce((sum, i) => sum + share - y[i]!, 0);
      return slope ** 2 / (rows.length * share * (1 - share) + l2);
    };
    const bestGain = (rows: readonly number[]): number => {
      let best = 0;
      for (let j = 0; j < p; j++) {
        for (const cut of new Set(rows.map((i) => x[i * p + j]!))) {
          for (const missingLeft of [false, true]) {
            const isLeft = (i: number) => x[i * p + j]! <= cut || (missingLeft && Number.isNaN(x[i * p + j]!));
            const left = rows.filter(isLeft);
            const right = rows.filter((i) => !isLeft(i));
            if (Number.isNaN(cut) || left.length < minLeaf || right.length < minLeaf) continue;
            best = Math.max(best, score(left) + score(right) - score(rows));
          }
        }
      }
      return best;
    };
    const gains = tree.feature.map((feature, node) => {
      const rows = rowsAt(tree, x, p, node);
      expect(tree.cover[node]).toBe(rows.length);
      const slope = rows.reduce((sum, i) => sum + share - y[i]!, 0);
      const step = -slope / (rows.length * share * (1 - share) + l2);
      expect(tree.value[node]).toBeCloseTo(0.1 * step, 9);
      if (feature < 0) return { feature, gain: bestGain(rows) };
      const sides = [tree.left[node]!, tree.right[node]!].map((child) => rowsAt(tree, x, p, child));
      const gain = score(sides[0]!) + score(sides[1]!) - score(rows);
      expect(gain).toBeCloseTo(bestGain(rows), 8);
      return { feature, gain };
    });
    expect(gains.filter(({ feature }) => feature < 0)).toHaveLength(6);
    // Leaf by leaf where the gain is largest: of what was a leaf when a node was split, nothing would have gained more.
    for (let first = 1; first < tree.feature.length; first += 2) {
      const parent = tree.left.indexOf(first);
      expect(tree.right[parent]).toBe(first + 1);
      const open = gains.slice(0, first).filter((_, node) => tree.feature[node]! < 0 || tree.left[node]! >= first);
      expect(gains[parent]!.gain).toBeGreaterThanOrEqual(Math.max(...open.map(({ gain }) => gain)) - 1e-9);
    }
  });

  it('sums the same with other trees before: scores while fitting are those it predicts', () => {
    const random = seededRandom(5);
    const x = randomRows(500, 4, 0.1, random);
    const y = Float64Array.from({ length: 500 }, () => (random() < 0.3 ? 1 : 0));
    const short = fitGradientBoosting(x, y, 4, { ...settings, trees: 7 });
    const long = fitGradientBoosting(x, y, 4, { ...settings, trees: 8 });
    expect(long.trees.slice(0, 7)).toEqual(short.trees);
    // The eighth tree's root is the Newton step over all rows from where seven trees left them.
    const before = gradientBoostingScores(short, x).map((score) => 1 / (1 + Math.exp(-score)));
    const slope = before.reduce((sum, share, i) => sum + share - y[i]!, 0);
    const curvature = before.reduce((sum, share) => sum + share * (1 - share), 0);
    expect(long.trees[7]!.value[0]).toBeCloseTo((-0.1 * slope) / curvature, 8);
  });

  it('grows the same trees whatever the order of rows, to the byte', () => {
    const random = seededRandom(6);
    const x = Float64Array.from({ length: 1000 * 3 }, () => normal(random));
    const y = Float64Array.from({ length: 1000 }, (_, i) => (x[i * 3]! + normal(random) > 0 ? 1 : 0));
    const turned = Int32Array.from({ length: 1000 }, (_, i) => (i * 333 + 7) % 1000);
    const options = { ...settings, trees: 20 };
    expect(JSON.stringify(fitGradientBoosting(x, y, 3, { ...options, rows: turned }))).toBe(
      JSON.stringify(fitGradientBoosting(x, y, 3, options)),
    );
  });

  it('bins a column of many values by its quantiles and still finds a step in it', () => {
    const random = seededRandom(7);
    const x = Float64Array.from({ length: 4000 }, () => Math.exp(3 * normal(random)));
    const y = x.map((value) => (value > 1 ? 5 : 2));
    const fitted = fitGradientBoosting(x, y, 1, { ...settings, loss: 'squared', trees: 80 });
    expect(rSquared(gradientBoostingScores(fitted, x), y)).toBeGreaterThan(0.98);
    expect(fitted.trees[0]!.threshold[0]).toBeGreaterThan(0.9);
    expect(fitted.trees[0]!.threshold[0]).toBeLessThan(1.1);
  });

  it('grows no deeper than asked, and no tree has more leaves or smaller ones', () => {
    const random = seededRandom(8);
    const x = randomRows(800, 6, 0, random);
    const y = Float64Array.from({ length: 800 }, (_, i) => x[i * 6]! * x[i * 6 + 1]! + x[i * 6 + 2]! + random());
    const fitted = fitGradientBoosting(x, y, 6, { ...settings, loss: 'squared', trees: 5, maxDepth: 3, minLeaf: 15 });
    const depth = (tree: Tree, node = 0): number =>
      tree.feature[node]! < 0 ? 0 : 1 + Math.max(depth(tree, tree.left[node]!), depth(tree, tree.right[node]!));
    for (const tree of fitted.trees) {
      expect(depth(tree)).toBe(3);
      expect(Math.min(...tree.cover)).toBeGreaterThanOrEqual(15);
      expect(tree.feature.filter((feature) => feature < 0).length).toBeLessThanOrEqual(8);
    }
  });

  it('stops early once held-out rows gain nothing more, and not before', () => {
    const random = seededRandom(9);
    const x = randomRows(600, 3, 0, random);
    const y = Float64Array.from({ length: 600 }, (_, i) => (x[i * 3]! + normal(random) > 0 ? 1 : 0));
    const options = { ...settings, trees: 400, earlyStopping: { random: seededRandom(1) } };
    const fitted = fitGradientBoosting(x, y, 3, options);
    expect(fitted.trees.length).toBeGreaterThan(10);
    expect(fitted.trees.length).toBeLessThan(200);
    // A tenth of each outcome is not fitted on.
    const positives = y.filter((outcome) => outcome === 1).length;
    expect(fitted.trees[0]!.cover[0]).toBe(600 - Math.floor(positives / 10) - Math.floor((600 - positives) / 10));
    expect(areaUnderCurve(gradientBoostingScores(fitted, x), y)).toBeGreaterThan(0.75);
  });

  it('refuses outcomes other than 0 and 1 for log-loss, and more bins than a byte has', () => {
    const x = Float64Array.of(1, 2, 3);
    expect(() => fitGradientBoosting(x, [0, 1, 2], 1, settings)).toThrow('The outcome of row 2 is 2; give 0 or 1');
    expect(() => fitGradientBoosting(x, [0, 1, 1], 1, { ...settings, maxBins: 256 })).toThrow('maxBins is 256');
    expect(() => fitGradientBoosting(x, [0, 1, 1], 1, { ...settings, trees: 0 })).toThrow('trees is 0');
  });
});
