import type { Minimum } from './minimise.ts';

/** What stands for a value that is not finite. */
const TOO_HIGH = 1e35;
const REFLECTION = 1;
const CONTRACTION = 0.5;
const EXPANSION = 2;

/**
 * A local minimum of a function of n variables near `start` by Nelder–Mead's simplex, for functions with kinks or forbidden
 * regions (a value that is not finite counts as too high; at `start` it must be finite). The first simplex steps a tenth of
 * the largest start value along every axis, and the search ends when the values at its corners agree to `tolerance`.
 *
 * Nelder, J. and Mead, R. (1965). A simplex method for function minimization. The Computer Journal 7(4); in the form of Nash,
 * J. (1990). Compact Numerical Methods for Computers, 2nd ed., algorithm 19, which R's `optim` follows.
 */
export function nelderMead(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: { readonly maxEvaluations?: number; readonly tolerance?: number } = {},
): Minimum {
  const { maxEvaluations = 2000, tolerance = Math.sqrt(Number.EPSILON) } = options;
  const n = start.length;
  const x = Float64Array.from(start);
  const value = f(x);
  if (!Number.isFinite(value) || n === 0) return { x, value, converged: n === 0, iterations: 0 };
  const enough = tolerance * (Math.abs(value) + tolerance);
  const corners = Array.from({ length: n + 1 }, () => Float64Array.from(start));
  const values = new Float64Array(n + 1);
  values[0] = value;
  let step = 0;
  for (let i = 0; i < n; i++) step = Math.max(step, 0.1 * Math.abs(x[i]!));
  if (step === 0) step = 0.1;
  for (let i = 0; i < n; i++) corners[i + 1]![i] = x[i]! + step;
  const at = (point: Float64Array): number => {
    evaluations++;
    const found = f(point);
    return Number.isFinite(found) ? found : TOO_HIGH;
  };
  const middle = new Float64Array(n);
  const tried = new Float64Array(n);
  const further = new Float64Array(n);
  let evaluations = 1;
  let size = n * step * 10;
  let low = 0;
  let converged = false;
  let isNew = true;
  while (evaluations <= maxEvaluations) {
    if (isNew) for (let j = 0; j <= n; j++) if (j !== low) values[j] = at(corners[j]!);
    isNew = false;
    let high = low;
    for (let j = 0; j <= n; j++) {
      if (values[j]! < values[low]!) low = j;
      if (values[j]! > values[high]!) high = j;
    }
    const worst = corners[high]!;
    const most = values[high]!;
    if (most <= values[low]! + enough) {
      converged = true;
      break;
    }
    for (let i = 0; i < n; i++) {
      let sum = -worst[i]!;
      for (const corner of corners) sum += corner[i]!;
      middle[i] = sum / n;
      tried[i] = (1 + REFLECTION) * middle[i]! - REFLECTION * worst[i]!;
    }
    const reflected = at(tried);
    if (reflected < values[low]!) {
      for (let i = 0; i < n; i++) further[i] = EXPANSION * tried[i]! + (1 - EXPANSION) * middle[i]!;
      const expanded = at(further);
      worst.set(expanded < reflected ? further : tried);
      values[high] = Math.min(expanded, reflected);
      continue;
    }
    if (reflected < most) {
      worst.set(tried);
      values[high] = reflected;
    }
    for (let i = 0; i < n; i++) tried[i] = (1 - CONTRACTION) * worst[i]! + CONTRACTION * middle[i]!;
    const contracted = at(tried);
    if (contracted < values[high]!) {
      worst.set(tried);
      values[high] = contracted;
    } else if (reflected >= most) {
      const best = corners[low]!;
      let shrunk = 0;
      for (let j = 0; j <= n; j++) {
        if (j === low) continue;
        for (let i = 0; i < n; i++) {
          corners[j]![i] = CONTRACTION * (corners[j]![i]! - best[i]!) + best[i]!;
          shrunk += Math.abs(corners[j]![i]! - best[i]!);
        }
      }
      if (shrunk >= size) break;
      size = shrunk;
      isNew = true;
    }
  }
  for (let j = 0; j <= n; j++) if (values[j]! < values[low]!) low = j;
  return { x: Float64Array.from(corners[low]!), value: values[low]!, converged, iterations: evaluations };
}
