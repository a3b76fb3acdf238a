import type { SparseRows } from '../math/sparse-rows.ts';
import { neighbourFinder } from './neighbour-finder.ts';
import { boughtToo, purchaseRows } from './purchase-rows.ts';
import type { Interactions, Recommender } from './recommender.ts';
import { type Neighbours, type SetSimilarity, shrunkCosine } from './set-similarity.ts';

export interface NeighbourOptions {
  /** The most similar ones that are kept; all when infinite. */
  readonly neighbours: number;
  /** How many in common halve a similarity (see `shrunk`). */
  readonly shrinkage?: number;
}

/**
 * Which products go with those that the customer bought? A product's score is Σ of its similarities to the products owned that are
 * among the `neighbours` most similar ones to it: the cosine of who bought them, shrunk.
 *
 * Assumes that 1. products bought by the same customers suit the same customers, 2. that what was bought counts once, on however
 * many days. Throws `model-input` when `neighbours` is below 1. Fitting costs Σ (products of a customer)², and keeps products ×
 * neighbours similarities; a customer costs about products owned × neighbours. A score of 0: nothing that was bought says
 * anything. Evidence: the product owned that is most similar, and how many of its other buyers bought this one too.
 *
 * Sarwar, B. et al. (2001). Item-based collaborative filtering recommendation algorithms. WWW 10, 3.2.1.
 */
export function itemItemRecommender(train: Interactions, options: NeighbourOptions): Recommender {
  const purchases = purchaseRows(train);
  const lists = neighbourLists(
    purchases.byProduct,
    purchases.byCustomer,
    shrunkCosine(options.shrinkage ?? 0),
    options.neighbours,
  );
  return {
    name: 'item-item',
    score: (customer, into) => scoreByLists(train, lists, customer, into),
    evidence(customer, product) {
      let owned: number | null = null;
      let most = 0;
      for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) {
        const similarity = similarityIn(lists, train.items[e]!, product);
        if (!(similarity > most)) continue;
        most = similarity;
        owned = train.items[e]!;
      }
      return boughtToo(purchases, customer, product, owned);
    },
  };
}

/** Who is in whose list of neighbours, the other way round: row j holds the rows that have j among their neighbours, ascending. */
export function neighbourLists(
  rows: SparseRows,
  byColumn: SparseRows,
  similarity: SetSimilarity,
  neighbours: number,
): SparseRows {
  const find = neighbourFinder(rows, byColumn, similarity, neighbours);
  const count = rows.offsets.length - 1;
  const found = Array.from({ length: count }, (_, row) => find(row));
  const offsets = new Int32Array(count + 1);
  for (const one of found) for (const neighbour of one.rows) offsets[neighbour + 1]!++;
  for (let row = 0; row < count; row++) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice(0, count);
  const columns = new Int32Array(offsets[count]!);
  const values = new Float64Array(offsets[count]!);
  for (let row = 0; row < count; row++) {
    const { rows: neighbours, similarities } = found[row]!;
    for (let n = 0; n < neighbours.length; n++) {
      const at = next[neighbours[n]!]!++;
      columns[at] = row;
      values[at] = similarities[n]!;
    }
  }
  return { width: count, offsets, columns, values };
}

/** Σ over the products owned of their similarity to each product that has them in its list. */
export function scoreByLists(train: Interactions, lists: SparseRows, customer: number, into: Float64Array): void {
  into.fill(0);
  for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) {
    const owned = train.items[e]!;
    for (let n = lists.offsets[owned]!; n < lists.offsets[owned + 1]!; n++) {
      into[lists.columns[n]!]! += lists.values[n]!;
    }
  }
}

function similarityIn(lists: SparseRows, owned: number, product: number): number {
  const place = lists.columns.subarray(lists.offsets[owned]!, lists.offsets[owned + 1]!).indexOf(product);
  return place < 0 ? 0 : lists.values[lists.offsets[owned]! + place]!;
}

/**
 * What did the customers buy who bought much the same? A product's score is Σ of the similarities of those among the `neighbours`
 * most similar customers who bought it: the cosine of what they bought, shrunk.
 *
 * Assumes that 1. customers who bought the same want the same, 2. that what was bought counts once, on however many days. Throws
 * `model-input` when `neighbours` is below 1. Nothing is fitted: a customer costs at most the buyers of each product owned, all
 * customers Σ (buyers of a product)²; memory is O(customers + pairs), and up to 16 MB for who bought what as bits. A score of 0: no similar customer bought it, which is the rule for a
 * customer of one product, whose most similar ones bought just that: not for portals where most are such.
 * Evidence: how many of the similar customers bought it.
 *
 * Sarwar, B. et al. (2000). Analysis of recommendation algorithms for e-commerce. ACM EC.
 */
export function userUserRecommender(train: Interactions, options: NeighbourOptions): Recommender {
  const { byCustomer, byProduct } = purchaseRows(train);
  const find = neighbourFinder(byCustomer, byProduct, shrunkCosine(options.shrinkage ?? 0), options.neighbours);
  // Scores and evidence are asked for one customer after another.
  let last = -1;
  let nearest: Neighbours = { rows: new Int32Array(0), similarities: new Float64Array(0) };
  let counted = -1;
  const buyers = new Int32Array(train.products);
  const nearestOf = (customer: number): Neighbours => {
    if (customer !== last) nearest = find(customer);
    last = customer;
    return nearest;
  };
  return {
    name: 'user-user',
    score(customer, into) {
      into.fill(0);
      const { rows, similarities } = nearestOf(customer);
      for (let n = 0; n < rows.length; n++) {
        for (let e = train.offsets[rows[n]!]!; e < train.offsets[rows[n]! + 1]!; e++) {
          into[train.items[e]!]! += similarities[n]!;
        }
      }
    },
    evidence(customer, product) {
      const { rows } = nearestOf(customer);
      if (counted !== customer) countBuyers(train, rows, buyers);
      counted = customer;
      return { have: buyers[product]!, of: rows.length, owned: null };
    },
  };
}

/** How many of `customers` bought each product. */
function countBuyers(train: Interactions, customers: Int32Array, into: Int32Array): void {
  into.fill(0);
  for (const customer of customers) {
    for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) into[train.items[e]!]!++;
  }
}
