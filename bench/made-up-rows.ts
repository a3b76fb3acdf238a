import { normal, seededRandom } from '../src/math/random.ts';

/** Rows around `k` centres that overlap a little: n × p, row-major. */
export function clusteredRows(n: number, p: number, k: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const centres = Float64Array.from({ length: k * p }, () => 3 * normal(random));
  const x = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    const centre = Math.floor(random() * k) * p;
    for (let j = 0; j < p; j++) x[i * p + j] = centres[centre + j]! + 1.5 * normal(random);
  }
  return x;
}

/** Standard normal columns and an outcome whose log-odds are a weighted sum of them, with two bends where `isBent`. */
export function labelledRows(
  n: number,
  p: number,
  isBent: boolean,
  seed: number,
): { x: Float64Array; y: Float64Array } {
  const random = seededRandom(seed);
  const weights = Float64Array.from({ length: p }, () => 0.5 * normal(random));
  const x = new Float64Array(n * p);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let odds = -0.5;
    for (let j = 0; j < p; j++) {
      const value = normal(random);
      x[i * p + j] = value;
      odds += weights[j]! * value;
    }
    if (isBent) odds += x[i * p]! * x[i * p + 1]! - Math.abs(x[i * p + 2]!);
    y[i] = random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  }
  return { x, y };
}
