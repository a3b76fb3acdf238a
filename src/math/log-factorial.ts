const SMALL = 256;
const table = new Float64Array(SMALL);
for (let n = 2; n < SMALL; n++) table[n] = table[n - 1]! + Math.log(n);

/**
 * ln n! for whole n ≥ 0: summed below 256, Stirling's series above (its first omitted term is below 1e-19 there, so what
 * remains is the rounding of a double).
 */
export function logFactorial(n: number): number {
  if (n < SMALL) return table[n]!;
  const inverse = 1 / n;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square / 1260));
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}
