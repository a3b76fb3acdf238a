import { type KdTree, LEAF } from './kd-tree.ts';

/**
 * Searches of a k-d tree around its own rows. A place is a row's position in the tree's order. A search costs about log n plus
 * what it finds while columns are few, and at worst as much as looking at every row.
 *
 * Arya, S. and Mount, D. (1993). Algorithms for fast vector quantization. Data Compression Conference: the distance to a range
 * is kept up to date column by column on the way down.
 */

/** A range is left out only when it is further away than the limit by more than rounding. */
const EXACT = 1 - 1e-12;

/** By place, the distance to the k-th nearest row, a row itself counted; infinite when there are fewer than k. */
export function kthDistances(tree: KdTree, k: number): Float64Array {
  const { columns: p, points, axes } = tree;
  const n = tree.order.length;
  const nearest = new Float64Array(k);
  const off = new Float64Array(p);
  let at = 0;
  const take = (place: number): void => {
    const squared = squaredDistance(points, place * p, at, p, nearest[k - 1]!);
    if (squared >= nearest[k - 1]!) return;
    let slot = k - 1;
    for (; slot > 0 && nearest[slot - 1]! > squared; slot--) nearest[slot] = nearest[slot - 1]!;
    nearest[slot] = squared;
  };
  const search = (left: number, right: number, rest: number): void => {
    if (right - left < LEAF) {
      for (let place = left; place <= right; place++) take(place);
      return;
    }
    const middle = (left + right) >> 1;
    const axis = axes[middle]!;
    const away = points[at + axis]! - points[middle * p + axis]!;
    const isLeft = away <= 0;
    if (isLeft) search(left, middle - 1, rest);
    else search(middle + 1, right, rest);
    take(middle);
    const before = off[axis]!;
    const further = rest - before * before + away * away;
    if (further * EXACT >= nearest[k - 1]!) return;
    off[axis] = away;
    if (isLeft) search(middle + 1, right, further);
    else search(left, middle - 1, further);
    off[axis] = before;
  };
  const distances = new Float64Array(n);
  for (let place = 0; place < n; place++) {
    at = place * p;
    nearest.fill(Number.POSITIVE_INFINITY);
    search(0, n - 1, 0);
    distances[place] = Math.sqrt(nearest[k - 1]!);
  }
  return distances;
}

/** By place, 1 where at least `least` rows are at most `radius` away, the row itself counted. */
export function haveWithin(tree: KdTree, radius: number, least: number): Uint8Array {
  const { columns: p, points, axes } = tree;
  const n = tree.order.length;
  const limit = radius * radius;
  const off = new Float64Array(p);
  let at = 0;
  let missing = 0;
  const search = (left: number, right: number, rest: number): void => {
    if (right - left < LEAF) {
      for (let place = left; place <= right && missing > 0; place++) {
        if (squaredDistance(points, place * p, at, p, limit) <= limit) missing--;
      }
      return;
    }
    const middle = (left + right) >> 1;
    const axis = axes[middle]!;
    const away = points[at + axis]! - points[middle * p + axis]!;
    const isLeft = away <= 0;
    if (isLeft) search(left, middle - 1, rest);
    else search(middle + 1, right, rest);
    if (missing === 0) return;
    if (squaredDistance(points, middle * p, at, p, limit) <= limit) missing--;
    const before = off[axis]!;
    const further = rest - before * before + away * away;
    if (missing === 0 || further * EXACT > limit) return;
    off[axis] = away;
    if (isLeft) search(middle + 1, right, further);
    else search(left, middle - 1, further);
    off[axis] = before;
  };
  return Uint8Array.from({ length: n }, (_, place) => {
    at = place * p;
    missing = least;
    search(0, n - 1, 0);
    return missing === 0 ? 1 : 0;
  });
}

/**
 * Gives a search that takes rows out of the tree: what was found once is not found again, and ranges with nothing left cost
 * nothing. The search writes into `found` the places of those of the remaining rows that are at most `radius` from the row at
 * `place`, in no particular order, and returns how many.
 */
export function takeWithin(tree: KdTree, radius: number): (place: number, found: Int32Array) => number {
  const { columns: p, points, axes } = tree;
  const n = tree.order.length;
  const limit = radius * radius;
  const off = new Float64Array(p);
  const isTaken = new Uint8Array(n);
  /** How many rows of the range are gone, by its middle. */
  const gone = new Int32Array(n);
  let at = 0;
  let count = 0;
  let into: Int32Array = new Int32Array(0);
  const take = (place: number): void => {
    if (isTaken[place] === 1 || squaredDistance(points, place * p, at, p, limit) > limit) return;
    isTaken[place] = 1;
    into[count++] = place;
  };
  const search = (left: number, right: number, rest: number): void => {
    const middle = (left + right) >> 1;
    if (gone[middle] === right - left + 1) return;
    const before = count;
    if (right - left < LEAF) {
      for (let place = left; place <= right; place++) take(place);
    } else {
      take(middle);
      const axis = axes[middle]!;
      const away = points[at + axis]! - points[middle * p + axis]!;
      const was = off[axis]!;
      const further = rest - was * was + away * away;
      const isNear = further * EXACT <= limit;
      if (away <= 0 || isNear) {
        off[axis] = away <= 0 ? was : away;
        search(left, middle - 1, away <= 0 ? rest : further);
      }
      if (away > 0 || isNear) {
        off[axis] = away > 0 ? was : away;
        search(middle + 1, right, away > 0 ? rest : further);
      }
      off[axis] = was;
    }
    gone[middle]! += count - before;
  };
  return (place, found) => {
    at = place * p;
    count = 0;
    into = found;
    search(0, n - 1, 0);
    return count;
  };
}

/** Σ (difference)² of the points that begin at `base` and `at`, or anything above `limit` as soon as it is passed. */
function squaredDistance(points: Float64Array, base: number, at: number, p: number, limit: number): number {
  let sum = 0;
  for (let j = 0; j < p; j++) {
    const difference = points[base + j]! - points[at + j]!;
    sum += difference * difference;
    if (sum > limit) return sum;
  }
  return sum;
}
