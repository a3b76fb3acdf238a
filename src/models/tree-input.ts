import { KithError } from '../lib/errors.ts';
import { rowsOrAll } from './learner-input.ts';

/**
 * The rows a tree learner fits on, after a check of what it was given: `x` n × p and row-major, where NaN is a missing
 * value; `y` n finite outcomes that are not all the same, 0 or 1 when `isBinary`. Throws `model-input` otherwise.
 */
export function treeRows(
  x: Float64Array,
  y: ArrayLike<number>,
  columns: number,
  options: { readonly rows?: Int32Array; readonly isBinary: boolean },
): Int32Array {
  if (!Number.isInteger(columns) || columns < 1) {
    throw new KithError('model-input', `A tree was given ${columns} columns; give it 1 or more`);
  }
  if (x.length !== y.length * columns) {
    throw new KithError(
      'model-input',
      `${y.length} outcomes need ${y.length * columns} values in ${columns} columns, not ${x.length}`,
    );
  }
  const rows = rowsOrAll(y.length, options.rows);
  if (rows.length === 0) throw new KithError('model-input', 'A tree was given 0 rows to fit on; give it some');
  let isConstant = true;
  for (const row of rows) {
    if (!(row >= 0 && row < y.length)) {
      throw new KithError('model-input', `Row ${row} is to be fitted on, but there are ${y.length} rows`);
    }
    const outcome = y[row]!;
    if (options.isBinary ? outcome !== 0 && outcome !== 1 : !Number.isFinite(outcome)) {
      throw new KithError(
        'model-input',
        `The outcome of row ${row} is ${outcome}; give ${options.isBinary ? '0 or 1' : 'a finite number'}`,
      );
    }
    if (outcome !== y[rows[0]!]) isConstant = false;
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      if (x[at] === Number.POSITIVE_INFINITY || x[at] === Number.NEGATIVE_INFINITY) {
        throw new KithError(
          'model-input',
          `Row ${row}, column ${at - row * columns} is ${x[at]}; cap it or leave it out`,
        );
      }
    }
  }
  if (isConstant) {
    throw new KithError(
      'model-input',
      `All ${rows.length} outcomes are the same (${y[rows[0]!]}); a tree needs outcomes that differ`,
    );
  }
  return rows;
}

/** Throws `model-input` unless the rows of `x` have as many columns as the trees were fitted on. */
export function checkTreeColumns(x: Float64Array, columns: number): void {
  if (x.length % columns !== 0) {
    throw new KithError('model-input', `${x.length} values are not rows of ${columns} columns; give n × ${columns}`);
  }
}

/** Throws `model-input` unless `value` is a number between `least` and `most`, whole or without limit where it counts something. */
export function checkTreeSetting(
  name: string,
  value: number,
  least: number,
  isWhole: boolean,
  most = Number.POSITIVE_INFINITY,
): void {
  const isRight = value >= least && value <= most && (!isWhole || Number.isInteger(value) || value === most);
  if (isRight) return;
  const range = most === Number.POSITIVE_INFINITY ? `from ${least} up` : `from ${least} to ${most}`;
  throw new KithError('model-input', `${name} is ${value}; give ${isWhole ? 'a whole number' : 'a number'} ${range}`);
}
