import { fitRidgeLogistic } from '../src/models/ridge-logistic.ts';
import type { BenchRow } from './bench-row.ts';
import { inThisProcess } from './contestant.ts';
import { duel } from './duel.ts';
import { labelledRows } from './made-up-rows.ts';
import { withSklearn } from './python-row.ts';
import { inTemporaryFolder, writeArrays } from './temporary-files.ts';

const [ROWS, COLUMNS] = [100_000, 20];
const ASKED = {
  work: `ridge logistic, ${ROWS.toLocaleString('en')} × ${COLUMNS}`,
  peer: 'sklearn LogisticRegression',
  reach: 1,
};
const PENALTY = 1;
/** Its default solver, and the one that is made for many rows of few columns. */
const SOLVERS = ['lbfgs', 'newton-cholesky'];
/** At scikit-learn's own 1e-4 its coefficients are further off than the 1e-4 that are asked. */
const TOLERANCE = 1e-6;
const SAME = 1e-4;

/** Churn by weighted sum: the same coefficients as scikit-learn's. */
export function benchRidgeLogistic(): Promise<readonly BenchRow[]> {
  return withSklearn(ASKED, (start) =>
    inTemporaryFolder(async (folder) => {
      const { x, y } = labelledRows(ROWS, COLUMNS, false, 2);
      const order = { ...(await writeArrays(folder, { x, y })), columns: COLUMNS, penalty: PENALTY };
      const rows: BenchRow[] = [];
      for (const solver of SOLVERS) {
        rows.push(
          await duel({
            ...ASKED,
            peer: `${ASKED.peer}, ${solver}`,
            ours: inThisProcess(() => {
              const { intercept, coefficients } = fitRidgeLogistic(x, y, COLUMNS, { penalty: PENALTY });
              return [intercept, ...coefficients];
            }),
            theirs: await start<number[]>('ridge_logistic.py', { ...order, solver, tolerance: TOLERANCE }),
            rounds: 9,
            compare: (ours, theirs) => {
              const apart = Math.max(...ours.map((value, j) => Math.abs(value - theirs[j]!)));
              return { same: apart <= SAME, how: `coefficients at most ${apart.toExponential(0)} apart` };
            },
          }),
        );
      }
      return rows;
    }),
  );
}
