import { largestOf } from '../math/largest-of.ts';

/**
 * The positions of the `k` best scores, best first, ties by lower position, without the `excluded` positions (in any order):
 * fewer when fewer are left. O(scores).
 */
export function topOf(scores: Float64Array, k: number, excluded: ArrayLike<number>): Int32Array {
  const isExcluded = new Uint8Array(scores.length);
  for (let e = 0; e < excluded.length; e++) isExcluded[excluded[e]!] = 1;
  const candidates = new Int32Array(scores.length);
  let left = 0;
  for (let i = 0; i < scores.length; i++) if (isExcluded[i] === 0) candidates[left++] = i;
  return largestOf(scores, k, candidates.subarray(0, left));
}

/**
 * Did one customer buy one of the first `k` that were suggested? 1 or 0: the mean over customers is the hit rate at k. `ranked`:
 * product positions, best first; `bought`: product positions bought afterwards, in any order, without repeats.
 */
export function hitRateAt(k: number, ranked: ArrayLike<number>, bought: ArrayLike<number>): number {
  for (let place = 0; place < Math.min(k, ranked.length); place++) {
    if (holds(bought, ranked[place]!)) return 1;
  }
  return 0;
}

/**
 * How far up did what one customer bought stand among the first `k`? The discounted gain Σ 1 ÷ log₂(place + 1) over the places
 * (from 1) of suggestions that were bought, divided by the most that was possible: 0 to 1, NaN when nothing was bought.
 *
 * Järvelin, K. and Kekäläinen, J. (2002). Cumulated gain-based evaluation of IR techniques. ACM TOIS 20(4).
 */
export function ndcgAt(k: number, ranked: ArrayLike<number>, bought: ArrayLike<number>): number {
  if (bought.length === 0) return Number.NaN;
  let gain = 0;
  for (let place = 0; place < Math.min(k, ranked.length); place++) {
    if (holds(bought, ranked[place]!)) gain += 1 / Math.log2(place + 2);
  }
  let most = 0;
  for (let place = 0; place < Math.min(k, bought.length); place++) most += 1 / Math.log2(place + 2);
  return gain / most;
}

function holds(positions: ArrayLike<number>, wanted: number): boolean {
  for (let i = 0; i < positions.length; i++) if (positions[i] === wanted) return true;
  return false;
}
