/**
 * Points by place: `order` lists the rows, each range's middle one splits it along `axes[middle]`, smaller ones to its left.
 */
export interface KdTree {
  readonly columns: number;
  /** Row numbers of the points in the tree's order. */
  readonly order: Int32Array;
  /** n × p, row-major, in the tree's order. */
  readonly points: Float64Array;
  readonly axes: Int32Array;
}

/** Ranges of so many rows, or fewer, are not split. */
export const LEAF = 12;

/**
 * Answers: which rows are near a row, without looking at all of them?
 *
 * `x`: n × p, row-major, finite. Each range is split at the median of its widest column. Costs n log n to build.
 *
 * Bentley, J. L. (1975). Multidimensional binary search trees used for associative searching. CACM 18(9).
 */
export function buildKdTree(x: Float64Array, columns: number): KdTree {
  const n = columns === 0 ? 0 : x.length / columns;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const axes = new Int32Array(n);
  const ranges: number[] = [0, n - 1];
  while (ranges.length > 0) {
    const right = ranges.pop()!;
    const left = ranges.pop()!;
    if (right - left < LEAF) continue;
    const middle = (left + right) >> 1;
    const axis = widestColumn(x, columns, order, left, right);
    select(x, columns, order, axis, left, right, middle);
    axes[middle] = axis;
    ranges.push(left, middle - 1, middle + 1, right);
  }
  const points = new Float64Array(x.length);
  for (let i = 0; i < n; i++) points.set(x.subarray(order[i]! * columns, (order[i]! + 1) * columns), i * columns);
  return { columns, order, points, axes };
}

function widestColumn(x: Float64Array, p: number, order: Int32Array, left: number, right: number): number {
  let widest = 0;
  let width = -1;
  for (let j = 0; j < p; j++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = left; i <= right; i++) {
      const value = x[order[i]! * p + j]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > width) {
      width = high - low;
      widest = j;
    }
  }
  return widest;
}

/** Hoare's quickselect: afterwards order[middle] stands where sorting by `axis` would put it, smaller ones to its left. */
function select(
  x: Float64Array,
  p: number,
  order: Int32Array,
  axis: number,
  from: number,
  to: number,
  middle: number,
): void {
  let left = from;
  let right = to;
  while (left < right) {
    const pivot = x[order[(left + right) >> 1]! * p + axis]!;
    let i = left;
    let j = right;
    while (i <= j) {
      while (x[order[i]! * p + axis]! < pivot) i++;
      while (x[order[j]! * p + axis]! > pivot) j--;
      if (i <= j) {
        const swap = order[i]!;
        order[i] = order[j]!;
        order[j] = swap;
        i++;
        j--;
      }
    }
    if (middle <= j) right = j;
    else if (middle >= i) left = i;
    else return;
  }
}
