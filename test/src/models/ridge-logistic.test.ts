import { describe, expect, it } from 'vitest';
import { KithError } from '../../../src/lib/errors.ts';
import { sigmoid } from '../../../src/math/logistic.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { bootstrapStandardError, pairedGain } from '../../../src/models/bootstrap.ts';
import { applyDesign, fitDesign } from '../../../src/models/design-matrix.ts';
import { fitLassoLogistic } from '../../../src/models/lasso-logistic.ts';
import { fitPlatt } from '../../../src/models/platt.ts';
import { fitRidgeLogistic } from '../../../src/models/ridge-logistic.ts';
import { selectStable } from '../../../src/models/stability-selection.ts';

function sample(n: number, weights: readonly number[], seed: number) {
  const random = seededRandom(seed);
  const p = weights.length;
  const x = Float64Array.from({ length: n * p }, () => normal(random));
  const y = Uint8Array.from({ length: n }, (_, i) => {
    let odds = -0.5;
    for (let j = 0; j < p; j++) odds += weights[j]! * x[i * p + j]!;
    return random() < sigmoid(odds) ? 1 : 0;
  });
  return { x, y, p };
}

describe('fitRidgeLogistic', () => {
  it('stands where the gradient of the penalised likelihood is zero, with the intercept unpenalised', () => {
    const { x, y, p } = sample(300, [1, -0.7, 0], 1);
    const fitted = fitRidgeLogistic(x, y, p, { penalty: 12 });
    const gradient = [0, 0, 0, 0];
    for (let i = 0; i < y.length; i++) {
      const row = [1, ...x.subarray(i * p, (i + 1) * p)];
      const odds = row.reduce((sum, value, j) => sum + value * [fitted.intercept, ...fitted.coefficients][j]!, 0);
      row.forEach((value, j) => {
        gradient[j] = gradient[j]! + (y[i]! - sigmoid(odds)) * value;
      });
    }
    fitted.coefficients.forEach((weight, j) => {
      gradient[j + 1] = gradient[j + 1]! - 12 * weight;
    });
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-5);
  });

  it('fits the rows it is given and no others', () => {
    const { x, y, p } = sample(200, [1, 0], 2);
    const rows = Int32Array.from({ length: 100 }, (_, i) => i * 2);
    const part = new Float64Array(200);
    rows.forEach((row, k) => {
      part.set(x.subarray(row * p, (row + 1) * p), k * p);
    });
    const apart = fitRidgeLogistic(
      part,
      rows.map((row) => y[row]!),
      p,
      { penalty: 1 },
    );
    expect(fitRidgeLogistic(x, y, p, { penalty: 1, rows })).toEqual(apart);
  });

  it('says what is wrong with one outcome, a missing value, or separated outcomes', () => {
    const x = Float64Array.of(1, 2, 3, 4);
    expect(() => fitRidgeLogistic(x, [1, 1, 1, 1], 1, { penalty: 1 })).toThrow(/needs both/);
    expect(() => fitRidgeLogistic(Float64Array.of(1, Number.NaN), [0, 1], 1, { penalty: 1 })).toThrow(/impute/);
    expect(() => fitRidgeLogistic(x, [0, 0, 1, 1], 1, { penalty: 0 })).toThrow(KithError);
    expect(fitRidgeLogistic(x, [0, 0, 1, 1], 1, { penalty: 1 }).coefficients[0]).toBeGreaterThan(0);
  });
});

describe('what stands beside it', () => {
  it('fitPlatt recovers a known slope and intercept', () => {
    const random = seededRandom(4);
    const scores = Array.from({ length: 20_000 }, () => normal(random));
    const outcomes = scores.map((score) => (random() < sigmoid(1.7 * score - 0.4) ? 1 : 0));
    const { slope, intercept } = fitPlatt(scores, outcomes);
    expect(slope).toBeCloseTo(1.7, 1);
    expect(intercept).toBeCloseTo(-0.4, 1);
  });

  it('fitLassoLogistic meets the conditions of its optimum', () => {
    const { x, y, p } = sample(400, [1, 0.05, 0, -0.6], 6);
    const rows = Int32Array.from({ length: 400 }, (_, i) => i);
    const lambda = 0.05;
    const weights = fitLassoLogistic(x, y, p, { lambda, rows });
    // The intercept is free: find it by the mean of the residuals.
    let low = -5;
    let high = 5;
    const oddsOf = (i: number, b: number) => weights.reduce((sum, w, j) => sum + w * x[i * p + j]!, b);
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      const residual = rows.reduce((sum, i) => sum + y[i]! - sigmoid(oddsOf(i, middle)), 0);
      if (residual > 0) low = middle;
      else high = middle;
    }
    for (let j = 0; j < p; j++) {
      const slope = rows.reduce((sum, i) => sum + (y[i]! - sigmoid(oddsOf(i, low))) * x[i * p + j]!, 0) / 400;
      if (weights[j] === 0) expect(Math.abs(slope)).toBeLessThan(lambda + 1e-4);
      else expect(slope).toBeCloseTo(Math.sign(weights[j]!) * lambda, 3);
    }
  });

  it('selectStable keeps what matters and little else', () => {
    const { x, y, p } = sample(1500, [0.9, 0, 0, -0.6, 0, 0], 8);
    const groups = Int32Array.from({ length: 1500 }, (_, i) => Math.floor(i / 3));
    const { kept } = selectStable(x, y, p, { random: seededRandom(1), groups });
    expect(kept).toEqual([0, 3]);
  });

  it('bootstrapStandardError is near the standard error of the mean, and a paired gain beats an unpaired one', () => {
    const random = seededRandom(3);
    const values = Float64Array.from({ length: 2000 }, () => normal(random) * 3);
    expect(bootstrapStandardError(values, random)).toBeCloseTo(3 / Math.sqrt(2000), 2);
    const better = values.map((value) => value - 0.01);
    const { gain, standardError } = pairedGain(values, better, random);
    expect(gain).toBeCloseTo(0.01, 10);
    expect(standardError).toBeLessThan(1e-9);
  });

  it('fitDesign winsorises, imputes with a flag and standardises by the training rows alone', () => {
    const raw = Float64Array.from({ length: 202 }, (_, i) => (i % 2 === 0 ? i / 2 : 7));
    raw[2] = Number.NaN;
    const recipe = fitDesign(raw, 2);
    expect(recipe.columns.map(({ raw: column, isFlag }) => [column, isFlag])).toEqual([
      [0, false],
      [0, true],
    ]);
    const design = applyDesign(recipe, Float64Array.of(1e9, 7, Number.NaN, 7));
    expect(design[0]).toBeCloseTo((recipe.highs[0]! - recipe.columns[0]!.mean) / recipe.columns[0]!.sd, 12);
    expect(design[2]).toBeCloseTo((recipe.medians[0]! - recipe.columns[0]!.mean) / recipe.columns[0]!.sd, 12);
    expect(design[3]).toBeGreaterThan(design[1]!);
  });
});
