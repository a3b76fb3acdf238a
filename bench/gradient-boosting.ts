import { areaUnderCurve } from '../src/models/classification-metrics.ts';
import { fitGradientBoosting, gradientBoostingScores } from '../src/models/gradient-boosting.ts';
import type { BenchRow } from './bench-row.ts';
import { inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import { labelledRows } from './made-up-rows.ts';
import { withSklearn } from './python-row.ts';
import { inTemporaryFolder, writeArrays } from './temporary-files.ts';

const [ROWS, HELD_OUT, COLUMNS, TREES] = [100_000, 20_000, 20, 100];
const ASKED = {
  work: `gradient boosting, ${ROWS.toLocaleString('en')} × ${COLUMNS}, ${TREES} trees of 31 leaves`,
  peer: 'sklearn HistGradientBoosting',
  reach: 1.5,
};
const GROWTH = { trees: TREES, learningRate: 0.1, maxLeaves: 31, minLeaf: 20, l2: 0 };
const SAME_AUC = 0.005;

/** Churn by trees: as good on rows that neither has seen, fitting and scoring them counted. */
export function benchGradientBoosting(): Promise<readonly BenchRow[]> {
  return withSklearn(ASKED, (start) =>
    inTemporaryFolder(async (folder) => {
      const all = labelledRows(ROWS + HELD_OUT, COLUMNS, true, 3);
      const x = all.x.slice(0, ROWS * COLUMNS);
      const heldOut = all.x.slice(ROWS * COLUMNS);
      const [y, outcomes] = [all.y.slice(0, ROWS), all.y.slice(ROWS)];
      const order = { ...(await writeArrays(folder, { x, y, heldOut })), columns: COLUMNS, ...GROWTH };
      return duel({
        ...ASKED,
        ours: inThisProcess(() =>
          gradientBoostingScores(fitGradientBoosting(x, y, COLUMNS, { loss: 'log-loss', ...GROWTH }), heldOut),
        ),
        theirs: await start<number[]>('boosting.py', order),
        rounds: 3,
        compare: (ours, theirs) => {
          const [our, their] = [areaUnderCurve(ours, outcomes), areaUnderCurve(theirs, outcomes)];
          return { same: our >= their - SAME_AUC, how: `AUC ${our.toFixed(4)} and ${their.toFixed(4)}` };
        },
      });
    }),
  );
}
