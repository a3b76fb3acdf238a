import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/math/random.ts';
import { rowProducts, type SparseRows, transposed } from '../../../src/math/sparse-rows.ts';
import { itemItemRecommender, userUserRecommender } from '../../../src/models/neighbour-recommender.ts';
import { shrunk } from '../../../src/models/set-similarity.ts';
import { interactionsOf, madeUpPurchases, scoresOf } from './made-up-purchases.ts';

const ROUNDS = 400;

/** Cosines of rows of ones by their definition, shrunk; −1 on the diagonal and where nothing is shared. */
function denseSimilarities(rows: readonly (readonly number[])[], shrinkage: number): number[][] {
  return rows.map((a, i) =>
    rows.map((b, j) => {
      const common = a.filter((value, column) => value > 0 && b[column]! > 0).length;
      if (i === j || common === 0) return -1;
      const size = (row: readonly number[]) => row.filter((value) => value > 0).length;
      return (common / Math.sqrt(size(a) * size(b))) * (common / (common + shrinkage));
    }),
  );
}

function nearest(similarities: readonly number[], k: number): number[] {
  return similarities
    .map((_, other) => other)
    .filter((other) => similarities[other]! > 0)
    .sort((a, b) => similarities[b]! - similarities[a]! || a - b)
    .slice(0, k);
}

const columnsOf = (days: readonly (readonly number[])[]) =>
  days[0]!.map((_, product) => days.map((row) => row[product]!));

function cases() {
  const random = seededRandom(11);
  return Array.from({ length: ROUNDS }, () => {
    const days = madeUpPurchases(random);
    return { days, neighbours: 1 + Math.floor(random() * 5), shrinkage: random() < 0.5 ? 0 : 4 };
  });
}

describe('item-item', () => {
  it(`scores like a dense calculation on ${ROUNDS} random inputs`, () => {
    for (const { days, neighbours, shrinkage } of cases()) {
      const train = interactionsOf(days);
      const method = itemItemRecommender(train, { neighbours, shrinkage });
      const similarities = denseSimilarities(columnsOf(days), shrinkage);
      for (const [c, row] of days.entries()) {
        const scores = scoresOf(method, c, train.products);
        for (let i = 0; i < train.products; i++) {
          const rests = nearest(similarities[i]!, neighbours).filter((other) => row[other]! > 0);
          const wanted = rests.reduce((sum, other) => sum + similarities[i]![other]!, 0);
          expect(scores[i]).toBeCloseTo(wanted, 12);
          const { owned, have, of } = method.evidence(c, i);
          if (rests.length === 0) {
            expect(owned).toBeNull();
            continue;
          }
          expect(similarities[i]![owned!]).toBeCloseTo(similarities[i]![rests[0]!]!, 12);
          const others = days.filter((other, at) => at !== c && other[owned!]! > 0);
          expect(of).toBe(others.length);
          expect(have).toBe(others.filter((other) => other[i]! > 0).length);
        }
      }
    }
  });

  it('halves a similarity that rests on as many common customers as the shrinkage', () => {
    expect(shrunk(0.8, 10, 10)).toBeCloseTo(0.4, 12);
    expect(shrunk(0.8, 10, 0)).toBe(0.8);
    expect(shrunk(0.8, 0, 10)).toBe(0);
  });

  it('refuses fewer than one neighbour', () => {
    expect(() => itemItemRecommender(interactionsOf([[1]]), { neighbours: 0 })).toThrow('not 0');
  });
});

describe('user-user', () => {
  it(`scores and counts like a dense calculation on ${ROUNDS} random inputs`, () => {
    for (const { days, neighbours, shrinkage } of cases()) {
      const train = interactionsOf(days);
      const method = userUserRecommender(train, { neighbours, shrinkage });
      const similarities = denseSimilarities(days, shrinkage);
      for (let c = 0; c < days.length; c++) {
        const similar = nearest(similarities[c]!, neighbours);
        const scores = scoresOf(method, c, train.products);
        for (let i = 0; i < train.products; i++) {
          const having = similar.filter((other) => days[other]![i]! > 0);
          expect(scores[i]).toBeCloseTo(
            having.reduce((sum, other) => sum + similarities[c]![other]!, 0),
            12,
          );
          expect(method.evidence(c, i)).toEqual({ have: having.length, of: similar.length, owned: null });
        }
      }
    }
  });
});

describe('neighbours', () => {
  it('are the same, whether most rows share a column or few do', () => {
    const random = seededRandom(5);
    const few = Array.from({ length: 60 }, () => Array.from({ length: 8 }, () => (random() < 0.5 ? 1 : 0)));
    const alone = Array.from({ length: 2000 }, () => Array.from({ length: 8 }, () => 0));
    const scores = (days: readonly (readonly number[])[]) => {
      const method = userUserRecommender(interactionsOf(days), { neighbours: 7, shrinkage: 3 });
      return few.map((_, customer) => scoresOf(method, customer, 8));
    };
    const among = scores([...few, ...alone]);
    for (const [c, own] of scores(few).entries()) {
      for (const [i, score] of among[c]!.entries()) expect(score).toBeCloseTo(own[i]!, 12);
    }
  });
});

describe('products of sparse rows', () => {
  const rows: SparseRows = {
    width: 3,
    offsets: Int32Array.from([0, 2, 3, 3, 5]),
    columns: Int32Array.from([0, 2, 1, 0, 2]),
    values: Float64Array.from([2, 3, 4, -3, 2]),
  };

  it('are the sums over common columns, and tell a sum of 0 from nothing in common', () => {
    const multiply = rowProducts(transposed(rows));
    const first = multiply(0, rows);
    expect([...first.sums]).toEqual([13, 0, 0, 0]);
    expect([...first.met]).toEqual([0, 3]);
    const second = multiply(1, rows);
    expect([...second.sums]).toEqual([0, 16, 0, 0]);
    expect([...second.met]).toEqual([1]);
  });

  it('turn back into the same rows when transposed twice', () => {
    expect(transposed(transposed(rows))).toEqual(rows);
  });
});
