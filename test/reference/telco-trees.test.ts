import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../src/math/logistic.ts';
import { seededRandom } from '../../src/math/random.ts';
import { mean, standardDeviation } from '../../src/math/statistics.ts';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLosses,
} from '../../src/models/classification-metrics.ts';
import { decisionTreeValues, fitDecisionTree } from '../../src/models/decision-tree.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../../src/models/gradient-boosting.ts';
import { fitRandomForest, randomForestValues } from '../../src/models/random-forest.ts';
import { fitRidgeLogistic, ridgeLogOdds } from '../../src/models/ridge-logistic.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

interface Entry {
  dataset: string;
  task: string;
  metric: string;
  settings: { model?: string; validation?: string; fit?: string };
  value: number | number[] | Record<string, number>;
  tolerance: number;
}

interface Telco {
  readonly p: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly names: readonly string[];
  /** Of each row, dealt within each class in file order: the fold that leaves it out. */
  readonly folds: Int32Array;
}

type Predict = (telco: Telco, rows: Int32Array) => Float64Array;

const boosting = { loss: 'log-loss', trees: 100, learningRate: 0.1, l2: 0 } as const;

/** Each reference model with its settings: probabilities of all rows, fitted on some. */
const MODELS: Readonly<Record<string, Predict>> = {
  'logistic regression': ({ x, y, p }, rows) => {
    const z = scaled(x, p, rows);
    return ridgeLogOdds(fitRidgeLogistic(z, y, p, { penalty: 1, rows }), z).map(sigmoid);
  },
  'decision tree': ({ x, y, p }, rows) =>
    decisionTreeValues(fitDecisionTree(x, y, p, { maxDepth: 5, minLeaf: 20, rows }), x),
  // The reference is the mean over three seeds; one is within its tolerance.
  'random forest': ({ x, y, p }, rows) =>
    randomForestValues(fitRandomForest(x, y, p, { trees: 300, minLeaf: 5, random: seededRandom(0), rows }), x),
  'gradient boosting': ({ x, y, p }, rows) => {
    const fitted = fitGradientBoosting(x, y, p, { ...boosting, maxLeaves: 8, maxDepth: 3, minLeaf: 1, rows });
    return gradientBoostingScores(fitted, x).map(sigmoid);
  },
  'histogram gradient boosting': ({ x, y, p }, rows) => {
    const fitted = fitGradientBoosting(x, y, p, { ...boosting, maxLeaves: 31, minLeaf: 20, rows });
    return gradientBoostingScores(fitted, x).map(sigmoid);
  },
};

const METRICS: Readonly<Record<string, (probabilities: Float64Array, y: Float64Array) => number>> = {
  roc_auc: areaUnderCurve,
  pr_auc_average_precision: averagePrecision,
  log_loss: (probabilities, y) => mean(logLosses(probabilities, y)),
  brier: brierScore,
  accuracy_at_0_5: accuracy,
  precision_at_0_5: (probabilities, y) => atHalf(probabilities, y).precision,
  recall_at_0_5: (probabilities, y) => atHalf(probabilities, y).recall,
  f1_at_0_5: (probabilities, y) => {
    const { precision, recall } = atHalf(probabilities, y);
    return (2 * precision * recall) / (precision + recall);
  },
  top_decile_lift: topDecileLift,
  expected_calibration_error_10_bins: calibrationError,
};

describe.skipIf(!isHere)('learners on Telco churn (skipped without the reference folder)', () => {
  const all: Entry[] = isHere ? JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) : [];
  const entries = all.filter((entry) => entry.dataset === 'telco-churn' && entry.task === 'churn');
  const telco = isHere ? readTelco() : undefined;

  it('reads the rows and churned customers there are', () => {
    const { value } = entries.find((entry) => entry.metric === 'rows / positives')!;
    expect([telco!.y.length, telco!.y.filter((churned) => churned === 1).length]).toEqual(value);
    expect(entries).toHaveLength(56);
  });

  describe.each(Object.entries(MODELS))('%s, out-of-fold probabilities pooled', (model, predict) => {
    const figures = entries.filter(
      ({ settings }) => settings.model === model && settings.validation?.startsWith('5 folds') === true,
    );
    let pooled: Float64Array | undefined;

    it.each(figures.map((entry) => [entry.metric, entry] as const))(
      'gives %s',
      { timeout: 120_000 },
      (metric, entry) => {
        pooled ??= outOfFold(telco!, predict);
        const measured = METRICS[metric]!(pooled, telco!.y);
        expect(Math.abs(measured - Number(entry.value)), `${measured} for ${entry.value}`).toBeLessThanOrEqual(
          entry.tolerance,
        );
      },
    );

    it('has all ten figures', () => {
      expect(figures).toHaveLength(10);
    });
  });

  it('gives logistic regression’s area and accuracy on held-out fifths, on average', () => {
    const { x, y, p, folds } = telco!;
    const fifths = [0, 1, 2, 3, 4].map((fold) => {
      const rows = rowsOutside(folds, fold);
      const z = scaled(x, p, rows);
      const probabilities = ridgeLogOdds(fitRidgeLogistic(z, y, p, { penalty: 1, rows }), z).map(sigmoid);
      const isOut = (_: number, i: number) => folds[i] === fold;
      return [probabilities.filter(isOut), y.filter(isOut)] as const;
    });
    const figures = entries.filter(({ settings }) => settings.validation?.startsWith('80/20') === true);
    expect(figures).toHaveLength(4);
    for (const { metric, value, tolerance } of figures) {
      const measured = mean(fifths.map(([probabilities, outcomes]) => METRICS[metric]!(probabilities, outcomes)));
      expect(Math.abs(measured - Number(value)), metric).toBeLessThanOrEqual(tolerance);
    }
  });

  it('gives logistic regression’s coefficients on all rows', () => {
    const { x, y, p, names } = telco!;
    const { value, tolerance } = entries.find((entry) => entry.metric === 'coefficients')!;
    const theirs = value as Record<string, number>;
    const fitted = fitRidgeLogistic(scaled(x, p, Int32Array.from(y.keys())), y, p, { penalty: 1 });
    expect(Object.keys(theirs)).toHaveLength(p + 1);
    // At the minimum the levels of a column add up to 0. Theirs stopped a little before: what is left belongs to the intercept.
    let intercept = theirs['(intercept)']!;
    for (const column of new Set(names.filter((name) => name.includes('_')).map((name) => name.split('_')[0]!))) {
      intercept += mean(names.filter((name) => name.startsWith(`${column}_`)).map((name) => theirs[name]!));
    }
    expect(Math.abs(fitted.intercept - intercept)).toBeLessThanOrEqual(tolerance);
    names.forEach((name, j) => {
      expect(Math.abs(fitted.coefficients[j]! - theirs[name]!), name).toBeLessThanOrEqual(tolerance);
    });
  });
});

function readTelco(): Telco {
  const [head, ...lines] = readFileSync(join(folder, 'telco-churn/telco.csv'), 'utf8').trim().split('\n');
  const header = head!.trim().split(',');
  const rows = lines.map((line) => line.trim().split(','));
  const target = header.indexOf('Churn');
  const numeric = ['SeniorCitizen', 'tenure', 'MonthlyCharges', 'TotalCharges'].map((name) => header.indexOf(name));
  const levels = header.flatMap((name, j) =>
    numeric.includes(j) || name === 'customerID' || j === target
      ? []
      : [...new Set(rows.map((row) => row[j]!))].map((level) => ({ j, level })),
  );
  const columns = [
    ...numeric.map((j) => ({ name: header[j]!, value: (row: string[]) => Number(row[j]!.trim()) })),
    ...levels.map(({ j, level }) => ({
      name: `${header[j]}_${level}`,
      value: (row: string[]) => (row[j] === level ? 1 : 0),
    })),
  ];
  const y = Float64Array.from(rows, (row) => (row[target] === 'Yes' ? 1 : 0));
  const dealt = [0, 0];
  return {
    p: columns.length,
    x: Float64Array.from(rows.flatMap((row) => columns.map((column) => column.value(row)))),
    y,
    names: columns.map((column) => column.name),
    folds: Int32Array.from(y, (churned) => dealt[churned]!++ % 5),
  };
}

function rowsOutside(folds: Int32Array, fold: number): Int32Array {
  return Int32Array.from(folds.keys()).filter((i) => folds[i] !== fold);
}

function outOfFold(telco: Telco, predict: Predict): Float64Array {
  const pooled = new Float64Array(telco.y.length);
  for (let fold = 0; fold < 5; fold++) {
    const probabilities = predict(telco, rowsOutside(telco.folds, fold));
    for (let i = 0; i < pooled.length; i++) if (telco.folds[i] === fold) pooled[i] = probabilities[i]!;
  }
  return pooled;
}

/** The four numeric columns in standard deviations of the rows to fit on; the others as they are. */
function scaled(x: Float64Array, p: number, rows: Int32Array): Float64Array {
  const z = x.slice();
  for (let j = 0; j < 4; j++) {
    const known = Float64Array.from(rows, (row) => x[row * p + j]!);
    const [centre, spread] = [mean(known), standardDeviation(known)];
    for (let at = j; at < x.length; at += p) z[at] = (x[at]! - centre) / spread;
  }
  return z;
}

function atHalf(probabilities: Float64Array, y: Float64Array): { precision: number; recall: number } {
  let [hits, called, positives] = [0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const isCalled = probabilities[i]! >= 0.5;
    if (isCalled) called++;
    if (isCalled && y[i] === 1) hits++;
    positives += y[i]!;
  }
  return { precision: hits / called, recall: hits / positives };
}

/** Σ over thresholds of the gain in recall times the precision there; equal probabilities are one threshold. */
function averagePrecision(probabilities: Float64Array, y: Float64Array): number {
  const order = Array.from(y.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const positives = y.reduce((sum, churned) => sum + churned, 0);
  let [hits, sum] = [0, 0];
  for (let i = 0; i < order.length; ) {
    const before = hits;
    let end = i;
    while (end < order.length && probabilities[order[end]!] === probabilities[order[i]!]) hits += y[order[end++]!]!;
    sum += ((hits - before) / positives) * (hits / end);
    i = end;
  }
  return sum;
}

/** The share that churned among the tenth with the highest probabilities, over the share among all. */
function topDecileLift(probabilities: Float64Array, y: Float64Array): number {
  const order = Array.from(y.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const tenth = order.slice(0, Math.floor(y.length / 10));
  return mean(Float64Array.from(tenth, (i) => y[i]!)) / mean(y);
}
