import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { fitLinearRegression, linearRegressionValues } from '../../../src/models/linear-regression.ts';

/** R's data set `cars`: speed in miles an hour, stopping distance in feet. */
const SPEED = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15].concat([
  15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25,
]);
const DISTANCE = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20].concat([
  26, 54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85,
]);

function sample(n: number, p: number, seed: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: n * p }, () => normal(random));
  const y = Float64Array.from({ length: n }, (_, i) => 3 + 2 * x[i * p]! - x[i * p + 1]! + normal(random));
  return { x, y };
}

describe('fitLinearRegression', () => {
  it("gives what R's lm(dist ~ speed) prints for its cars", () => {
    const fitted = fitLinearRegression(Float64Array.from(SPEED), DISTANCE, 1, { penalty: 0 });
    expect(fitted.intercept).toBeCloseTo(-17.5791, 4);
    expect(fitted.coefficients[0]).toBeCloseTo(3.9324, 4);
    expect(fitted.standardErrors[0]).toBeCloseTo(6.7584, 4);
    expect(fitted.standardErrors[1]).toBeCloseTo(0.4155, 4);
    expect(fitted.rSquared).toBeCloseTo(0.6511, 4);
    expect(fitted.residualDeviation).toBeCloseTo(15.38, 2);
    expect(fitted.effectiveColumns).toBeCloseTo(2, 9);
  });

  it('stands where the slope of the penalised squares is zero, with the intercept unpenalised', () => {
    const { x, y } = sample(80, 2, 1);
    const fitted = fitLinearRegression(x, y, 2, { penalty: 15 });
    const residuals = linearRegressionValues(fitted, x).map((value, i) => y[i]! - value);
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 8);
    fitted.coefficients.forEach((weight, j) => {
      expect(residuals.reduce((sum, r, i) => sum + r * x[i * 2 + j]!, 0)).toBeCloseTo(15 * weight, 8);
    });
    expect(fitted.effectiveColumns).toBeLessThan(3);
  });

  it('has standard errors that tell how estimates vary from sample to sample', () => {
    const fits = Array.from({ length: 400 }, (_, seed) => {
      const { x, y } = sample(60, 2, seed + 1);
      return fitLinearRegression(x, y, 2, { penalty: 0 });
    });
    const slopes = fits.map((fit) => fit.coefficients[0]!);
    const centre = slopes.reduce((sum, slope) => sum + slope, 0) / 400;
    const spread = Math.sqrt(slopes.reduce((sum, slope) => sum + (slope - centre) ** 2, 0) / 399);
    const told = fits.reduce((sum, fit) => sum + fit.standardErrors[1]!, 0) / 400;
    expect(centre).toBeCloseTo(2, 1);
    expect(told / spread).toBeGreaterThan(0.9);
    expect(told / spread).toBeLessThan(1.1);
  });

  it('fits the rows it is given and no others', () => {
    const { x, y } = sample(40, 2, 3);
    const spoiled = Float64Array.from(y, (value, i) => (i % 2 === 0 ? value : 1e6));
    const rows = Int32Array.from({ length: 20 }, (_, i) => i * 2);
    const of = (outcomes: Float64Array) => fitLinearRegression(x, outcomes, 2, { penalty: 1, rows });
    expect(of(spoiled)).toEqual(of(y));
  });

  it('says what it cannot know: no spread left for errors, no variance to explain', () => {
    const line = fitLinearRegression(Float64Array.of(1, 2), [3, 5], 1, { penalty: 0 });
    expect(line.coefficients[0]).toBeCloseTo(2, 12);
    expect(line.standardErrors[1]).toBeNaN();
    expect(fitLinearRegression(Float64Array.of(1, 2, 3), [4, 4, 4], 1, { penalty: 0 }).rSquared).toBeNaN();
  });

  it('says what is wrong with its input', () => {
    const twice = Float64Array.of(1, 2, 2, 4, 3, 6);
    expect(() => fitLinearRegression(twice, [1, 2, 3], 2, { penalty: 0 })).toThrow(/depend on each other/);
    expect(fitLinearRegression(twice, [1, 2, 3], 2, { penalty: 0.1 }).coefficients).toHaveLength(2);
    expect(() => fitLinearRegression(twice, [1, Number.NaN, 3], 2, { penalty: 1 })).toThrow(/outcome of row 1 is NaN/);
  });
});
