import { describe, expect, it } from 'vitest';
import { cholesky, choleskyInverse, choleskySolve } from '../../../src/math/cholesky.ts';
import { logit, sigmoid, softplus } from '../../../src/math/logistic.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';

describe('cholesky', () => {
  const n = 6;
  const random = seededRandom(1);
  const b = Float64Array.from({ length: n * n }, () => normal(random));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j] = a[i * n + j]! + b[i * n + k]! * b[j * n + k]!;
    }
  }
  const lower = cholesky(a, n)!;

  it('factors a positive definite matrix, solves with it and inverts it', () => {
    const right = Float64Array.from({ length: n }, (_, i) => i - 2);
    const x = choleskySolve(lower, n, right);
    const inverse = choleskyInverse(lower, n);
    for (let i = 0; i < n; i++) {
      let product = 0;
      for (let j = 0; j < n; j++) product += a[i * n + j]! * x[j]!;
      expect(product).toBeCloseTo(right[i]!, 8);
      for (let j = 0; j < n; j++) {
        let unit = 0;
        for (let k = 0; k < n; k++) unit += a[i * n + k]! * inverse[k * n + j]!;
        expect(unit).toBeCloseTo(i === j ? 1 : 0, 7);
      }
    }
  });

  it('refuses a matrix whose columns depend on each other', () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 4), 2)).toBeNull();
    expect(cholesky(Float64Array.of(1, 0, 0, -1), 2)).toBeNull();
  });
});

describe('the logistic function', () => {
  it('neither overflows nor loses its inverse', () => {
    expect([sigmoid(-800), sigmoid(0), sigmoid(800)]).toEqual([0, 0.5, 1]);
    expect([softplus(-800), softplus(800)]).toEqual([0, 800]);
    for (const x of [-20, -1, 0.3, 9]) expect(logit(sigmoid(x))).toBeCloseTo(x, 6);
  });
});
