import type { RandomSource } from '../math/random.ts';
import { mean, standardDeviation } from '../math/statistics.ts';

/** Above this many values the bootstrap's limit is taken instead of drawing. */
const DRAW_UP_TO = 20_000;

/**
 * The bootstrap standard error of the mean of `values`: how much it varies when the values are drawn anew with replacement,
 * `draws` times. Above 20,000 values its limit, the population standard deviation ÷ √n, which it then equals to two digits.
 *
 * Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7(1).
 */
export function bootstrapStandardError(values: ArrayLike<number>, random: RandomSource, draws = 200): number {
  const n = values.length;
  if (n > DRAW_UP_TO) return standardDeviation(values) / Math.sqrt(n);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)]!;
    means[draw] = sum / n;
  }
  return n === 0 ? Number.NaN : standardDeviation(means) * Math.sqrt(draws / (draws - 1));
}

/** Mean of paired differences `a − b` with its bootstrap standard error. */
export function pairedGain(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  random: RandomSource,
): { gain: number; standardError: number } {
  const differences = Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
  return { gain: mean(differences), standardError: bootstrapStandardError(differences, random) };
}
