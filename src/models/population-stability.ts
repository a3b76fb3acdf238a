import { quantileSorted, sorted } from '../math/statistics.ts';

/**
 * Answers: how far has a distribution moved? The population stability index: Σ (b − a) log(b ÷ a) over `bins` equally filled
 * bins of `before`, a and b the shares before and now. Below 0.1 is usually called stable, above 0.25 moved.
 *
 * Missing values (NaN) are a bin of their own. Half a row is added to each bin, so that an empty one stays finite; with few
 * rows the index is large by chance alone, about (bins − 1) (1/n + 1/m). NaN without values on either side.
 *
 * Siddiqi, N. (2006). Credit Risk Scorecards, chapter 9.
 */
export function populationStability(before: ArrayLike<number>, now: ArrayLike<number>, bins = 10): number {
  if (before.length === 0 || now.length === 0) return Number.NaN;
  const ascending = sorted(Float64Array.from(before).filter((value) => !Number.isNaN(value)));
  const edges: number[] = [];
  for (let k = 1; k < bins && ascending.length > 0; k++) {
    const edge = quantileSorted(ascending, k / bins);
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  const a = sharesIn(before, edges);
  const b = sharesIn(now, edges);
  return a.reduce((sum, share, bin) => sum + (b[bin]! - share) * Math.log(b[bin]! / share), 0);
}

function sharesIn(values: ArrayLike<number>, edges: readonly number[]): Float64Array {
  const counts = new Float64Array(edges.length + 2).fill(0.5);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let bin = edges.length + 1;
    if (!Number.isNaN(value)) for (bin = 0; bin < edges.length && value > edges[bin]!; ) bin++;
    counts[bin]! += 1;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}
