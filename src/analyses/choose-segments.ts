import { seededRandom, shuffledIndices } from '../math/random.ts';
import { calinskiHarabasz } from '../models/calinski-harabasz.ts';
import { clusterStability } from '../models/cluster-stability.ts';
import { fitKMeans, fitKMeansEach, type KMeansModel, predictKMeans } from '../models/k-means.ts';
import { silhouettes } from '../models/silhouette.ts';

/** How one number of segments did. */
export interface SegmentCandidate {
  readonly k: number;
  readonly silhouette: number;
  readonly calinskiHarabasz: number;
  /** Mean adjusted Rand index over bootstrap refits. */
  readonly stability: number;
}

const NUMBERS = [3, 4, 5, 6, 7];
/** Candidates are judged on a sample of this many customers, stability on fewer; the chosen one is fitted on all. */
const JUDGED_ROWS = 5_000;
const RESAMPLED_ROWS = 2_000;
const RESAMPLES = 10;
const STARTS = 5;
/** The number of segments that people know is given up only for one that is ahead by so many places in the rankings. */
const AHEAD = 3;

/**
 * Chooses k in 3–7 by silhouette, Calinski–Harabasz index and bootstrap stability: the candidate with the least sum of
 * places in the three rankings (their scales differ too much to add them up), of equals the smaller k. `known`, the number of
 * segments so far (null at first), stays unless another is clearly ahead: a portfolio between two numbers would be divided
 * anew every month. `data` is n × p row-major, scaled. Null when fewer than three customers differ.
 */
export function chooseSegments(
  data: Float64Array,
  columns: number,
  seed: number,
  known: number | null,
): { model: KMeansModel; candidates: SegmentCandidate[]; chosen: SegmentCandidate } | null {
  const judged = sampleRows(data, columns, JUDGED_ROWS, seed);
  const resampled = sampleRows(judged, columns, RESAMPLED_ROWS, seed + 1);
  const all = fitKMeansEach(judged, { columns, ks: NUMBERS, starts: STARTS, seed });
  // Fewer distinct customers than segments: larger numbers cannot do better.
  const short = all.findIndex((model, i) => model.k < NUMBERS[i]!);
  const models = short < 0 ? all : all.slice(0, short);
  if (models.length === 0) return null;
  const assignments = models.map((model) => predictKMeans(model, judged));
  const widths = silhouettes(judged, columns, assignments, { seed });
  const stabilities = clusterStability(resampled, models, { resamples: RESAMPLES, seed });
  const candidates = models.map(({ k }, i) => ({
    k,
    silhouette: widths[i]!,
    calinskiHarabasz: calinskiHarabasz(judged, columns, assignments[i]!),
    stability: stabilities[i]!,
  }));
  const first = candidates[0]!;
  const best = candidates.reduce((least, c) => (places(c, candidates) < places(least, candidates) ? c : least), first);
  const kept = candidates.find(({ k }) => k === known);
  const chosen = kept !== undefined && places(kept, candidates) - places(best, candidates) < AHEAD ? kept : best;
  const fitted = judged === data ? models.find(({ k }) => k === chosen.k) : undefined;
  return { model: fitted ?? fitKMeans(data, { columns, k: chosen.k, starts: STARTS, seed }), candidates, chosen };
}

/** How many candidates beat `c`, summed over the three criteria. */
function places(c: SegmentCandidate, candidates: readonly SegmentCandidate[]): number {
  return candidates.reduce(
    (sum, other) =>
      sum +
      Number(other.silhouette > c.silhouette) +
      Number(other.calinskiHarabasz > c.calinskiHarabasz) +
      Number(other.stability > c.stability),
    0,
  );
}

function sampleRows(data: Float64Array, columns: number, limit: number, seed: number): Float64Array {
  const n = data.length / columns;
  if (n <= limit) return data;
  const rows = shuffledIndices(n, seededRandom(seed)).slice(0, limit).sort();
  const sample = new Float64Array(limit * columns);
  rows.forEach((row, i) => {
    sample.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return sample;
}
