import { seededRandom, shuffledIndices } from '../math/random.ts';
import { dbscan, NOISE } from '../models/dbscan.ts';
import { kneeDistance } from '../models/dbscan-eps.ts';

export interface Loners {
  /** 1 for rows that stand in no crowd. */
  readonly isLoner: Uint8Array;
  /** How many rows were looked at: a sample above 20,000. */
  readonly looked: number;
}

const MOST_ROWS = 20_000;
/** Ester et al.'s rule for more than two columns: a crowd is twice as many rows as columns. */
const CROWD_PER_COLUMN = 2;
/** When more than this share stand alone, the distance says nothing about who is unusual. */
const MOST_LONERS = 0.1;

/**
 * Answers: which customers are like nobody else, so that no segment describes them? DBSCAN with the distance at the knee of
 * the k-distances. `scaled`: n × p, row-major, as segments measure it. Null when there is no such distance, or when it
 * would leave out more than a tenth.
 */
export function findLoners(scaled: Float64Array, columns: number, seed: number): Loners | null {
  const n = scaled.length / columns;
  const rows = shuffledIndices(n, seededRandom(seed)).subarray(0, Math.min(n, MOST_ROWS)).sort();
  const looked = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    looked.set(scaled.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  const minPoints = CROWD_PER_COLUMN * columns;
  const eps = kneeDistance(looked, columns, minPoints);
  if (eps === null) return null;
  const labels = dbscan(looked, columns, { eps, minPoints });
  const isLoner = new Uint8Array(n);
  let loners = 0;
  rows.forEach((row, i) => {
    if (labels[i] !== NOISE) return;
    isLoner[row] = 1;
    loners++;
  });
  return loners > MOST_LONERS * rows.length ? null : { isLoner, looked: rows.length };
}
