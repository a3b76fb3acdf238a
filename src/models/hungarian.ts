/**
 * Who goes with whom at the least total cost? The assignment problem by the Hungarian method with potentials (Jonker and
 * Volgenant's shortest augmenting paths). `cost` is rows × columns, row-major, finite, rows ≤ columns. Returns the column
 * of each row; no column is given twice. Cost: rows² · columns.
 */
export function hungarian(cost: Float64Array, rows: number, columns: number): Int32Array {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  // Row 0 and column 0 are the method's own; the caller's are shifted by one.
  const rowOf = new Int32Array(columns + 1);
  const previous = new Int32Array(columns + 1);
  const slack = new Float64Array(columns + 1);
  const isDone = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    slack.fill(Number.POSITIVE_INFINITY);
    isDone.fill(0);
    do {
      isDone[column] = 1;
      const current = rowOf[column]!;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let c = 1; c <= columns; c++) {
        if (isDone[c]) continue;
        const reduced = cost[(current - 1) * columns + c - 1]! - rowPotential[current]! - columnPotential[c]!;
        if (reduced < slack[c]!) {
          slack[c] = reduced;
          previous[c] = column;
        }
        if (slack[c]! < step) {
          step = slack[c]!;
          next = c;
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (isDone[c]) {
          rowPotential[rowOf[c]!]! += step;
          columnPotential[c]! -= step;
        } else {
          slack[c]! -= step;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const back = previous[column]!;
      rowOf[column] = rowOf[back]!;
      column = back;
    }
  }
  const columnOf = new Int32Array(rows);
  for (let c = 1; c <= columns; c++) if (rowOf[c]! > 0) columnOf[rowOf[c]! - 1] = c - 1;
  return columnOf;
}
