import { normal, type RandomSource } from '../../../src/math/random.ts';

/** Gamma with a shape and a rate (Marsaglia and Tsang 2000). */
export function gammaDraw(shape: number, rate: number, random: RandomSource): number {
  if (shape < 1) return gammaDraw(shape + 1, rate, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normal(random);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return (d * v) / rate;
  }
}

export function betaDraw(a: number, b: number, random: RandomSource): number {
  const first = gammaDraw(a, 1, random);
  return first / (first + gammaDraw(b, 1, random));
}

export function exponentialDraw(rate: number, random: RandomSource): number {
  return -Math.log(1 - random()) / rate;
}
