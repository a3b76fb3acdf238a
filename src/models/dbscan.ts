import { KithError } from '../lib/errors.ts';
import { buildKdTree, rowsWithin } from '../math/kd-tree.ts';

/** The label of a row that belongs to no cluster. */
export const NOISE = -1;

export interface DbscanOptions {
  /** Rows at most this far apart are neighbours. */
  readonly eps: number;
  /** Neighbours, the row itself counted, that make a row the core of a cluster. */
  readonly minPoints: number;
}

/**
 * Answers: which rows stand in a crowd, whatever its shape, and which stand alone?
 *
 * Assumes 1. that crowds are about equally dense, 2. columns on comparable scales (distance is Euclidean). `x`: n × p,
 * row-major. Returns n labels: 0, 1, … in the order in which clusters are first met, −1 for noise. A row at the edge of two
 * clusters goes to the one met first, as in scikit-learn. Throws `model-input` when a value is not finite or an option is
 * not above 0. Costs two searches of a k-d tree a row: n log n with few columns, n² p at worst.
 *
 * Ester, M., Kriegel, H.-P., Sander, J. and Xu, X. (1996). A density-based algorithm for discovering clusters in large
 * spatial databases with noise. KDD, section 4.1.
 */
export function dbscan(x: Float64Array, columns: number, options: DbscanOptions): Int32Array {
  const { eps, minPoints } = options;
  if (!(eps > 0 && Number.isFinite(eps))) {
    throw new KithError('model-input', `The distance "eps" of DBSCAN is ${eps}; set it above 0`);
  }
  if (!(Number.isInteger(minPoints) && minPoints > 0)) {
    throw new KithError('model-input', `"minPoints" of DBSCAN is ${minPoints}; give a whole number above 0`);
  }
  for (let k = 0; k < x.length; k++) {
    if (!Number.isFinite(x[k]!)) {
      throw new KithError(
        'model-input',
        `Row ${Math.floor(k / columns)}, column ${k % columns} is ${x[k]}; impute missing values first`,
      );
    }
  }
  const n = columns === 0 ? 0 : x.length / columns;
  const tree = buildKdTree(x, columns);
  const found = new Int32Array(n);
  const neighbours = (row: number): number =>
    rowsWithin(tree, x.subarray(row * columns, (row + 1) * columns), eps, found);
  const isCore = Uint8Array.from({ length: n }, (_, row) => (neighbours(row) >= minPoints ? 1 : 0));
  const labels = new Int32Array(n).fill(NOISE);
  const stack = new Int32Array(n);
  let clusters = 0;
  for (let start = 0; start < n; start++) {
    if (labels[start] !== NOISE || isCore[start] === 0) continue;
    labels[start] = clusters;
    stack[0] = start;
    for (let height = 1; height > 0; ) {
      const count = neighbours(stack[--height]!);
      for (let k = 0; k < count; k++) {
        const near = found[k]!;
        if (labels[near] !== NOISE) continue;
        labels[near] = clusters;
        if (isCore[near] === 1) stack[height++] = near;
      }
    }
    clusters++;
  }
  return labels;
}
