/** Rows that are similar to one, and how similar each is. */
export interface Neighbours {
  /** In any order; of equally similar ones the lower positions are kept. */
  readonly rows: Int32Array;
  readonly similarities: Float64Array;
}

/**
 * A similarity that rests on `common` shared entries, drawn towards 0 where they are few: s · common ÷ (common + shrinkage).
 *
 * Bell, R. and Koren, Y. (2007). Scalable collaborative filtering with jointly derived neighborhood interpolation weights. ICDM.
 */
export function shrunk(similarity: number, common: number, shrinkage: number): number {
  return shrinkage === 0 ? similarity : (similarity * common) / (common + shrinkage);
}

/** How alike two rows of ones are: `common` shared columns of the first's `sizeA` and the second's `sizeB`; more are more alike. */
export type SetSimilarity = (common: number, sizeA: number, sizeB: number) => number;

export function shrunkCosine(shrinkage: number): SetSimilarity {
  return (common, sizeA, sizeB) => shrunk(common / Math.sqrt(sizeA * sizeB), common, shrinkage);
}
