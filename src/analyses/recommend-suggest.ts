import { largestOf } from '../math/largest-of.ts';
import type { Recommender } from '../models/recommender.ts';
import type { PurchasesUntil } from './recommend-purchases.ts';

/** How many products are suggested to a customer. */
export const SUGGESTED = 3;

export interface Suggested {
  readonly column: number;
  /** The method that speaks for it: the one asked, or popularity where that has nothing to say. */
  readonly by: Recommender;
}

/**
 * The products to suggest to the customer of a row, best first: never one that it has bought, nor one that is not sold any
 * more. Where the method has fewer than three with a score above 0, the most popular ones follow.
 */
export function suggester(
  method: Recommender,
  popularity: Recommender,
  { train, unsold }: PurchasesUntil,
): (row: number) => readonly Suggested[] {
  const scores = new Float64Array(train.products);
  const candidates = new Int32Array(train.products);
  const best = (by: Recommender, row: number, owned: Int32Array): Suggested[] => {
    by.score(row, scores);
    for (const column of unsold) scores[column] = 0;
    for (const column of owned) scores[column] = 0;
    let count = 0;
    for (let column = 0; column < scores.length; column++) if (scores[column]! > 0) candidates[count++] = column;
    return Array.from(largestOf(scores, SUGGESTED, candidates.subarray(0, count)), (column) => ({ column, by }));
  };
  return (row) => {
    const owned = train.items.subarray(train.offsets[row]!, train.offsets[row + 1]!);
    const found = best(method, row, owned);
    if (found.length === SUGGESTED || method === popularity) return found;
    const others = best(popularity, row, owned).filter((one) => found.every(({ column }) => column !== one.column));
    return [...found, ...others].slice(0, SUGGESTED);
  };
}
