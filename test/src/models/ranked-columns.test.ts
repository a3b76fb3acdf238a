import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { fitDecisionTree } from '../../../src/models/decision-tree.ts';
import { fitGradientBoosting } from '../../../src/models/gradient-boosting.ts';
import { packBins } from '../../../src/models/packed-bins.ts';
import { fitRandomForest } from '../../../src/models/random-forest.ts';
import { rankAllRows, rankColumns, someRanked } from '../../../src/models/ranked-columns.ts';

const [ROWS, COLUMNS] = [700, 5];
const random = seededRandom(4);
/** A column of many values, of few, of one, of gaps, and of nothing at all. */
const x = Float64Array.from({ length: ROWS * COLUMNS }, (_, at) => {
  const value = random();
  return [value, Math.floor(4 * value), 2, value < 0.3 ? Number.NaN : value, Number.NaN][at % COLUMNS]!;
});
const y = Float64Array.from({ length: ROWS }, (_, row) => (x[row * COLUMNS]! + random() > 1 ? 1 : 0));
/** Whole rows in and out of folds: every value of some columns is missing from some of them. */
const FOLDS = [3, 4, 50].map((fold) =>
  Int32Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % fold === 0),
);

describe('ranks of all rows', () => {
  it('give the ranks of some of them, as if those were ranked by themselves', () => {
    const all = rankAllRows(x, COLUMNS);
    for (const rows of FOLDS) expect(someRanked(all, rows)).toEqual(rankColumns(x, COLUMNS, rows));
  });

  it('give the same bins of some of them, few to a value and many', () => {
    const ranked = rankAllRows(x, COLUMNS);
    for (const rows of FOLDS) {
      for (const most of [255, 16, 2]) {
        expect(packBins(x, COLUMNS, rows, most, ranked)).toEqual(packBins(x, COLUMNS, rows, most));
      }
    }
  });

  it('give the same bins where their bounds are read off a part of many rows', () => {
    const many = Float64Array.from({ length: 60_000 }, () => random());
    const rows = Int32Array.from(many.keys()).filter((row) => row % 9 !== 0);
    expect(packBins(many, 1, rows, 255, rankAllRows(many, 1))).toEqual(packBins(many, 1, rows, 255));
  });

  it('give the same trees, forests and boosted sums', () => {
    const ranked = rankAllRows(x, COLUMNS);
    const rows = FOLDS[0]!;
    const tree = { maxDepth: 4, minLeaf: 5, rows };
    expect(fitDecisionTree(x, y, COLUMNS, { ...tree, ranked })).toEqual(fitDecisionTree(x, y, COLUMNS, tree));
    const forest = () => ({ ...tree, trees: 7, random: seededRandom(1) });
    expect(fitRandomForest(x, y, COLUMNS, { ...forest(), ranked })).toEqual(fitRandomForest(x, y, COLUMNS, forest()));
    const sum = { loss: 'log-loss', trees: 9, learningRate: 0.1, maxLeaves: 6, minLeaf: 5, l2: 1, rows } as const;
    expect(fitGradientBoosting(x, y, COLUMNS, { ...sum, ranked })).toEqual(fitGradientBoosting(x, y, COLUMNS, sum));
  });
});
