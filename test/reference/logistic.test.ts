import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitRidgeLogistic } from '../../src/models/ridge-logistic.ts';
import { fitTextbookLogistic } from '../../src/models/textbook-logistic.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'data');
const isHere = existsSync(join(folder, 'reference.json'));

describe.skipIf(!isHere)('logistic regression on the UCLA admissions (skipped without the reference folder)', () => {
  const rows = isHere
    ? readFileSync(join(folder, 'ucla-admissions/admissions.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').map(Number))
    : [];
  const y = rows.map(([admit]) => admit!);
  const x = Float64Array.from(
    rows.flatMap(([, gre, gpa, rank]) => [gre!, gpa!, +(rank === 2), +(rank === 3), +(rank === 4)]),
  );

  it('gives the published coefficients without a penalty, to 1e-4', () => {
    const fitted = fitRidgeLogistic(x, y, 5, { penalty: 0 });
    const published = [-3.989979, 0.002264, 0.804038, -0.675443, -1.340204, -1.551464];
    [fitted.intercept, ...fitted.coefficients].forEach((weight, j) => {
      expect(Math.abs(weight - published[j]!), `coefficient ${j}`).toBeLessThan(1e-5);
    });
  });

  it('gives the standard errors and the log-likelihood of a reference implementation', () => {
    const fitted = fitRidgeLogistic(x, y, 5, { penalty: 0 });
    const errors = [1.13995096205, 0.00109399765796, 0.331819304565, 0.316489663266, 0.345306423361, 0.417831637472];
    fitted.standardErrors.forEach((error, j) => {
      expect(Math.abs(error - errors[j]!), `standard error ${j}`).toBeLessThan(1e-5);
    });
    expect(fitted.logLikelihood).toBeCloseTo(-229.258746238, 5);
  });

  it('agrees with the textbook regression once that one has settled, on standardised columns', () => {
    const z = standardised(x, 5);
    const ridge = fitRidgeLogistic(z, y, 5, { penalty: 0 });
    const textbook = fitTextbookLogistic(z, y, 5, { steps: 3000, rate: 2 });
    expect(textbook.intercept).toBeCloseTo(ridge.intercept, 4);
    textbook.coefficients.forEach((weight, j) => {
      expect(weight).toBeCloseTo(ridge.coefficients[j]!, 4);
    });
  });
});

function standardised(x: Float64Array, p: number): Float64Array {
  const n = x.length / p;
  const z = Float64Array.from(x);
  for (let j = 0; j < p; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += x[i * p + j]! / n;
    let variance = 0;
    for (let i = 0; i < n; i++) variance += (x[i * p + j]! - mean) ** 2 / n;
    for (let i = 0; i < n; i++) z[i * p + j] = (x[i * p + j]! - mean) / Math.sqrt(variance);
  }
  return z;
}
