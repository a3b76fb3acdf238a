import { describe, expect, it } from 'vitest';
import { differenceOfEstimates, differenceOfShares, wilsonInterval } from '../../../src/models/difference-of-shares.ts';

describe('wilsonInterval', () => {
  it.each([
    // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d is the published one', (some, all, low, high) => {
    const interval = wilsonInterval({ some, all });
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
});

describe('differenceOfShares', () => {
  it.each([
    // Newcombe (1998), table II, method 10.
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('of %d in %d and %d in %d is the published one', (a, m, b, n, low, high) => {
    const difference = differenceOfShares({ some: a, all: m }, { some: b, all: n });
    expect(difference.value).toBeCloseTo(a / m - b / n, 12);
    expect(difference.low).toBeCloseTo(low, 4);
    expect(difference.high).toBeCloseTo(high, 4);
  });

  it('covers the truth about as often as it says, counted over every outcome of two small groups', () => {
    const [n, m, p, q] = [20, 12, 0.45, 0.2];
    let covered = 0;
    for (let a = 0; a <= n; a++) {
      for (let b = 0; b <= m; b++) {
        const { low, high } = differenceOfShares({ some: a, all: n }, { some: b, all: m });
        if (low <= p - q && p - q <= high) covered += chance(a, n, p) * chance(b, m, q);
      }
    }
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.985);
  });
});

describe('differenceOfEstimates', () => {
  it('adds errors of symmetric intervals as squares, and turns round when the two are exchanged', () => {
    const [a, b] = [
      { value: 0.3, low: 0.0, high: 0.6 },
      { value: 0.1, low: -0.3, high: 0.5 },
    ];
    const lead = differenceOfEstimates(a, b);
    expect(lead.value).toBeCloseTo(0.2, 12);
    expect([lead.low, lead.high].map((end) => Math.round(end * 1e9) / 1e9)).toEqual([-0.3, 0.7]);
    const back = differenceOfEstimates(b, a);
    expect([-back.high, -back.low]).toEqual([lead.low, lead.high]);
  });
});

function chance(k: number, n: number, p: number): number {
  let ways = 1;
  for (let i = 0; i < k; i++) ways *= (n - i) / (i + 1);
  return ways * p ** k * (1 - p) ** (n - k);
}
