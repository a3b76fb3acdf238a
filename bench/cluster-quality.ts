import { seededRandom, shuffledIndices } from '../src/math/random.ts';
import { calinskiHarabasz } from '../src/models/calinski-harabasz.ts';
import { fitKMeans, predictKMeans } from '../src/models/k-means.ts';
import { silhouette } from '../src/models/silhouette.ts';
import type { BenchRow } from './bench-row.ts';
import { inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import { clusteredRows } from './made-up-rows.ts';
import { withSklearn } from './python-row.ts';
import { inTemporaryFolder, writeArrays } from './temporary-files.ts';

const [ROWS, SAMPLED, COLUMNS, K] = [100_000, 5_000, 8, 5];
const ASKED = {
  work: `silhouette on ${SAMPLED.toLocaleString('en')} sampled and Calinski–Harabasz of ${ROWS.toLocaleString('en')}`,
  peer: 'sklearn silhouette_score, calinski_harabasz_score',
  reach: 1,
};
const SEED = 5;
const SAME = 1e-9;

/** How well customers sit in their segments: the same figures, of the same sampled rows. */
export function benchClusterQuality(): Promise<readonly BenchRow[]> {
  return withSklearn(ASKED, (start) =>
    inTemporaryFolder(async (folder) => {
      const x = clusteredRows(ROWS, COLUMNS, 12, 4);
      const model = fitKMeans(x, { columns: COLUMNS, k: K, starts: 1, seed: 1 });
      const assignment = predictKMeans(model, x);
      // The rows that our silhouette draws.
      const sample = shuffledIndices(ROWS, seededRandom(SEED)).slice(0, SAMPLED).sort();
      const order = { ...(await writeArrays(folder, { x, assignment, sample })), columns: COLUMNS };
      return duel({
        ...ASKED,
        ours: inThisProcess(() => [
          silhouette(x, COLUMNS, assignment, { seed: SEED }),
          calinskiHarabasz(x, COLUMNS, assignment),
        ]),
        theirs: await start<number[]>('cluster_quality.py', order),
        rounds: 9,
        compare: (ours, theirs) => ({
          same: ours.every((value, i) => Math.abs(value / theirs[i]! - 1) <= SAME),
          how: `silhouette ${ours[0]!.toFixed(6)} and ${theirs[0]!.toFixed(6)}`,
        }),
      });
    }),
  );
}
