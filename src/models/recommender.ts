/**
 * Which products each customer has bought: row c's products are `items[offsets[c] … offsets[c + 1]]`, ascending and without
 * repeats, and `weights` says on how many days each was bought (or how it was rated, where that is known).
 */
export interface Interactions {
  readonly customers: number;
  readonly products: number;
  /** Int32Array[customers + 1]. */
  readonly offsets: Int32Array;
  /** Int32Array[pairs]: product positions. */
  readonly items: Int32Array;
  /** Float64Array[pairs]. */
  readonly weights: Float64Array;
}

/** What a suggestion rests on: `have` of the `of` customers that were looked at bought the product ("12 of 18 similar customers"). */
export interface RecommendationEvidence {
  readonly have: number;
  readonly of: number;
  /** The product already bought that speaks most for it (item-item, content-based); null where the method has none. */
  readonly owned: number | null;
}

/** A fitted method: how strongly it would suggest each product to a customer of the interactions that it was fitted on. */
export interface Recommender {
  readonly name: RecommenderName;
  /** Writes a finite score per product into `into` (Float64Array[products]); higher is better; what is owned is scored too. */
  score(customer: number, into: Float64Array): void;
  evidence(customer: number, product: number): RecommendationEvidence;
}

/** From simple to complex: the order in which they compete. */
export const RECOMMENDERS = [
  'popularity',
  'segment-popularity',
  'content',
  'item-item',
  'user-user',
  'factors',
] as const;

export type RecommenderName = (typeof RECOMMENDERS)[number];
