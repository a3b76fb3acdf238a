import { KithError } from '../lib/errors.ts';

/** The positions asked for, or all `n` of them. */
export function rowsOrAll(n: number, rows: Int32Array | undefined): Int32Array {
  if (rows !== undefined) return rows;
  const all = new Int32Array(n);
  for (let i = 0; i < n; i++) all[i] = i;
  return all;
}

/**
 * Throws `model-input` unless `x` (n × p, row-major) has a value for each of the n outcomes and p columns, there is a row to
 * fit on, and every value and outcome of those rows is finite.
 */
export function checkLearnerInput(x: Float64Array, y: ArrayLike<number>, columns: number, rows: Int32Array): void {
  if (x.length !== y.length * columns) {
    throw new KithError(
      'model-input',
      `${y.length} outcomes need ${y.length * columns} values in ${columns} columns, not ${x.length}`,
    );
  }
  if (rows.length === 0) throw new KithError('model-input', 'There are no rows to fit on; give at least one');
  for (const row of rows) {
    if (row < 0 || row >= y.length) {
      throw new KithError('model-input', `Row ${row} does not exist; positions run from 0 to ${y.length - 1}`);
    }
    if (!Number.isFinite(y[row]!)) {
      throw new KithError('model-input', `The outcome of row ${row} is ${y[row]}; leave out rows without an outcome`);
    }
    for (let j = 0; j < columns; j++) {
      if (!Number.isFinite(x[row * columns + j]!)) {
        throw new KithError(
          'model-input',
          `Row ${row}, column ${j} is ${x[row * columns + j]}; impute missing values first`,
        );
      }
    }
  }
}

/** Throws `model-input` unless the outcomes of `rows` are 0 or 1 and both occur. */
export function checkBothOutcomes(y: ArrayLike<number>, rows: Int32Array, method: string): void {
  let positives = 0;
  for (const row of rows) {
    if (y[row] !== 0 && y[row] !== 1) {
      throw new KithError('model-input', `The outcome of row ${row} is ${y[row]}; ${method} needs 0 or 1`);
    }
    positives += y[row]!;
  }
  if (positives === 0 || positives === rows.length) {
    throw new KithError('model-input', `All ${rows.length} outcomes are the same; ${method} needs both`);
  }
}
