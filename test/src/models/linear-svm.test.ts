import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { fitLinearSvm, type LinearSvm, linearSvmScores } from '../../../src/models/linear-svm.ts';

const P = 3;

function sample(n: number, seed: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: n * P }, () => normal(random));
  const y = Uint8Array.from({ length: n }, (_, i) => (x[i * P]! - 0.6 * x[i * P + 1]! + normal(random) > 0.4 ? 1 : 0));
  return { x, y };
}

/** The slope of ½ (|w|² + b²) + C Σ max(0, 1 − margin)²: zero at its one minimum. */
function slope({ x, y }: { x: Float64Array; y: Uint8Array }, fitted: LinearSvm, cost: number): number[] {
  const gradient = [fitted.intercept, ...fitted.coefficients];
  const scores = linearSvmScores(fitted, x);
  for (const [i, outcome] of y.entries()) {
    const side = outcome === 1 ? 1 : -1;
    const pull = -2 * cost * side * Math.max(0, 1 - side * scores[i]!);
    [1, ...x.subarray(i * P, (i + 1) * P)].forEach((value, j) => {
      gradient[j] = gradient[j]! + pull * value;
    });
  }
  return gradient;
}

describe('fitLinearSvm', () => {
  it.each([0.01, 1, 10])('stands where the slope of the squared hinge loss is zero, at cost %d', (cost) => {
    const data = sample(300, 1);
    const fitted = fitLinearSvm(data.x, data.y, P, { cost });
    for (const value of slope(data, fitted, cost)) expect(Math.abs(value)).toBeLessThan(1e-6 * data.y.length * cost);
  });

  it('gives the same bytes twice', () => {
    const { x, y } = sample(200, 2);
    expect(fitLinearSvm(x, y, P, { cost: 1 })).toEqual(fitLinearSvm(x, y, P, { cost: 1 }));
  });

  it('gives what dual coordinate descent, another road to the same minimum, gives', () => {
    const { x, y } = sample(150, 5);
    const cost = 0.5;
    const alpha = new Float64Array(150);
    const weights = new Float64Array(P + 1);
    for (let pass = 0; pass < 3000; pass++) {
      for (let i = 0; i < 150; i++) {
        const row = [1, ...x.subarray(i * P, (i + 1) * P)];
        const side = y[i] === 1 ? 1 : -1;
        const score = row.reduce((sum, value, j) => sum + value * weights[j]!, 0);
        const squares = row.reduce((sum, value) => sum + value ** 2, 0);
        const next = Math.max(0, alpha[i]! - (side * score - 1 + alpha[i]! / (2 * cost)) / (squares + 1 / (2 * cost)));
        row.forEach((value, j) => {
          weights[j] = weights[j]! + (next - alpha[i]!) * side * value;
        });
        alpha[i] = next;
      }
    }
    const fitted = fitLinearSvm(x, y, P, { cost });
    [fitted.intercept, ...fitted.coefficients].forEach((weight, j) => {
      expect(weight).toBeCloseTo(weights[j]!, 6);
    });
  });

  it('fits the rows it is given and no others', () => {
    const { x, y } = sample(200, 3);
    const spoiled = Float64Array.from(x);
    for (let i = 1; i < 200; i += 2) spoiled.fill(1e6, i * P, (i + 1) * P);
    const rows = Int32Array.from({ length: 100 }, (_, i) => i * 2);
    expect(fitLinearSvm(spoiled, y, P, { cost: 1, rows })).toEqual(fitLinearSvm(x, y, P, { cost: 1, rows }));
  });

  it('finds the widest border between two points of a line, the intercept held back as a column of ones', () => {
    // minimise ½ (w² + b²) + C Σ (1 − y (w x + b))² over x = ±2: b = 0 and w (1 + 16 C) = 8 C.
    const fitted = fitLinearSvm(Float64Array.of(-2, 2), [0, 1], 1, { cost: 1 });
    expect(fitted.coefficients[0]).toBeCloseTo(8 / 17, 9);
    expect(fitted.intercept).toBeCloseTo(0, 9);
  });

  it('says what is wrong with its input', () => {
    const x = Float64Array.of(1, 2, 3);
    expect(() => fitLinearSvm(x, [0, 1, 1], 1, { cost: 0 })).toThrow(/cost .* is 0; set it above 0/);
    expect(() => fitLinearSvm(x, [1, 1, 1], 1, { cost: 1 })).toThrow(/All 3 outcomes are the same/);
    expect(() => fitLinearSvm(x, [0, 2, 1], 1, { cost: 1 })).toThrow(/outcome of row 1 is 2/);
    expect(() => fitLinearSvm(x, [0, 1], 1, { cost: 1 })).toThrow(/2 outcomes need 2 values in 1 columns, not 3/);
    expect(() => fitLinearSvm(Float64Array.of(1, Number.NaN), [0, 1], 1, { cost: 1 })).toThrow(
      /Row 1, column 0 is NaN/,
    );
  });
});
