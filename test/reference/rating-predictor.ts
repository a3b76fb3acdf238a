import { largestOf } from '../../src/math/largest-of.ts';
import { normal, type RandomSource } from '../../src/math/random.ts';
import { rowProducts, type SparseRows, transposed } from '../../src/math/sparse-rows.ts';
import { shrunk } from '../../src/models/set-similarity.ts';
import type { Ratings } from './recommendation-data.ts';

/*
 * Rating prediction upon the parts that the recommenders run on (products of sparse rows, shrinkage, the k largest), so that
 * published errors check those; customers of a CRM rate nothing, so the product itself predicts no ratings.
 */

export interface Errors {
  readonly rmse: number;
  readonly mae: number;
}

/** A prediction for a rating by its position. */
export type Predict = (rating: number) => number;

export const FOLDS = 5;
/** Positions by the fold that they are in: position mod 5. */
export function trainAndTest(ratings: Ratings, fold: number): { train: Int32Array; test: Int32Array } {
  const all = Int32Array.from(ratings.rating, (_, at) => at);
  return { train: all.filter((at) => at % FOLDS !== fold), test: all.filter((at) => at % FOLDS === fold) };
}

export function errorsOf(ratings: Ratings, test: Int32Array, predict: Predict, isClipped = true): Errors {
  let squares = 0;
  let sizes = 0;
  for (const at of test) {
    const predicted = predict(at);
    const told = isClipped ? Math.min(ratings.highest, Math.max(ratings.lowest, predicted)) : predicted;
    squares += (told - ratings.rating[at]!) ** 2;
    sizes += Math.abs(told - ratings.rating[at]!);
  }
  return { rmse: Math.sqrt(squares / test.length), mae: sizes / test.length };
}

/** NaN for a position without ratings. */
function averages(positions: Int32Array, count: number, ratings: Ratings, train: Int32Array): Float64Array {
  const sums = new Float64Array(count);
  const sizes = new Int32Array(count);
  for (const at of train) {
    sums[positions[at]!]! += ratings.rating[at]!;
    sizes[positions[at]!]!++;
  }
  return sums.map((sum, position) => sum / sizes[position]!);
}

export function globalAverage(ratings: Ratings, train: Int32Array): number {
  return train.reduce((sum, at) => sum + ratings.rating[at]!, 0) / train.length;
}

export function averagePredictors(ratings: Ratings, train: Int32Array): Record<string, Predict> {
  const mean = globalAverage(ratings, train);
  const byUser = averages(ratings.user, ratings.users, ratings, train);
  const byItem = averages(ratings.item, ratings.items, ratings, train);
  const known = (average: number) => (Number.isNaN(average) ? mean : average);
  return {
    'global average': () => mean,
    'user average': (at) => known(byUser[ratings.user[at]!]!),
    'item average': (at) => known(byItem[ratings.item[at]!]!),
    'user-item baseline': (at) => known(byUser[ratings.user[at]!]!) + known(byItem[ratings.item[at]!]!) - mean,
  };
}

/** Mean + user's bias + item's bias, by ten rounds of alternating least squares (Koren 2010, 2.1), regularised by 15 and 10. */
export function biasPredictor(ratings: Ratings, train: Int32Array): Predict {
  const mean = globalAverage(ratings, train);
  const users = new Float64Array(ratings.users);
  const items = new Float64Array(ratings.items);
  const update = (
    biases: Float64Array,
    positions: Int32Array,
    others: Float64Array,
    otherOf: Int32Array,
    regularisation: number,
  ) => {
    const sums = new Float64Array(biases.length);
    const sizes = new Float64Array(biases.length).fill(regularisation);
    for (const at of train) {
      sums[positions[at]!]! += ratings.rating[at]! - mean - others[otherOf[at]!]!;
      sizes[positions[at]!]!++;
    }
    for (let b = 0; b < biases.length; b++) biases[b] = sums[b]! / sizes[b]!;
  };
  for (let round = 0; round < 10; round++) {
    update(items, ratings.item, users, ratings.user, 10);
    update(users, ratings.user, items, ratings.item, 15);
  }
  return (at) => mean + users[ratings.user[at]!]! + items[ratings.item[at]!]!;
}

/** Ratings by row (`rowOf`) with the other side as columns; the file is in order of users and items, so columns ascend. */
function sparse(rowOf: Int32Array, rows: number, columnOf: Int32Array, width: number, train: Int32Array): SparseRows {
  const offsets = new Int32Array(rows + 1);
  for (const at of train) offsets[rowOf[at]! + 1]!++;
  for (let r = 0; r < rows; r++) offsets[r + 1]! += offsets[r]!;
  const next = offsets.slice(0, rows);
  const columns = new Int32Array(train.length);
  const values = new Float64Array(train.length);
  for (const at of train) {
    columns[next[rowOf[at]!]!] = columnOf[at]!;
    // The rating's position for now: its value, residual and so on are put in its place.
    values[next[rowOf[at]!]!++] = at;
  }
  return { width, offsets, columns, values };
}

const NEIGHBOURS = 40;

/** Sums over the common columns of one row's values a and every other's b, each Float64Array[rows]. */
interface Moments {
  readonly common: Float64Array;
  readonly ab: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly aa: Float64Array;
  readonly bb: Float64Array;
}

function momentsOf(positions: SparseRows, value: (at: number) => number): (row: number) => Moments {
  const powers = [0, 1, 2].map((power) => {
    const rows = { ...positions, values: positions.values.map((at) => value(at) ** power) };
    return { rows, by: transposed(rows) };
  });
  const product = (a: number, b: number) => {
    const multiply = rowProducts(powers[b]!.by);
    return (row: number) => multiply(row, powers[a]!.rows).sums;
  };
  const [common, ab, a, b, aa, bb] = [
    product(0, 0),
    product(1, 1),
    product(1, 0),
    product(0, 1),
    product(2, 0),
    product(0, 2),
  ] as const;
  return (row) => ({ common: common(row), ab: ab(row), a: a(row), b: b(row), aa: aa(row), bb: bb(row) });
}

/** Similarities of one row with every other over the columns that both have; 0 where they cannot be told. */
type Kernel = (moments: Moments, into: Float64Array) => void;

const cosine: Kernel = ({ ab, aa, bb }, into) => {
  for (let o = 0; o < into.length; o++) into[o] = aa[o]! * bb[o]! > 0 ? ab[o]! / Math.sqrt(aa[o]! * bb[o]!) : 0;
};

const closeness: Kernel = ({ common, ab, aa, bb }, into) => {
  for (let o = 0; o < into.length; o++) {
    into[o] = common[o]! > 0 ? 1 / ((aa[o]! - 2 * ab[o]! + bb[o]!) / common[o]! + 1) : 0;
  }
};

const pearson: Kernel = ({ common, ab, a, b, aa, bb }, into) => {
  for (let o = 0; o < into.length; o++) {
    const n = common[o]!;
    const spread = (n * aa[o]! - a[o]! ** 2) * (n * bb[o]! - b[o]! ** 2);
    // Ratings are multiples of a half: less than this is a rounded 0.
    into[o] = spread > 1e-6 ? (n * ab[o]! - a[o]! * b[o]!) / Math.sqrt(spread) : 0;
  }
};

const shrunkResiduals: Kernel = ({ common, ab, aa, bb }, into) => {
  for (let o = 0; o < into.length; o++) {
    into[o] = common[o]! >= 2 ? shrunk(ab[o]! / Math.sqrt(aa[o]! * bb[o]!), common[o]! - 1, 100) : 0;
  }
};

interface NeighbourModel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly of: 'rating' | 'residual';
  /** What a rating is told apart from: its neighbours' differences from theirs are added to its own. */
  readonly centre: Predict;
  /** Without similar neighbours, and where the row or the column is not known at all. */
  readonly alone: Predict;
  readonly unknown: Predict;
}

/** Errors of the four nearest-neighbour predictors, by the names of their entries. */
export function neighbourErrors(
  ratings: Ratings,
  by: 'user' | 'item',
  train: Int32Array,
  test: Int32Array,
): Record<string, Errors> {
  const [rowOf, rows] = by === 'user' ? [ratings.user, ratings.users] : [ratings.item, ratings.items];
  const [columnOf, columns] = by === 'user' ? [ratings.item, ratings.items] : [ratings.user, ratings.users];
  const positions = sparse(rowOf, rows, columnOf, columns, train);
  const byColumn = transposed(positions);
  const global = globalAverage(ratings, train);
  const rowMeans = averages(rowOf, rows, ratings, train);
  const mean: Predict = () => global;
  const rowMean: Predict = (at) => rowMeans[rowOf[at]!]!;
  const biases = biasPredictor(ratings, train);
  const plain = { of: 'rating', centre: () => 0, alone: mean, unknown: mean } as const;
  const models: NeighbourModel[] = [
    { name: 'plain, cosine', kernel: cosine, ...plain },
    { name: 'plain, mean squared difference', kernel: closeness, ...plain },
    { name: 'mean-centred', kernel: pearson, of: 'rating', centre: rowMean, alone: rowMean, unknown: mean },
    {
      name: 'around the biases',
      kernel: shrunkResiduals,
      of: 'residual',
      centre: biases,
      alone: biases,
      unknown: biases,
    },
  ];
  const sums = {
    rating: momentsOf(positions, (at) => ratings.rating[at]!),
    residual: momentsOf(positions, (at) => ratings.rating[at]! - biases(at)),
  };
  const asked = Array.from({ length: rows }, (): number[] => []);
  for (const at of test) asked[rowOf[at]!]!.push(at);
  const everyEntry = Int32Array.from({ length: rows }, (_, entry) => entry);
  const predictions = models.map(() => new Float64Array(ratings.rating.length));
  const toOthers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    if (asked[row]!.length === 0) continue;
    const isRowKnown = positions.offsets[row + 1]! > positions.offsets[row]!;
    const moments = { rating: sums.rating(row), residual: sums.residual(row) };
    for (const [m, model] of models.entries()) {
      model.kernel(moments[model.of], toOthers);
      for (const at of asked[row]!) {
        const from = byColumn.offsets[columnOf[at]!]!;
        const entries = byColumn.offsets[columnOf[at]! + 1]! - from;
        const similarities = new Float64Array(entries);
        for (let e = 0; e < entries; e++) similarities[e] = toOthers[byColumn.columns[from + e]!]!;
        let weight = 0;
        let sum = 0;
        for (const entry of largestOf(similarities, NEIGHBOURS, everyEntry.subarray(0, entries))) {
          const similarity = similarities[entry]!;
          if (!(similarity > 0)) continue;
          const rating = byColumn.values[from + entry]!;
          weight += similarity;
          sum += similarity * (ratings.rating[rating]! - model.centre(rating));
        }
        const alone = isRowKnown && entries > 0 ? model.alone : model.unknown;
        predictions[m]![at] = weight > 0 ? model.centre(at) + sum / weight : alone(at);
      }
    }
  }
  return Object.fromEntries(
    models.map(({ name }, m) => [name, errorsOf(ratings, test, (at) => predictions[m]![at]!)] as const),
  );
}

export interface GradientOptions {
  readonly factors: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly regularisation: number;
}

/** Mean + biases + factors · factors, by stochastic gradient descent in the file's order (Koren, Bell and Volinsky 2009). */
export function gradientPredictor(
  ratings: Ratings,
  train: Int32Array,
  { factors, epochs, learningRate: step, regularisation }: GradientOptions,
  random: RandomSource,
): Predict {
  const mean = globalAverage(ratings, train);
  const draw = () => 0.1 * normal(random);
  const p = Float64Array.from({ length: ratings.users * factors }, draw);
  const q = Float64Array.from({ length: ratings.items * factors }, draw);
  const users = new Float64Array(ratings.users);
  const items = new Float64Array(ratings.items);
  const predict = (u: number, i: number) => {
    let sum = mean + users[u]! + items[i]!;
    for (let f = 0; f < factors; f++) sum += p[u * factors + f]! * q[i * factors + f]!;
    return sum;
  };
  const isUser = new Uint8Array(ratings.users);
  const isItem = new Uint8Array(ratings.items);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const at of train) {
      const u = ratings.user[at]!;
      const i = ratings.item[at]!;
      isUser[u] = 1;
      isItem[i] = 1;
      const error = ratings.rating[at]! - predict(u, i);
      users[u]! += step * (error - regularisation * users[u]!);
      items[i]! += step * (error - regularisation * items[i]!);
      for (let f = 0, a = u * factors, b = i * factors; f < factors; f++, a++, b++) {
        const x = p[a]!;
        p[a] = x + step * (error * q[b]! - regularisation * x);
        q[b] = q[b]! + step * (error * x - regularisation * q[b]!);
      }
    }
  }
  return (at) => {
    const u = ratings.user[at]!;
    const i = ratings.item[at]!;
    return isUser[u] === 1 && isItem[i] === 1 ? predict(u, i) : mean + users[u]! + items[i]!;
  };
}
