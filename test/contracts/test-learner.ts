import { expect, it } from 'vitest';
import { seededRandom } from '../../src/math/random.ts';
import { decisionTreeValues, fitDecisionTree } from '../../src/models/decision-tree.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../../src/models/gradient-boosting.ts';
import { fitLinearSvm, linearSvmScores } from '../../src/models/linear-svm.ts';
import { fitNeuralNet, neuralNetScores } from '../../src/models/neural-net.ts';
import { fitRandomForest, randomForestValues } from '../../src/models/random-forest.ts';
import { fitRidgeLogistic, ridgeLogOdds } from '../../src/models/ridge-logistic.ts';

/** A learner of an outcome, 0 or 1, with the settings the suite gives it. */
export interface Learner<Fitted = unknown> {
  readonly name: string;
  fit(x: Float64Array, y: ArrayLike<number>, columns: number, rows?: Int32Array): Fitted;
  scores(fitted: Fitted, x: Float64Array): Float64Array;
  /** Whether it takes NaN for a missing value; one that does not must refuse it. */
  readonly takesMissing: boolean;
  /** Whether it promises the same predictions in whatever order the rows come. */
  readonly ignoresRowOrder: boolean;
}

/** Keeps what a learner fits and what it scores of one type, and lets a table hold learners of several. */
const learner = <Fitted>(of: Learner<Fitted>): Learner => ({
  ...of,
  // The suite hands back only what `fit` of the same learner gave, or its copy.
  scores: (fitted, x) => of.scores(fitted as Fitted, x),
});

const only = (rows?: Int32Array) => (rows === undefined ? {} : { rows });

/** Every learner of the product; a new one adds its line. */
export const LEARNERS: readonly Learner[] = [
  learner({
    name: 'ridge logistic',
    fit: (x, y, columns, rows) => fitRidgeLogistic(x, y, columns, { penalty: 1, ...only(rows) }),
    scores: ridgeLogOdds,
    takesMissing: false,
    ignoresRowOrder: true,
  }),
  learner({
    name: 'linear support vector machine',
    fit: (x, y, columns, rows) => fitLinearSvm(x, y, columns, { cost: 1, ...only(rows) }),
    scores: linearSvmScores,
    takesMissing: false,
    ignoresRowOrder: true,
  }),
  learner({
    name: 'neural net',
    fit: (x, y, columns, rows) =>
      fitNeuralNet(x, y, columns, {
        hidden: 4,
        penalty: 1,
        epochs: 20,
        batch: 32,
        learningRate: 0.01,
        random: seededRandom(5),
        ...only(rows),
      }),
    scores: neuralNetScores,
    takesMissing: false,
    ignoresRowOrder: false,
  }),
  learner({
    name: 'decision tree',
    fit: (x, y, columns, rows) => fitDecisionTree(x, y, columns, { maxDepth: 4, minLeaf: 5, ...only(rows) }),
    scores: decisionTreeValues,
    takesMissing: true,
    ignoresRowOrder: true,
  }),
  learner({
    name: 'random forest',
    fit: (x, y, columns, rows) =>
      fitRandomForest(x, y, columns, { trees: 20, minLeaf: 3, random: seededRandom(5), ...only(rows) }),
    scores: randomForestValues,
    takesMissing: true,
    ignoresRowOrder: false,
  }),
  learner({
    name: 'gradient boosting',
    fit: (x, y, columns, rows) =>
      fitGradientBoosting(x, y, columns, {
        loss: 'log-loss',
        trees: 20,
        learningRate: 0.1,
        maxLeaves: 8,
        minLeaf: 5,
        l2: 0,
        ...only(rows),
      }),
    scores: gradientBoostingScores,
    takesMissing: true,
    ignoresRowOrder: true,
  }),
];

const COLUMNS = 4;

/** Rows whose outcome goes with the first two columns; the third says nothing, the fourth does not vary. */
function drawnRows(n: number, seed: number): { x: Float64Array; y: Float64Array } {
  const random = seededRandom(seed);
  const x = new Float64Array(n * COLUMNS);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < 3; j++) x[i * COLUMNS + j] = 2 * random() - 1;
    x[i * COLUMNS + 3] = 1;
    y[i] = random() < 0.5 + 0.35 * Math.sign(x[i * COLUMNS]!) + 0.1 * x[i * COLUMNS + 1]! ? 1 : 0;
  }
  return { x, y };
}

/** The rows at `positions`, copied. */
function taken(x: Float64Array, y: Float64Array, positions: Int32Array): { x: Float64Array; y: Float64Array } {
  const copy = new Float64Array(positions.length * COLUMNS);
  positions.forEach((position, i) => {
    copy.set(x.subarray(position * COLUMNS, (position + 1) * COLUMNS), i * COLUMNS);
  });
  return { x: copy, y: Float64Array.from(positions, (position) => y[position]!) };
}

/** What every learner owes to whoever trains it, keeps it and scores with it. */
export function testLearner({ fit: learn, scores, takesMissing, ignoresRowOrder }: Learner): void {
  const { x, y } = drawnRows(240, 3);
  const refusal = expect.objectContaining({ code: 'model-input' });

  it('repeats itself byte for byte, and leaves what it was given as it was', () => {
    const [x2, y2] = [x.slice(), y.slice()];
    const fitted = JSON.stringify(learn(x, y, COLUMNS));
    expect([x, y]).toEqual([x2, y2]);
    expect(JSON.stringify(learn(x2, y2, COLUMNS))).toBe(fitted);
  });

  it('predicts the same once it was written down as JSON and read again', () => {
    const fitted = learn(x, y, COLUMNS);
    expect(scores(JSON.parse(JSON.stringify(fitted)), x)).toEqual(scores(fitted, x));
  });

  it('tells the outcome better than chance on rows it has not seen', () => {
    const later = drawnRows(500, 4);
    const given = scores(learn(x, y, COLUMNS), later.x);
    const means = [0, 1].map((outcome) => {
      const own = given.filter((_, i) => later.y[i] === outcome);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    });
    expect(means[1]).toBeGreaterThan(means[0]!);
    expect(given.every(Number.isFinite)).toBe(true);
  });

  it('fits on the rows asked for as on a copy of them', () => {
    const positions = Int32Array.from({ length: 120 }, (_, i) => 2 * i + 1);
    const copy = taken(x, y, positions);
    const subset = learn(x, y, COLUMNS, positions);
    expect(scores(subset, x)).toEqual(scores(learn(copy.x, copy.y, COLUMNS), x));
    // What the other rows hold is never looked at.
    const spoilt = x.slice();
    spoilt[0] = Number.POSITIVE_INFINITY;
    expect(scores(learn(spoilt, y, COLUMNS, positions), x)).toEqual(scores(subset, x));
  });

  it('refuses no rows, a wrong shape and outcomes that are all the same', () => {
    expect(() => learn(new Float64Array(0), [], COLUMNS)).toThrow(refusal);
    expect(() => learn(x, y, COLUMNS, new Int32Array(0))).toThrow(refusal);
    expect(() => learn(x.subarray(1), y, COLUMNS)).toThrow(refusal);
    for (const outcome of [0, 1]) expect(() => learn(x, new Float64Array(240).fill(outcome), COLUMNS)).toThrow(refusal);
  });

  it('refuses an infinite value by its row and column', () => {
    for (const infinite of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const spoilt = x.slice();
      spoilt[7 * COLUMNS + 2] = infinite;
      expect(() => learn(spoilt, y, COLUMNS)).toThrow(refusal);
      expect(() => learn(spoilt, y, COLUMNS)).toThrow(/Row 7, column 2 is -?Infinity/);
    }
  });

  it(
    takesMissing ? 'takes missing values, seen or unseen when it was fitted' : 'refuses a missing value by name',
    () => {
      const holed = x.map((value, at) => (at % 7 === 2 ? Number.NaN : value));
      if (takesMissing) {
        expect(scores(learn(holed, y, COLUMNS), holed).every(Number.isFinite)).toBe(true);
        expect(scores(learn(x, y, COLUMNS), holed).every(Number.isFinite)).toBe(true);
      } else {
        expect(() => learn(holed, y, COLUMNS)).toThrow(refusal);
        expect(() => learn(holed, y, COLUMNS)).toThrow(/Row 0, column 2 is NaN/);
      }
    },
  );

  it('gives everybody about the share of outcomes when no column varies', () => {
    const flat = new Float64Array(240 * COLUMNS).fill(3);
    const given = scores(learn(flat, y, COLUMNS), flat);
    expect(new Set(given).size).toBe(1);
    expect(Number.isFinite(given[0])).toBe(true);
  });

  it('stays finite and right where a column separates the outcomes', () => {
    const separated = Float64Array.from({ length: 240 }, (_, i) => (x[i * COLUMNS]! > 0.1 ? 1 : 0));
    const fitted = learn(x, separated, COLUMNS);
    const given = scores(fitted, x);
    expect(given.every(Number.isFinite)).toBe(true);
    expect(JSON.stringify(fitted)).not.toContain('null,');
    const atBest = given.filter((_, i) => separated[i] === 1).reduce((sum, score) => sum + score, 0);
    const overall = given.reduce((sum, score) => sum + score, 0);
    expect(atBest / separated.filter((one) => one === 1).length).toBeGreaterThan(overall / 240);
  });

  if (!ignoresRowOrder) return;
  it('predicts the same in whatever order the rows come', () => {
    const turned = Int32Array.from({ length: 240 }, (_, i) => (i * 77) % 240);
    const copy = taken(x, y, turned);
    const given = scores(learn(x, y, COLUMNS), x);
    scores(learn(copy.x, copy.y, COLUMNS), x).forEach((score, i) => {
      expect(score).toBeCloseTo(given[i]!, 6);
    });
  });
}
