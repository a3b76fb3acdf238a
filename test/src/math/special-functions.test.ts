import { describe, expect, it } from 'vitest';
import { digamma } from '../../../src/math/digamma.ts';
import { hypergeometricFraction } from '../../../src/math/hypergeometric-fraction.ts';
import { incompleteBeta } from '../../../src/math/incomplete-beta.ts';
import { logBeta } from '../../../src/math/log-beta.ts';
import { logFactorial } from '../../../src/math/log-factorial.ts';
import { logGamma } from '../../../src/math/log-gamma.ts';

describe('ln Γ', () => {
  it('is the log of the factorial at whole numbers and of √π at a half', () => {
    for (const n of [0, 1, 2, 5, 9, 10, 30, 200, 5000]) expect(logGamma(n + 1)).toBeCloseTo(logFactorial(n), 8);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(1e-10)).toBeCloseTo(-Math.log(1e-10), 8);
  });

  it('has ψ for its slope, which is −γ at 1 and −γ − 2 ln 2 at a half', () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 13);
    expect(digamma(0.5)).toBeCloseTo(-0.5772156649015329 - 2 * Math.LN2, 13);
    for (const x of [0.01, 0.7, 3, 9.99, 10.01, 400]) {
      const step = 1e-5 * x;
      expect(digamma(x)).toBeCloseTo((logGamma(x + step) - logGamma(x - step)) / (2 * step), 5);
    }
  });

  it('makes ln B, symmetric and ln of one over a times a binomial at whole numbers', () => {
    expect(logBeta(3, 4)).toBeCloseTo(-Math.log(60), 12);
    expect(logBeta(0.3, 8)).toBe(logBeta(8, 0.3));
  });
});

describe('the incomplete beta function', () => {
  it('is the binomial tail at whole numbers', () => {
    // P(at least 3 of 7 with chance 0.4)
    const choose = [1, 7, 21, 35, 35, 21, 7, 1];
    const tail = choose.slice(3).reduce((sum, ways, i) => sum + ways * 0.4 ** (i + 3) * 0.6 ** (4 - i), 0);
    expect(incompleteBeta(0.4, 3, 5)).toBeCloseTo(tail, 13);
  });

  it('is the power at b = 1, mirrors itself, and ends at 0 and 1', () => {
    expect(incompleteBeta(0.2, 2.5, 1)).toBeCloseTo(0.2 ** 2.5, 13);
    for (const [x, a, b] of [
      [0.01, 0.3, 40],
      [0.9, 300, 20],
      [0.5, 1e4, 1e4],
    ] as const) {
      expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 11);
    }
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });
});

describe('₂F₁(1, b; c; −y)', () => {
  it('is the sum of its series where that converges', () => {
    for (const [b, c, y] of [
      [0.4, 1.9, 0.3],
      [3, 7.5, 0.8],
      [1.2, 40, 0.95],
    ] as const) {
      let term = 1;
      let sum = 1;
      for (let k = 0; k < 2000; k++) {
        term *= (-y * (b + k)) / (c + k);
        sum += term;
      }
      expect(hypergeometricFraction(b, c, y)).toBeCloseTo(sum, 12);
    }
  });

  it('is ln(1 + y) ÷ y for b = 1 and c = 2, however large y', () => {
    for (const y of [1e-9, 1, 50, 1e6]) expect(hypergeometricFraction(1, 2, y)).toBeCloseTo(Math.log1p(y) / y, 13);
    expect(hypergeometricFraction(0.7, 3, 0)).toBe(1);
  });
});
