import { quantileSorted } from '../math/statistics.ts';
import { countUpTo, type OrderedColumn } from './ordered-column.ts';

/**
 * Answers: how far has a distribution moved? The population stability index: Σ (b − a) log(b ÷ a) over `bins` equally filled
 * bins of `before`, a and b the shares before and now. Below 0.1 is usually called stable, above 0.25 moved.
 *
 * Missing values are a bin of their own. Half a row is added to each bin, so that an empty one stays finite; with few
 * rows the index is large by chance alone, about (bins − 1) (1/n + 1/m). NaN without values on either side.
 *
 * Siddiqi, N. (2006). Credit Risk Scorecards, chapter 9.
 */
export function populationStability(before: OrderedColumn, now: OrderedColumn, bins = 10): number {
  if (rowsIn(before) === 0 || rowsIn(now) === 0) return Number.NaN;
  const edges: number[] = [];
  for (let k = 1; k < bins && before.ascending.length > 0; k++) {
    const edge = quantileSorted(before.ascending, k / bins);
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  const a = sharesIn(before, edges);
  const b = sharesIn(now, edges);
  return a.reduce((sum, share, bin) => sum + (b[bin]! - share) * Math.log(b[bin]! / share), 0);
}

function rowsIn({ ascending, missing }: OrderedColumn): number {
  return ascending.length + missing;
}

function sharesIn({ ascending, missing }: OrderedColumn, edges: readonly number[]): Float64Array {
  const ends = [...edges.map((edge) => countUpTo(ascending, edge)), ascending.length];
  const counts = Float64Array.from(
    [...ends.map((end, bin) => end - (ends[bin - 1] ?? 0)), missing],
    (count) => count + 0.5,
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}
