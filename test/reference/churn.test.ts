import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../src/math/logistic.ts';
import { seededRandom, shuffledIndices } from '../../src/math/random.ts';
import { mean, standardDeviation } from '../../src/math/statistics.ts';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLosses,
} from '../../src/models/classification-metrics.ts';
import { fitRidgeLogistic, type RidgeLogistic, ridgeLogOdds } from '../../src/models/ridge-logistic.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

interface Entry {
  readonly dataset: string;
  readonly metric: string;
  readonly settings: { readonly model?: string; readonly validation?: string; readonly fit?: string };
  readonly value: number | readonly number[] | Readonly<Record<string, number>>;
  readonly source: string;
  readonly tolerance: number;
}

const NUMERIC = ['SeniorCitizen', 'tenure', 'MonthlyCharges', 'TotalCharges'];

const entries = isHere
  ? (JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Entry[]).filter(
      ({ dataset, settings }) =>
        dataset === 'telco-churn' && (settings.model === undefined || settings.model === 'logistic regression'),
    )
  : [];
const nameOf = ({ metric, source, settings }: Entry) =>
  `${source} ${metric}, ${settings.validation?.split(';')[0] ?? settings.fit ?? 'counted'}`;

describe.skipIf(!isHere)('ridge logistic on Telco churn (skipped without the reference folder)', () => {
  const telco = isHere ? read() : null;
  const pooled = telco === null ? new Float64Array(0) : outOfFold(telco);
  const labels = telco?.labels ?? new Float64Array(0);
  const measures: Record<string, (probabilities: Float64Array, labels: Float64Array) => number> = {
    roc_auc: areaUnderCurve,
    pr_auc_average_precision: averagePrecision,
    log_loss: (p, y) => mean(logLosses(p, y)),
    brier: brierScore,
    accuracy_at_0_5: accuracy,
    precision_at_0_5: (p, y) => hits(p, y) / p.filter((value) => value >= 0.5).length,
    recall_at_0_5: (p, y) => hits(p, y) / y.filter((value) => value === 1).length,
    f1_at_0_5: (p, y) =>
      (2 * hits(p, y)) / (p.filter((value) => value >= 0.5).length + y.filter((value) => value === 1).length),
    top_decile_lift: topDecileLift,
    expected_calibration_error_10_bins: calibrationError,
  };

  it.each(entries.map((entry) => [nameOf(entry), entry] as const))('gives the %s within its tolerance', (_, entry) => {
    const { metric, settings, value, tolerance } = entry;
    if (metric === 'rows / positives') {
      expect([labels.length, labels.filter((label) => label === 1).length]).toEqual(value);
    } else if (metric === 'coefficients') {
      const { fitted, names } = fitOn(telco!, allRows(labels.length));
      const { '(intercept)': intercept, ...published } = value as Record<string, number>;
      const ours = Object.fromEntries(names.map((name, j) => [name, fitted.coefficients[j]!]));
      for (const [name, weight] of Object.entries(published)) {
        expect(Math.abs(ours[name]! - weight), name).toBeLessThanOrEqual(tolerance);
      }
      // Every level of a column sums to 1, so at the minimum a column's weights sum to 0. The published ones stop a little short
      // of it, all by the same amount, which their intercept takes up.
      const settled = intercept! + levelMeans(published);
      expect(Math.abs(fitted.intercept + levelMeans(ours) - settled), '(intercept)').toBeLessThanOrEqual(tolerance);
    } else if (settings.validation!.startsWith('5 folds')) {
      expect(Math.abs(measures[metric]!(pooled, labels) - Number(value))).toBeLessThanOrEqual(tolerance);
    } else {
      // A hold-out depends on who draws it: five draws, and their mean.
      const drawn = [1, 2, 3, 4, 5].map((seed) => heldOut(telco!, seed));
      const ours = mean(drawn.map(({ probabilities, outcomes }) => measures[metric]!(probabilities, outcomes)));
      expect(Math.abs(ours - Number(value))).toBeLessThanOrEqual(tolerance);
    }
  });
});

interface Telco {
  readonly rows: readonly (readonly string[])[];
  readonly names: readonly string[];
  readonly labels: Float64Array;
}

function read(): Telco {
  const [head, ...lines] = readFileSync(join(folder, 'telco-churn/telco.csv'), 'utf8').trim().split('\n');
  const names = head!.trim().split(',');
  const rows = lines.map((line) => line.trim().split(','));
  return { names, rows, labels: Float64Array.from(rows, (row) => (row[names.indexOf('Churn')] === 'Yes' ? 1 : 0)) };
}

function allRows(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i);
}

/** Numbers scaled by the rows fitted on, every level one-hot. A blank amount is 0. */
function fitOn({ rows, names, labels }: Telco, inside: Int32Array) {
  const numeric = NUMERIC.map((name) => names.indexOf(name));
  const levels = names.flatMap((name, j) =>
    NUMERIC.includes(name) || name === 'customerID' || name === 'Churn'
      ? []
      : [...new Set(rows.map((row) => row[j]!))].map((level) => ({ j, level, name: `${name}_${level}` })),
  );
  const p = numeric.length + levels.length;
  const x = new Float64Array(rows.length * p);
  numeric.forEach((j, column) => {
    const values = rows.map((row) => Number(row[j]!.trim()));
    const known = Float64Array.from(inside, (i) => values[i]!);
    const [centre, spread] = [mean(known), standardDeviation(known)];
    values.forEach((value, i) => {
      x[i * p + column] = (value - centre) / spread;
    });
  });
  levels.forEach(({ j, level }, k) => {
    rows.forEach((row, i) => {
      x[i * p + numeric.length + k] = row[j] === level ? 1 : 0;
    });
  });
  const fitted: RidgeLogistic = fitRidgeLogistic(x, labels, p, { penalty: 1, rows: inside });
  return { fitted, names: [...NUMERIC, ...levels.map(({ name }) => name)], odds: ridgeLogOdds(fitted, x) };
}

/** Folds: within each class, rows in file order are dealt 0 to 4. */
function outOfFold(telco: Telco): Float64Array {
  const dealt = [0, 0];
  const folds = telco.labels.map((label) => dealt[label]!++ % 5);
  const probabilities = new Float64Array(folds.length);
  for (let fold = 0; fold < 5; fold++) {
    const { odds } = fitOn(
      telco,
      allRows(folds.length).filter((i) => folds[i] !== fold),
    );
    folds.forEach((own, i) => {
      if (own === fold) probabilities[i] = sigmoid(odds[i]!);
    });
  }
  return probabilities;
}

/** A stratified fifth, drawn by `seed`. */
function heldOut(telco: Telco, seed: number): { probabilities: Float64Array; outcomes: Float64Array } {
  const dealt = [0, 0];
  const isOut = new Uint8Array(telco.labels.length);
  for (const i of shuffledIndices(isOut.length, seededRandom(seed))) isOut[i] = +(dealt[telco.labels[i]!]!++ % 5 === 0);
  const out = allRows(isOut.length).filter((i) => isOut[i] === 1);
  const { odds } = fitOn(
    telco,
    allRows(isOut.length).filter((i) => isOut[i] === 0),
  );
  return {
    probabilities: Float64Array.from(out, (i) => sigmoid(odds[i]!)),
    outcomes: Float64Array.from(out, (i) => telco.labels[i]!),
  };
}

/** Σ over one-hot columns of their levels' mean weight. */
function levelMeans(weights: Readonly<Record<string, number>>): number {
  const columns = new Map<string, number[]>();
  for (const [name, weight] of Object.entries(weights)) {
    const column = name.split('_')[0]!;
    if (!NUMERIC.includes(column)) columns.set(column, [...(columns.get(column) ?? []), weight]);
  }
  return [...columns.values()].reduce((sum, levels) => sum + mean(levels), 0);
}

function hits(probabilities: Float64Array, labels: Float64Array): number {
  return probabilities.filter((value, i) => value >= 0.5 && labels[i] === 1).length;
}

/** Σ precision at each positive, ÷ positives. */
function averagePrecision(probabilities: Float64Array, labels: Float64Array): number {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  let found = 0;
  let sum = 0;
  order.forEach((i, rank) => {
    if (labels[i] !== 1) return;
    found++;
    sum += found / (rank + 1);
  });
  return sum / found;
}

/** The share of positives among the highest tenth, over their share among all. */
function topDecileLift(probabilities: Float64Array, labels: Float64Array): number {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  const top = order.slice(0, Math.floor(order.length / 10));
  return mean(top.map((i) => labels[i]!)) / mean(labels);
}
