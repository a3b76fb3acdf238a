import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { type FactorModel, factorsRecommender, fitImplicitFactors } from '../../../src/models/implicit-factors.ts';
import { interactionsOf, madeUpPurchases, scoresOf } from './made-up-purchases.ts';

const OPTIONS = { factors: 3, regularisation: 0.5, alpha: 2, iterations: 4 };

/** Solves A x = b by Gaussian elimination with pivoting. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let j = 0; j < n; j++) {
    const pivot = rows.slice(j).reduce((best, row) => (Math.abs(row[j]!) > Math.abs(best[j]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(j, 0, pivot);
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]! / pivot[j]!;
      for (let k = j; k <= n; k++) rows[i]![k]! -= factor * pivot[k]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** (Fᵀ C F + λI)⁻¹ Fᵀ C p over all columns, those not bought included, as eq. 4 is written. */
function denseStep(days: readonly (readonly number[])[], fixed: readonly (readonly number[])[]): number[][] {
  const { factors, alpha, regularisation } = OPTIONS;
  const range = Array.from({ length: factors }, (_, f) => f);
  return days.map((row) => {
    const sum = (term: (column: number, confidence: number) => number) =>
      row.reduce((total, count, column) => total + term(column, 1 + alpha * count), 0);
    return solve(
      range.map((f) =>
        range.map((g) => sum((i, c) => c * fixed[i]![f]! * fixed[i]![g]!) + (f === g ? regularisation : 0)),
      ),
      range.map((f) => sum((i, c) => (row[i]! > 0 ? c * fixed[i]![f]! : 0))),
    );
  });
}

const columnsOf = (days: readonly (readonly number[])[]) =>
  days[0]!.map((_, product) => days.map((row) => row[product]!));

function denseFactors(days: readonly (readonly number[])[], seed: number) {
  const random = seededRandom(seed);
  let x = days.map(() => Array.from({ length: OPTIONS.factors }, () => 0.1 * normal(random)));
  let y: number[][] = [];
  for (let iteration = 0; iteration < OPTIONS.iterations; iteration++) {
    y = denseStep(columnsOf(days), x);
    x = denseStep(days, y);
  }
  return { x, y };
}

function lossOf(days: readonly (readonly number[])[], model: FactorModel): number {
  const { factors, alpha, regularisation, customerFactors, productFactors } = model;
  let loss = 0;
  for (const [c, row] of days.entries()) {
    for (const [i, count] of row.entries()) {
      let score = 0;
      for (let f = 0; f < factors; f++) score += customerFactors[c * factors + f]! * productFactors[i * factors + f]!;
      loss += (1 + alpha * count) * ((count > 0 ? 1 : 0) - score) ** 2;
    }
  }
  for (const value of [...customerFactors, ...productFactors]) loss += regularisation * value ** 2;
  return loss;
}

describe('implicit factors', () => {
  it('are those of a dense calculation on 100 random inputs', () => {
    const random = seededRandom(21);
    for (let round = 0; round < 100; round++) {
      const days = madeUpPurchases(random);
      const model = fitImplicitFactors(interactionsOf(days), OPTIONS, seededRandom(round));
      const { x, y } = denseFactors(days, round);
      for (const [at, value] of x.flat().entries()) expect(model.customerFactors[at]).toBeCloseTo(value, 8);
      for (const [at, value] of y.flat().entries()) expect(model.productFactors[at]).toBeCloseTo(value, 8);
    }
  });

  it('lower the loss with every iteration', () => {
    const days = madeUpPurchases(seededRandom(5), 40, 20);
    const train = interactionsOf(days);
    const losses = [1, 2, 3, 5, 10, 20].map((iterations) =>
      lossOf(days, fitImplicitFactors(train, { ...OPTIONS, iterations }, seededRandom(1))),
    );
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThanOrEqual(losses[i - 1]!);
  });

  it('survive a round through JSON with the same scores', () => {
    const train = interactionsOf(madeUpPurchases(seededRandom(6), 20, 10));
    const model = fitImplicitFactors(train, OPTIONS, seededRandom(1));
    const again = JSON.parse(JSON.stringify(model)) as FactorModel;
    expect(scoresOf(factorsRecommender(train, again), 0, train.products)).toEqual(
      scoresOf(factorsRecommender(train, model), 0, train.products),
    );
  });

  it('suggest to each of two groups what its own members bought', () => {
    const days = Array.from({ length: 20 }, (_, c) =>
      Array.from({ length: 10 }, (_, i) => (Math.floor(i / 5) === c % 2 && i !== c % 10 ? 1 : 0)),
    );
    const train = interactionsOf(days);
    const method = factorsRecommender(
      train,
      fitImplicitFactors(train, { factors: 2, regularisation: 1, alpha: 5, iterations: 15 }, seededRandom(2)),
    );
    const scores = scoresOf(method, 0, 10);
    expect(scores[0]).toBeGreaterThan(Math.max(...scores.subarray(5)));
  });

  it('rest on the product owned that adds most to the score, and all of them add up to it', () => {
    const random = seededRandom(9);
    for (let round = 0; round < 50; round++) {
      const days = madeUpPurchases(random);
      const train = interactionsOf(days);
      const method = factorsRecommender(train, fitImplicitFactors(train, OPTIONS, seededRandom(round)));
      const { y } = denseFactors(days, round);
      const { factors, alpha, regularisation } = OPTIONS;
      const range = Array.from({ length: factors }, (_, f) => f);
      for (const [c, row] of days.entries()) {
        const matrix = range.map((f) =>
          range.map((g) =>
            row.reduce(
              (sum, count, i) => sum + (1 + alpha * count) * y[i]![f]! * y[i]![g]!,
              f === g ? regularisation : 0,
            ),
          ),
        );
        const scores = scoresOf(method, c, train.products);
        for (let i = 0; i < train.products; i++) {
          const direction = solve(matrix, y[i]!);
          const added = row.map((count, j) =>
            count > 0 ? (1 + alpha * count) * range.reduce((sum, f) => sum + direction[f]! * y[j]![f]!, 0) : 0,
          );
          expect(added.reduce((sum, part) => sum + part, 0)).toBeCloseTo(scores[i]!, 8);
          const { owned, have, of } = method.evidence(c, i);
          const most = Math.max(...added.filter((_, j) => j !== i));
          if (owned === null) {
            expect(most).toBeLessThan(1e-12);
            continue;
          }
          expect(added[owned]).toBeCloseTo(most, 8);
          const others = days.filter((other, at) => at !== c && other[owned]! > 0);
          expect({ have, of }).toEqual({ have: others.filter((other) => other[i]! > 0).length, of: others.length });
        }
      }
    }
  });

  it.each([
    [{ factors: 0 }, 'not 0, 0.5, 2 and 4'],
    [{ factors: 1.5 }, 'not 1.5, 0.5, 2 and 4'],
    [{ regularisation: 0 }, 'not 3, 0, 2 and 4'],
    [{ alpha: Number.NaN }, 'not 3, 0.5, NaN and 4'],
    [{ iterations: 0 }, 'not 3, 0.5, 2 and 0'],
  ])('refuse %o', (wrong, message) => {
    expect(() => fitImplicitFactors(interactionsOf([[1]]), { ...OPTIONS, ...wrong }, seededRandom(1))).toThrow(message);
  });

  it('refuse purchases that they were not fitted on', () => {
    const model = fitImplicitFactors(interactionsOf([[1, 1]]), OPTIONS, seededRandom(1));
    expect(() => factorsRecommender(interactionsOf([[1], [1]]), model)).toThrow(
      'Factors of 1 customers and 2 products do not fit 2 and 1',
    );
  });
});
