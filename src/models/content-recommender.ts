import { KithError } from '../lib/errors.ts';
import type { Interactions, Recommender } from './recommender.ts';

/** What is known of each product, by position. */
export interface ProductContent {
  /** The words of its name, in any order; repeats count. */
  readonly tokens: readonly (readonly string[])[];
  /** '' = unknown. */
  readonly category: readonly string[];
  /** In one currency; NaN = unknown. */
  readonly price: Float64Array;
}

/** How much category and price weigh beside the name's 1, as shares of a cosine. */
const CATEGORY_WEIGHT = 0.5;
const PRICE_WEIGHT = 0.25;

/**
 * Which products are like those that the customer bought? The cosine of a product with the sum of the products owned, each a
 * vector of three parts of fixed length: the name's words by tf-idf (count · ln(products ÷ products with the word)), the
 * category, and the price on a grid of doublings (a price between two points counts for both, by its distance in logarithms, so
 * that prices further apart than a factor of four have nothing in common). An unknown part is 0.
 *
 * Assumes that 1. customers buy again what resembles what they bought, 2. that products are named so that like ones share words.
 * It needs no other customers, so it can suggest what nobody bought yet. Throws `model-input` when the content is not one per
 * product. O(words) to fit and a customer. Evidence: the product owned that is most alike, and no customers (0 of 0).
 *
 * Salton, G. and Buckley, C. (1988). Term-weighting approaches in automatic text retrieval. Inf. Process. Manage. 24(5).
 */
export function contentRecommender(train: Interactions, content: ProductContent): Recommender {
  for (const { length } of [content.tokens, content.category, content.price]) {
    if (length === train.products) continue;
    throw new KithError(
      'model-input',
      `${train.products} products need words, a category and a price each, not ${length}`,
    );
  }
  const { offsets, columns, values, width } = productVectors(content);
  const profile = new Float64Array(width);
  const project = (product: number): number => {
    let sum = 0;
    for (let e = offsets[product]!; e < offsets[product + 1]!; e++) sum += profile[columns[e]!]! * values[e]!;
    return sum;
  };
  const add = (product: number): void => {
    for (let e = offsets[product]!; e < offsets[product + 1]!; e++) profile[columns[e]!]! += values[e]!;
  };
  return {
    name: 'content',
    score(customer, into) {
      profile.fill(0);
      for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) add(train.items[e]!);
      let squares = 0;
      for (const value of profile) squares += value * value;
      const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      for (let i = 0; i < train.products; i++) into[i] = project(i) * scale;
    },
    evidence(customer, product) {
      profile.fill(0);
      add(product);
      let owned: number | null = null;
      let most = 0;
      for (let e = train.offsets[customer]!; e < train.offsets[customer + 1]!; e++) {
        const alike = project(train.items[e]!);
        if (train.items[e] === product || !(alike > most)) continue;
        most = alike;
        owned = train.items[e]!;
      }
      return { have: 0, of: 0, owned };
    },
  };
}

interface ProductVectors {
  readonly width: number;
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** One vector of length 1 per product (0 where nothing is known or all is common to all products). */
function productVectors({ tokens, category, price }: ProductContent): ProductVectors {
  const products = tokens.length;
  const columnOf = new Map<string, number>();
  const column = (name: string): number => {
    const known = columnOf.get(name);
    if (known !== undefined) return known;
    columnOf.set(name, columnOf.size);
    return columnOf.size - 1;
  };
  const inverseFrequency = inverseDocumentFrequency(tokens);
  const offsets = new Int32Array(products + 1);
  const columns: number[] = [];
  const values: number[] = [];
  const add = (part: ReadonlyMap<string, number>, weight: number): void => {
    let squares = 0;
    for (const value of part.values()) squares += value * value;
    if (squares === 0) return;
    for (const [name, value] of part) {
      if (value === 0) continue;
      columns.push(column(name));
      values.push(value * Math.sqrt(weight / squares));
    }
  };
  for (let i = 0; i < products; i++) {
    const words = new Map<string, number>();
    for (const word of tokens[i]!) words.set(`w${word}`, (words.get(`w${word}`) ?? 0) + inverseFrequency.get(word)!);
    add(words, 1);
    add(new Map(category[i] === '' ? [] : [[`c${category[i]}`, 1]]), CATEGORY_WEIGHT);
    add(pricePoints(price[i]!), PRICE_WEIGHT);
    let squares = 0;
    for (let e = offsets[i]!; e < values.length; e++) squares += values[e]! ** 2;
    for (let e = offsets[i]!; e < values.length; e++) values[e] = values[e]! / Math.sqrt(squares);
    offsets[i + 1] = values.length;
  }
  return { width: columnOf.size, offsets, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

function inverseDocumentFrequency(tokens: readonly (readonly string[])[]): Map<string, number> {
  const frequency = new Map<string, number>();
  for (const words of tokens) {
    for (const word of new Set(words)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  }
  for (const [word, count] of frequency) frequency.set(word, Math.log(tokens.length / count));
  return frequency;
}

/** The two doublings that a price lies between, each by how near it is. */
function pricePoints(price: number): Map<string, number> {
  if (!(price > 0 && price < Number.POSITIVE_INFINITY)) return new Map();
  const place = Math.log2(price);
  const below = Math.floor(place);
  return new Map([
    [`p${below}`, 1 - (place - below)],
    [`p${below + 1}`, place - below],
  ]);
}
