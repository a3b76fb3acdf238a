import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../src/math/logistic.ts';
import { mean, standardDeviation } from '../../src/math/statistics.ts';
import {
  accuracy,
  areaUnderCurve,
  brierScore,
  calibrationError,
  logLosses,
} from '../../src/models/classification-metrics.ts';
import { fitRidgeLogistic } from '../../src/models/ridge-logistic.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

interface Entry {
  dataset: string;
  metric: string;
  settings: { model: string; validation?: string };
  value: number;
  source: string;
  tolerance?: number;
}

describe.skipIf(!isHere)('ridge logistic on Telco churn, fixed folds (skipped without the reference folder)', () => {
  const entries: Entry[] = isHere ? JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) : [];
  const { probabilities, labels } = isHere
    ? outOfFold()
    : { probabilities: new Float64Array(0), labels: new Float64Array(0) };

  const figureOf = (metric: string): Entry =>
    entries.find(
      (entry) =>
        entry.dataset === 'telco-churn' &&
        entry.metric === metric &&
        entry.source === 'computed' &&
        entry.settings.model === 'logistic regression' &&
        entry.settings.validation?.startsWith('5 folds') === true,
    )!;
  const measured: [string, () => number][] = [
    ['roc_auc', () => areaUnderCurve(probabilities, labels)],
    ['log_loss', () => mean(logLosses(probabilities, labels))],
    ['brier', () => brierScore(probabilities, labels)],
    ['accuracy_at_0_5', () => accuracy(probabilities, labels)],
    ['expected_calibration_error_10_bins', () => calibrationError(probabilities, labels)],
  ];

  it.each(measured)('gives the reference %s within its tolerance', (metric, measure) => {
    const { value, tolerance } = figureOf(metric);
    expect(Math.abs(measure() - value)).toBeLessThanOrEqual(tolerance!);
  });
});

/** Folds: within each class, rows in file order are dealt 0 to 4; every level one-hot, numbers scaled by the training fold. */
function outOfFold(): { probabilities: Float64Array; labels: Float64Array } {
  const [head, ...lines] = readFileSync(join(folder, 'telco-churn/telco.csv'), 'utf8').trim().split('\n');
  const names = head!.trim().split(',');
  const rows = lines.map((line) => line.trim().split(','));
  const target = names.indexOf('Churn');
  const labels = Float64Array.from(rows, (row) => (row[target] === 'Yes' ? 1 : 0));
  const numeric = ['SeniorCitizen', 'tenure', 'MonthlyCharges', 'TotalCharges'].map((name) => names.indexOf(name));
  const categorical = names.flatMap((name, j) =>
    numeric.includes(j) || name === 'customerID' || j === target ? [] : [j],
  );
  const dealt = [0, 0];
  const folds = labels.map((label) => dealt[label]!++ % 5);
  const levels = categorical.flatMap((j) =>
    [...new Set(rows.map((row) => row[j]!))].map((level) => [j, level] as const),
  );
  const p = numeric.length + levels.length;
  const probabilities = new Float64Array(rows.length);
  for (let fold = 0; fold < 5; fold++) {
    const inside = Int32Array.from([...folds.keys()].filter((i) => folds[i] !== fold));
    const x = new Float64Array(rows.length * p);
    numeric.forEach((j, column) => {
      const values = rows.map((row) => Number(row[j]!.trim()));
      const known = Float64Array.from(inside, (i) => values[i]!);
      const [centre, spread] = [mean(known), standardDeviation(known)];
      values.forEach((value, i) => {
        x[i * p + column] = (value - centre) / spread;
      });
    });
    levels.forEach(([j, level], k) => {
      rows.forEach((row, i) => {
        x[i * p + numeric.length + k] = row[j] === level ? 1 : 0;
      });
    });
    const fitted = fitRidgeLogistic(x, labels, p, { penalty: 1, rows: inside });
    rows.forEach((_, i) => {
      if (folds[i] !== fold) return;
      let odds = fitted.intercept;
      fitted.coefficients.forEach((weight, column) => {
        odds += weight * x[i * p + column]!;
      });
      probabilities[i] = sigmoid(odds);
    });
  }
  return { probabilities, labels };
}
