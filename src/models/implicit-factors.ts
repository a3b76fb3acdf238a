import { KithError } from '../lib/errors.ts';
import { cholesky, choleskySolve } from '../math/cholesky.ts';
import { normal, type RandomSource } from '../math/random.ts';
import type { SparseRows } from '../math/sparse-rows.ts';
import { transposed } from '../math/sparse-rows.ts';
import { boughtToo, purchaseRows } from './purchase-rows.ts';
import type { Interactions, Recommender } from './recommender.ts';

export interface FactorOptions {
  readonly factors: number;
  /** λ of λ (Σ |x|² + Σ |y|²); above 0. */
  readonly regularisation: number;
  /** By how much a day on which the product was bought adds to the confidence of 1 that a product not bought has. */
  readonly alpha: number;
  readonly iterations: number;
}

export interface FactorModel {
  readonly factors: number;
  readonly regularisation: number;
  readonly alpha: number;
  /** customers × factors, row-major. */
  readonly customerFactors: readonly number[];
  /** products × factors, row-major. */
  readonly productFactors: readonly number[];
}

/**
 * Which few tastes explain who bought what? Every customer and every product gets `factors` numbers, so that their product is
 * near 1 where the customer bought and near 0 elsewhere: the least of Σ c (p − x·y)² + λ (Σ |x|² + Σ |y|²) over all customers ×
 * products, p = 1 where bought, confidence c = 1 + α · r (r the weight: the days on which it was bought).
 *
 * Assumes that 1. not having bought is weak evidence of not wanting, 2. that more days are more certain, not more wanted. Throws
 * `model-input` when an option is out of range. By alternating least squares, which lowers the loss at each step but may end in
 * a local least; started from small normal draws. An iteration costs pairs · factors² + (customers + products) · factors³ ÷ 3.
 *
 * Hu, Y., Koren, Y. and Volinsky, C. (2008). Collaborative filtering for implicit feedback datasets. ICDM, eq. 3–5.
 */
export function fitImplicitFactors(train: Interactions, options: FactorOptions, random: RandomSource): FactorModel {
  check(options);
  const { factors, regularisation, alpha, iterations } = options;
  const byCustomer: SparseRows = {
    width: train.products,
    offsets: train.offsets,
    columns: train.items,
    values: train.weights,
  };
  const byProduct = transposed(byCustomer);
  const x = Float64Array.from({ length: train.customers * factors }, () => 0.1 * normal(random));
  const y = new Float64Array(train.products * factors);
  // Customers come last: their factors are then exactly what their products add up to, as the evidence says.
  for (let iteration = 0; iteration < iterations; iteration++) {
    solveRows(byProduct, x, y, factors, regularisation, alpha);
    solveRows(byCustomer, y, x, factors, regularisation, alpha);
  }
  return { factors, regularisation, alpha, customerFactors: [...x], productFactors: [...y] };
}

/**
 * Scores by the product of the customer's factors with the product's. Evidence: the product owned that adds most to the score
 * (a score is the sum of what each product owned adds), and how many of its other buyers bought this one too.
 *
 * Hu, Koren and Volinsky (2008), section 5. Evidence costs products owned · factors² + factors³ ÷ 3 a customer.
 */
export function factorsRecommender(train: Interactions, model: FactorModel): Recommender {
  const { factors, regularisation, alpha } = model;
  if (
    model.customerFactors.length !== train.customers * factors ||
    model.productFactors.length !== train.products * factors
  ) {
    throw new KithError(
      'model-input',
      `Factors of ${model.customerFactors.length / factors} customers and ${model.productFactors.length / factors} products do not fit ${train.customers} and ${train.products}; fit them on these purchases`,
    );
  }
  const x = Float64Array.from(model.customerFactors);
  const y = Float64Array.from(model.productFactors);
  const purchases = purchaseRows(train);
  const rows: SparseRows = {
    width: train.products,
    offsets: train.offsets,
    columns: train.items,
    values: train.weights,
  };
  const gram = gramOf(y, factors, regularisation);
  const lower = new Float64Array(factors * factors);
  // Evidence is asked for one customer after another.
  let last = -1;
  return {
    name: 'factors',
    score(customer, into) {
      const base = customer * factors;
      for (let i = 0, at = 0; i < train.products; i++) {
        let sum = 0;
        for (let f = 0; f < factors; f++) sum += x[base + f]! * y[at++]!;
        into[i] = sum;
      }
    },
    evidence(customer, product) {
      if (customer !== last) cholesky(weightedGram(rows, customer, y, gram, factors, alpha, lower), factors, lower);
      last = customer;
      const direction = choleskySolve(lower, factors, y.subarray(product * factors, (product + 1) * factors));
      let owned: number | null = null;
      let most = 0;
      for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) {
        const item = train.items[e]!;
        let sum = 0;
        for (let f = 0; f < factors; f++) sum += direction[f]! * y[item * factors + f]!;
        const added = sum * (1 + alpha * train.weights[e]!);
        if (item === product || !(added > most)) continue;
        most = added;
        owned = item;
      }
      return boughtToo(purchases, customer, product, owned);
    },
  };
}

/** Writes into `solved` the least-squares factors of every row, given those of the columns. */
function solveRows(
  rows: SparseRows,
  fixed: Float64Array,
  solved: Float64Array,
  factors: number,
  regularisation: number,
  alpha: number,
): void {
  const gram = gramOf(fixed, factors, regularisation);
  const sum = new Float64Array(factors * factors);
  const right = new Float64Array(factors);
  for (let row = 0; row < rows.offsets.length - 1; row++) {
    const from = rows.offsets[row]!;
    const to = rows.offsets[row + 1]!;
    if (from === to) {
      solved.fill(0, row * factors, (row + 1) * factors);
      continue;
    }
    right.fill(0);
    for (let e = from; e < to; e++) {
      const confidence = 1 + alpha * rows.values[e]!;
      const base = rows.columns[e]! * factors;
      for (let f = 0; f < factors; f++) right[f]! += confidence * fixed[base + f]!;
    }
    weightedGram(rows, row, fixed, gram, factors, alpha, sum);
    choleskySolve(cholesky(sum, factors, sum)!, factors, right, right);
    solved.set(right, row * factors);
  }
}

/** FᵀF + λI over all rows of F (n × factors). */
function gramOf(matrix: Float64Array, factors: number, regularisation: number): Float64Array {
  const gram = new Float64Array(factors * factors);
  for (let base = 0; base < matrix.length; base += factors) addOuter(gram, matrix, base, factors, 1);
  for (let f = 0; f < factors; f++) gram[f * factors + f]! += regularisation;
  return gram;
}

/** FᵀCF + λI of one row: `gram` and what the columns that it has add, written over `sum`. Only the lower triangle is right. */
function weightedGram(
  { offsets, columns, values }: SparseRows,
  row: number,
  fixed: Float64Array,
  gram: Float64Array,
  factors: number,
  alpha: number,
  sum: Float64Array,
): Float64Array {
  sum.set(gram);
  const to = offsets[row + 1]!;
  let e = offsets[row]!;
  for (; e + 1 < to; e += 2) {
    const first = columns[e]! * factors;
    const second = columns[e + 1]! * factors;
    for (let f = 0; f < factors; f++) {
      const x = alpha * values[e]! * fixed[first + f]!;
      const y = alpha * values[e + 1]! * fixed[second + f]!;
      const line = f * factors;
      for (let g = 0; g <= f; g++) sum[line + g] = sum[line + g]! + x * fixed[first + g]! + y * fixed[second + g]!;
    }
  }
  for (; e < to; e++) addOuter(sum, fixed, columns[e]! * factors, factors, alpha * values[e]!);
  return sum;
}

/** Adds weight · v vᵀ to the lower triangle. */
function addOuter(sum: Float64Array, vectors: Float64Array, base: number, factors: number, weight: number): void {
  for (let f = 0; f < factors; f++) {
    const value = weight * vectors[base + f]!;
    const line = f * factors;
    for (let g = 0; g <= f; g++) sum[line + g]! += value * vectors[base + g]!;
  }
}

function check({ factors, regularisation, alpha, iterations }: FactorOptions): void {
  if (Number.isInteger(factors) && factors >= 1 && regularisation > 0 && alpha > 0 && iterations >= 1) return;
  throw new KithError(
    'model-input',
    `Factors need a whole number of them, a regularisation, an alpha and iterations above 0, not ${factors}, ${regularisation}, ${alpha} and ${iterations}`,
  );
}
