import type { RecommendationEvidence, RecommenderName } from '../models/recommender.ts';
import { SUGGESTED } from './recommend-suggest.ts';

/** A product (its column) that is suggested, by which method, and what that rests on. */
export interface KeptSuggestion extends RecommendationEvidence {
  readonly column: number;
  readonly by: RecommenderName;
}

const NUMBERS = 5;

/** Keeps every row's suggestions as numbers: a million customers' three are 60 MB so, and many times that as objects or text. */
export function keptSuggestions(rows: number, method: RecommenderName, fallback: RecommenderName) {
  const numbers = new Int32Array(rows * SUGGESTED * NUMBERS).fill(-1);
  return {
    keep(row: number, suggestions: readonly KeptSuggestion[]): void {
      for (const [place, { column, by, have, of, owned }] of suggestions.entries()) {
        numbers.set([column, by === method ? 1 : 0, have, of, owned ?? -1], (row * SUGGESTED + place) * NUMBERS);
      }
    },
    of(row: number): KeptSuggestion[] {
      const found: KeptSuggestion[] = [];
      for (let place = 0; place < SUGGESTED; place++) {
        const at = (row * SUGGESTED + place) * NUMBERS;
        if (numbers[at] === -1) break;
        const owned = numbers[at + 4]!;
        found.push({
          column: numbers[at]!,
          by: numbers[at + 1] === 1 ? method : fallback,
          have: numbers[at + 2]!,
          of: numbers[at + 3]!,
          owned: owned === -1 ? null : owned,
        });
      }
      return found;
    },
  };
}
