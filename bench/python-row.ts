import type { BenchRow } from './bench-row.ts';
import type { Contestant } from './contestant.ts';
import { findPython, startPython } from './python-peer.ts';

type Asked = Pick<BenchRow, 'work' | 'peer' | 'reach'>;
type Start = <Result>(script: string, order: object) => Promise<Contestant<Result>>;

/**
 * Rows against scikit-learn, on as many threads as ours have; one skipped row, which says what to install, where there is none.
 */
export async function withSklearn(
  asked: Asked,
  bench: (start: Start) => Promise<BenchRow | readonly BenchRow[]>,
  threads = 1,
): Promise<readonly BenchRow[]> {
  const python = findPython();
  if (python === null)
    return [skipped(asked, 'install scikit-learn and pandas for Python 3 (python3-sklearn, python3-pandas)')];
  const rows = [await bench((script, order) => startPython(python, script, order, threads))].flat();
  return rows.map((row) => ({
    ...row,
    note: `${row.note}; ${threads === 1 ? 'one thread' : `${threads} threads`} each; scikit-learn ${python.sklearn}`,
  }));
}

/** A row that could not be measured here: it fails nothing and says what is missing. */
export function skipped(asked: Asked, why: string): BenchRow {
  const [ours_s, theirs_s, ratio] = [Number.NaN, Number.NaN, Number.NaN];
  return { ...asked, ours_s, theirs_s, ratio, same_result: false, ok: false, isSkipped: true, note: `skipped: ${why}` };
}
