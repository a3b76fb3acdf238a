/**
 * The lower triangle L with A = L Lᵀ, for a symmetric positive definite A (n × n, row-major), written into `lower`: a copy of A,
 * or A itself where it is not needed any more. Null when A is not positive definite to working precision.
 *
 * Golub, G. and Van Loan, C. (2013). Matrix Computations, 4th ed., algorithm 4.2.1. Cost n³/3.
 */
export function cholesky(matrix: Float64Array, n: number, lower: Float64Array = matrix.slice()): Float64Array | null {
  for (let j = 0; j < n; j++) {
    let diagonal = lower[j * n + j]!;
    const before = diagonal;
    for (let k = 0; k < j; k++) diagonal -= lower[j * n + k]! ** 2;
    // What is left of the diagonal is rounding noise when the column depends on the ones before it.
    if (!(diagonal > before * 1e-13)) return null;
    const root = Math.sqrt(diagonal);
    lower[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = lower[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = sum / root;
    }
    for (let i = 0; i < j; i++) lower[i * n + j] = 0;
  }
  return lower;
}

/** Solves A x = b from the lower triangle of A's Cholesky factor; x is a copy of b, or b itself where it is not needed any more. */
export function choleskySolve(
  lower: Float64Array,
  n: number,
  right: Float64Array,
  x: Float64Array = right.slice(),
): Float64Array {
  for (let i = 0; i < n; i++) {
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= lower[i * n + k]! * x[k]!;
    x[i] = rest / lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let rest = x[i]!;
    for (let k = i + 1; k < n; k++) rest -= lower[k * n + i]! * x[k]!;
    x[i] = rest / lower[i * n + i]!;
  }
  return x;
}

/** The inverse of A (n × n, row-major) from its Cholesky factor. */
export function choleskyInverse(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    const column = choleskySolve(lower, n, unit);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i]!;
  }
  return inverse;
}
