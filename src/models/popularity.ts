import { KithError } from '../lib/errors.ts';
import type { Interactions, Recommender } from './recommender.ts';

/** How many customers' worth of the whole portfolio's shares a segment starts with. */
const PRIOR_CUSTOMERS = 20;

/**
 * What do most customers buy? The baseline that every other method must beat: a product's score is the share of the customers
 * with any purchase who bought it, the same for everyone. On how many days they did is not looked at.
 *
 * O(pairs) to fit, O(products) a customer. Evidence: how many of all customers with a purchase bought it.
 */
export function popularityRecommender(train: Interactions): Recommender {
  const { buyers, customers } = countBuyers(train);
  const shares = Float64Array.from(buyers, (count) => (customers === 0 ? 0 : count / customers));
  return {
    name: 'popularity',
    score: (_customer, into) => into.set(shares),
    evidence: (_customer, product) => ({ have: buyers[product]!, of: customers, owned: null }),
  };
}

/**
 * What do most customers of the same segment buy? The share of the segment's customers who bought the product, drawn towards
 * the whole portfolio's where the segment is small: (n + 20 p) ÷ (N + 20), n of the segment's N customers with a purchase, p the
 * portfolio's share (additive smoothing with the portfolio as the prior, worth 20 customers). A customer of no segment gets p.
 *
 * `segmentOf`: a segment from 0 per customer, −1 for none. Throws `model-input` when it is not one per customer. O(pairs +
 * segments × products) to fit. Evidence: how many of the segment's customers bought it (of all, for a customer of none).
 */
export function segmentPopularityRecommender(train: Interactions, segmentOf: Int32Array): Recommender {
  if (segmentOf.length !== train.customers) {
    throw new KithError(
      'model-input',
      `${train.customers} customers need a segment each (-1 for none), not ${segmentOf.length}`,
    );
  }
  const all = countBuyers(train);
  const segments = segmentOf.reduce((most, segment) => Math.max(most, segment), -1) + 1;
  const sizes = new Int32Array(segments);
  const buyers = new Int32Array(segments * train.products);
  for (let c = 0; c < train.customers; c++) {
    const segment = segmentOf[c]!;
    const from = train.offsets[c]!;
    const to = train.offsets[c + 1]!;
    if (segment < 0 || from === to) continue;
    sizes[segment]!++;
    for (let e = from; e < to; e++) buyers[segment * train.products + train.items[e]!]!++;
  }
  return {
    name: 'segment-popularity',
    score(customer, into) {
      const segment = segmentOf[customer]!;
      const size = segment < 0 ? 0 : sizes[segment]!;
      const base = segment * train.products;
      for (let i = 0; i < train.products; i++) {
        const share = all.customers === 0 ? 0 : all.buyers[i]! / all.customers;
        const inside = size === 0 ? 0 : buyers[base + i]!;
        into[i] = (inside + PRIOR_CUSTOMERS * share) / (size + PRIOR_CUSTOMERS);
      }
    },
    evidence(customer, product) {
      const segment = segmentOf[customer]!;
      if (segment < 0) return { have: all.buyers[product]!, of: all.customers, owned: null };
      return { have: buyers[segment * train.products + product]!, of: sizes[segment]!, owned: null };
    },
  };
}

/** How many customers bought each product, and how many bought any. */
function countBuyers(train: Interactions): { readonly buyers: Int32Array; readonly customers: number } {
  const buyers = new Int32Array(train.products);
  for (const item of train.items) buyers[item]!++;
  let customers = 0;
  for (let c = 0; c < train.customers; c++) if (train.offsets[c + 1]! > train.offsets[c]!) customers++;
  return { buyers, customers };
}
