/** Rows with few values each: row r holds `values` at `columns[offsets[r] … offsets[r + 1]]`, ascending and without repeats. */
export interface SparseRows {
  /** How many columns there are. */
  readonly width: number;
  /** Int32Array[rows + 1]. */
  readonly offsets: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** The same values by column: row c of the result holds column c's. O(values + rows + columns). */
export function transposed(rows: SparseRows): SparseRows {
  const count = rows.offsets.length - 1;
  const offsets = new Int32Array(rows.width + 1);
  for (const column of rows.columns) offsets[column + 1]!++;
  for (let c = 0; c < rows.width; c++) offsets[c + 1]! += offsets[c]!;
  const next = offsets.slice(0, rows.width);
  const columns = new Int32Array(rows.columns.length);
  const values = new Float64Array(rows.columns.length);
  for (let r = 0; r < count; r++) {
    for (let e = rows.offsets[r]!; e < rows.offsets[r + 1]!; e++) {
      const at = next[rows.columns[e]!]!++;
      columns[at] = r;
      values[at] = rows.values[e]!;
    }
  }
  return { width: count, offsets, columns, values };
}

/** Products of one row with many, of which only the rows that share a column with it are written. */
export interface RowProducts {
  /** Float64Array[rows]: Σ of x · y over the columns that both rows have; 0 for a row that was not met. */
  readonly sums: Float64Array;
  /** The rows that share a column, in the order met. */
  readonly met: Int32Array;
}

/**
 * Multiplies one row after another with all rows of a matrix that is given by column. What is returned is overwritten by the
 * next call. One row costs the values in its columns, so all of them Σ (values in a column)²; memory is 12 bytes a row of the
 * matrix, never rows × rows.
 */
export function rowProducts(byColumn: SparseRows): (row: number, of: SparseRows) => RowProducts {
  const rows = byColumn.width;
  const sums = new Float64Array(rows);
  const isMet = new Uint8Array(rows);
  const order = new Int32Array(rows);
  let met = 0;
  return (row, of) => {
    for (let m = 0; m < met; m++) {
      sums[order[m]!] = 0;
      isMet[order[m]!] = 0;
    }
    met = 0;
    for (let e = of.offsets[row]!; e < of.offsets[row + 1]!; e++) {
      const column = of.columns[e]!;
      const x = of.values[e]!;
      for (let f = byColumn.offsets[column]!; f < byColumn.offsets[column + 1]!; f++) {
        const other = byColumn.columns[f]!;
        if (isMet[other] === 0) {
          isMet[other] = 1;
          order[met++] = other;
        }
        sums[other]! += x * byColumn.values[f]!;
      }
    }
    return { sums, met: order.subarray(0, met) };
  };
}
