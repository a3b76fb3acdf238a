import { logGamma } from './log-gamma.ts';

/** P(X ≥ count) of a Poisson variable with mean `expected`: its own term and those behind it, until they no longer count. */
export function poissonTail(count: number, expected: number): number {
  if (count <= 0) return 1;
  if (expected <= 0) return 0;
  // Below the mean the other tail is the short one.
  if (count < expected) {
    let below = 0;
    for (let k = 0; k < count; k++) below += Math.exp(-expected + k * Math.log(expected) - logGamma(k + 1));
    return Math.max(0, 1 - below);
  }
  let term = 1;
  let sum = 1;
  for (let k = count + 1; term > sum * 1e-17; k++) {
    term *= expected / k;
    sum += term;
  }
  return Math.min(1, Math.exp(-expected + count * Math.log(expected) - logGamma(count + 1)) * sum);
}
