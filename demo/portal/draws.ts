import { normal, type RandomSource } from '../../src/math/random.ts';

export function chance(random: RandomSource, probability: number): boolean {
  return random() < probability;
}

export function pick<T>(random: RandomSource, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** A whole number from `low` to `high`, both included. */
export function between(random: RandomSource, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

export function exponential(random: RandomSource, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Erlang: a gamma draw of whole shape, so that gaps keep a rhythm (coefficient of variation 1 ÷ √shape). */
export function erlang(random: RandomSource, shape: number, mean: number): number {
  let product = 1;
  for (let i = 0; i < shape; i++) product *= 1 - random();
  return (-mean / shape) * Math.log(product);
}

export function logNormal(random: RandomSource, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

/** The index of a weight, drawn in proportion to it. */
export function weighted(random: RandomSource, weights: readonly number[]): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
