import type { RandomSource } from '../../../src/math/random.ts';
import type { Interactions } from '../../../src/models/recommender.ts';

/** Interactions from one row a customer: on how many days each product was bought, 0 for never. */
export function interactionsOf(days: readonly (readonly number[])[], products = days[0]?.length ?? 0): Interactions {
  const offsets = new Int32Array(days.length + 1);
  const items: number[] = [];
  const weights: number[] = [];
  for (const [c, row] of days.entries()) {
    for (const [product, count] of row.entries()) {
      if (count === 0) continue;
      items.push(product);
      weights.push(count);
    }
    offsets[c + 1] = items.length;
  }
  return {
    customers: days.length,
    products,
    offsets,
    items: Int32Array.from(items),
    weights: Float64Array.from(weights),
  };
}

/** A tenth to a half of the products each, now and then none, on one to four days. */
export function madeUpPurchases(random: RandomSource, mostCustomers = 12, mostProducts = 10): number[][] {
  const customers = 1 + Math.floor(random() * mostCustomers);
  const products = 1 + Math.floor(random() * mostProducts);
  const share = 0.1 + 0.4 * random();
  return Array.from({ length: customers }, () =>
    Array.from({ length: products }, () => (random() < share ? 1 + Math.floor(random() * 4) : 0)),
  );
}

export function scoresOf(
  method: { score(customer: number, into: Float64Array): void },
  customer: number,
  products: number,
): Float64Array {
  // What was in the array before must not matter.
  const into = new Float64Array(products).fill(7);
  method.score(customer, into);
  return into;
}
