import { type RandomSource, shuffledIndices } from '../math/random.ts';

/** Trees as flat arrays, all nodes one after the other. */
export interface IsolationForest {
  readonly columns: number;
  /** Rows that each tree saw. */
  readonly sampleSize: number;
  /** Where each tree begins. */
  readonly roots: Int32Array;
  /** −1 in a leaf. */
  readonly column: Int32Array;
  readonly threshold: Float64Array;
  /** The left child; the right one follows it. 0 in a leaf. */
  readonly left: Int32Array;
  /** Rows of the sample that ended in a leaf. */
  readonly size: Int32Array;
}

const EULER = 0.5772156649015329;

/**
 * Which rows are unlike the others in several columns at once? Trees that split a small sample at random columns and places;
 * what is cut off from the rest after few splits is unusual.
 *
 * Assumptions: 1. unusual rows are few; 2. columns are comparable only by their order (no scaling is needed) and hold no NaN.
 * `data`: n × columns, row-major. 100 trees of 256 rows as in the paper. O(trees · sample · log sample), independent of n.
 *
 * Liu, F., Ting, K. and Zhou, Z. (2008). Isolation Forest. ICDM, algorithms 1 and 2.
 */
export function fitIsolationForest(
  data: Float64Array,
  columns: number,
  random: RandomSource,
  options: { readonly trees?: number; readonly sampleSize?: number } = {},
): IsolationForest {
  const n = columns === 0 ? 0 : data.length / columns;
  const { trees = 100 } = options;
  const sampleSize = Math.min(options.sampleSize ?? 256, n);
  const deepest = Math.ceil(Math.log2(Math.max(2, sampleSize)));
  const most = trees * (2 * Math.max(1, sampleSize));
  const roots = new Int32Array(trees);
  const column = new Int32Array(most).fill(-1);
  const threshold = new Float64Array(most);
  const left = new Int32Array(most);
  const size = new Int32Array(most);
  const usable = new Int32Array(columns);
  let nodes = 0;

  const grow = (rows: Int32Array, node: number, from: number, to: number, depth: number): void => {
    size[node] = to - from;
    if (depth >= deepest || to - from <= 1) return;
    let count = 0;
    for (let j = 0; j < columns; j++) {
      const first = data[rows[from]! * columns + j]!;
      for (let r = from + 1; r < to; r++) {
        if (data[rows[r]! * columns + j] === first) continue;
        usable[count++] = j;
        break;
      }
    }
    if (count === 0) return;
    const chosen = usable[Math.floor(random() * count)]!;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let r = from; r < to; r++) {
      const value = data[rows[r]! * columns + chosen]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const cut = low + random() * (high - low);
    let middle = from;
    for (let r = from; r < to; r++) {
      if (!(data[rows[r]! * columns + chosen]! <= cut)) continue;
      const swap = rows[middle]!;
      rows[middle] = rows[r]!;
      rows[r] = swap;
      middle++;
    }
    column[node] = chosen;
    threshold[node] = cut;
    const child = nodes;
    left[node] = child;
    nodes += 2;
    grow(rows, child, from, middle, depth + 1);
    grow(rows, child + 1, middle, to, depth + 1);
  };

  for (let tree = 0; tree < trees; tree++) {
    roots[tree] = nodes++;
    if (n > 0) grow(sampleOf(n, sampleSize, random), roots[tree]!, 0, sampleSize, 0);
  }
  return {
    columns,
    sampleSize,
    roots,
    column: column.slice(0, nodes),
    threshold: threshold.slice(0, nodes),
    left: left.slice(0, nodes),
    size: size.slice(0, nodes),
  };
}

/** Between 0 and 1 for each row: about 0.5 where nothing stands out, near 1 where few splits cut the row off. */
export function isolationScores(forest: IsolationForest, data: Float64Array): Float64Array {
  const { columns, roots, column, threshold, left, size } = forest;
  const n = columns === 0 ? 0 : data.length / columns;
  const usual = averagePath(forest.sampleSize);
  return Float64Array.from({ length: n }, (_, i) => {
    let total = 0;
    for (const root of roots) {
      let node = root;
      let depth = 0;
      while (column[node]! >= 0) {
        node = left[node]! + (data[i * columns + column[node]!]! <= threshold[node]! ? 0 : 1);
        depth++;
      }
      total += depth + averagePath(size[node]!);
    }
    return usual === 0 ? 0.5 : 2 ** (-total / roots.length / usual);
  });
}

/** Mean depth at which a search among n rows ends without a hit. */
function averagePath(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n;
}

function sampleOf(n: number, count: number, random: RandomSource): Int32Array {
  if (count * 4 >= n) return shuffledIndices(n, random).slice(0, count);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(random() * n));
  return Int32Array.from(chosen);
}
