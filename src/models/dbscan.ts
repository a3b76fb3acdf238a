import { KithError } from '../lib/errors.ts';
import { haveWithin, takeWithin } from '../math/kd-search.ts';
import { buildKdTree } from '../math/kd-tree.ts';

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
 * not above 0. Costs two searches of a k-d tree a row, of which the second finds each row once: n log n with
 * few columns, n² p at worst.
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
  const placeOf = new Int32Array(n);
  tree.order.forEach((row, place) => {
    placeOf[row] = place;
  });
  const isCore = haveWithin(tree, eps, minPoints);
  const take = takeWithin(tree, eps);
  const found = new Int32Array(n);
  const labels = new Int32Array(n).fill(NOISE);
  const stack = new Int32Array(n);
  let clusters = 0;
  for (let row = 0; row < n; row++) {
    const start = placeOf[row]!;
    if (labels[row] !== NOISE || isCore[start] === 0) continue;
    labels[row] = clusters;
    stack[0] = start;
    for (let height = 1; height > 0; ) {
      const count = take(stack[--height]!, found);
      for (let k = 0; k < count; k++) {
        const near = found[k]!;
        labels[tree.order[near]!] = clusters;
        if (isCore[near] === 1 && near !== start) stack[height++] = near;
      }
    }
    clusters++;
  }
  return labels;
}
