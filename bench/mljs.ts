import { kmeans } from 'ml-kmeans';
import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { fitKMeans } from '../src/models/k-means.ts';
import { fitRidgeLogistic } from '../src/models/ridge-logistic.ts';
import type { BenchRow } from './bench-row.ts';
import { inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import { clusteredRows, labelledRows } from './made-up-rows.ts';

const CLUSTERED = { rows: 10_000, columns: 8, k: 5, starts: 10 };
/** A tighter clustering passes; one that is looser by more than this share does not. */
const SAME_INERTIA = 1e-3;

const LABELLED = { rows: 5_000, columns: 20 };
/** Enough steps, at four over the number of rows, to come as near as `SAME_WEIGHTS` to where the likelihood is largest. */
const STEPS = 40;
const RATE = 4;
const SAME_WEIGHTS = 1e-3;
/** As good as none: ours always has one. */
const FAINT = 1e-6;

/** The packages that somebody who writes JavaScript would take instead. */
export async function benchMljs(): Promise<readonly BenchRow[]> {
  return [await kMeansRow(), await logisticRow()];
}

/** Its k-means has one start a call: the best of as many calls as ours has starts. */
function kMeansRow(): Promise<BenchRow> {
  const { rows, columns, k, starts } = CLUSTERED;
  const x = clusteredRows(rows, columns, 12, 1);
  const lists = Array.from({ length: rows }, (_, i) => [...x.subarray(i * columns, (i + 1) * columns)]);
  return duel({
    work: `k-means, ${rows.toLocaleString('en')} × ${columns}, k = ${k}, ${starts} starts`,
    peer: 'ml-kmeans',
    reach: 1,
    ours: inThisProcess(() => fitKMeans(x, { columns, k, starts, seed: 1 }).inertia),
    theirs: inThisProcess(() => {
      let least = Number.POSITIVE_INFINITY;
      for (let seed = 1; seed <= starts; seed++) {
        const { clusters, centroids } = kmeans(lists, k, { seed });
        least = Math.min(least, inertiaOf(lists, clusters, centroids));
      }
      return least;
    }),
    rounds: 5,
    compare: (ours, theirs) => ({
      same: ours <= theirs * (1 + SAME_INERTIA),
      how: `inertia ${ours.toFixed(0)} and ${theirs.toFixed(0)}`,
    }),
  });
}

function inertiaOf(
  rows: readonly (readonly number[])[],
  clusters: readonly number[],
  centroids: readonly (readonly number[])[],
): number {
  let sum = 0;
  for (const [i, row] of rows.entries()) {
    const centroid = centroids[clusters[i]!]!;
    for (let j = 0; j < row.length; j++) sum += (row[j]! - centroid[j]!) ** 2;
  }
  return sum;
}

/**
 * Its logistic regression has no intercept and no penalty: it is given a column of ones, and ours next to no penalty. It climbs by plain
 * steps, once for each of the two outcomes.
 */
function logisticRow(): Promise<BenchRow> {
  const { rows, columns } = LABELLED;
  const { x, y } = labelledRows(rows, columns, false, 2);
  const design = new Matrix(rows, columns + 1);
  for (let i = 0; i < rows; i++) design.setRow(i, [1, ...x.subarray(i * columns, (i + 1) * columns)]);
  const outcomes = Matrix.columnVector(y);
  return duel({
    work: `logistic regression without a penalty, ${rows.toLocaleString('en')} × ${columns}`,
    peer: 'ml-logistic-regression',
    reach: 1,
    ours: inThisProcess(() => {
      const { intercept, coefficients } = fitRidgeLogistic(x, y, columns, { penalty: FAINT });
      return [intercept, ...coefficients];
    }),
    theirs: inThisProcess(() => {
      const regression = new LogisticRegression({ numSteps: STEPS, learningRate: RATE / rows });
      regression.train(design, outcomes);
      return regression.toJSON().classifiers[0]!.weights.to1DArray();
    }),
    rounds: 3,
    compare: (ours, theirs) => {
      const apart = Math.max(...ours.map((weight, j) => Math.abs(weight - theirs[j]!)));
      const how = `intercept and coefficients at most ${apart.toExponential(0)} apart after its ${STEPS} steps, asked ${SAME_WEIGHTS}`;
      return { same: apart <= SAME_WEIGHTS, how };
    },
  });
}
