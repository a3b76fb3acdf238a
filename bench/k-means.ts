import { fitKMeans } from '../src/models/k-means.ts';
import type { BenchRow } from './bench-row.ts';
import { inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import { clusteredRows } from './made-up-rows.ts';
import { withSklearn } from './python-row.ts';
import { inTemporaryFolder, writeArrays } from './temporary-files.ts';

const [ROWS, COLUMNS, K, STARTS] = [100_000, 8, 5, 10];
const WORK = `k-means, ${ROWS.toLocaleString('en')} × ${COLUMNS}, k = ${K}, ${STARTS} starts`;

/** Segments: the same inertia, to a thousandth, as scikit-learn's. */
export function benchKMeans(): Promise<readonly BenchRow[]> {
  const asked = { work: WORK, peer: 'sklearn KMeans', reach: 1 };
  return withSklearn(asked, (start) =>
    inTemporaryFolder(async (folder) => {
      const x = clusteredRows(ROWS, COLUMNS, 12, 1);
      const order = { ...(await writeArrays(folder, { x })), columns: COLUMNS, k: K, starts: STARTS };
      return duel({
        ...asked,
        ours: inThisProcess(() => fitKMeans(x, { columns: COLUMNS, k: K, starts: STARTS, seed: 1 }).inertia),
        theirs: await start<number>('k_means.py', order),
        rounds: 7,
        compare: (ours, theirs) => ({
          same: ours <= theirs * 1.001,
          how: `inertia ${ours.toFixed(0)} and ${theirs.toFixed(0)}`,
        }),
      });
    }),
  );
}
