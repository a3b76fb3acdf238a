import { mean, quantileSorted, standardDeviation } from '../math/statistics.ts';
import { type OrderedColumn, orderedColumn } from './ordered-column.ts';

/** How raw columns become the columns of a linear model; everything in it comes from the training rows. */
export interface DesignRecipe {
  /** Of each raw column: median of the known values, which replaces a missing one; winsor limits at 1 % and 99 %. */
  readonly medians: readonly number[];
  readonly lows: readonly number[];
  readonly highs: readonly number[];
  /** The design's columns: a raw one's value or its was-missing flag, with the mean and standard deviation it is scaled by. */
  readonly columns: readonly {
    readonly raw: number;
    readonly isFlag: boolean;
    readonly mean: number;
    readonly sd: number;
  }[];
}

/**
 * Learns the recipe from `raw` (n × p, row-major, NaN = missing): winsorise at 1 % and 99 %, impute the median with a
 * was-missing flag, standardise. A column that does not vary is left out. `ordered`: each raw column in order, where that is known.
 * Cost p n log n.
 */
export function fitDesign(raw: Float64Array, p: number, ordered?: readonly OrderedColumn[]): DesignRecipe {
  const n = raw.length / p;
  const medians: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  const columns: { raw: number; isFlag: boolean; mean: number; sd: number }[] = [];
  const values = new Float64Array(n);
  const keep = (j: number, isFlag: boolean): void => {
    for (let i = 0; i < n; i++) values[i] = plainValue(raw[i * p + j]!, j, isFlag, medians, lows, highs);
    const sd = standardDeviation(values);
    if (sd > 1e-9) columns.push({ raw: j, isFlag, mean: mean(values), sd });
  };
  for (let j = 0; j < p; j++) {
    const { ascending } = ordered?.[j] ?? orderedColumn(raw, p, j);
    const count = ascending.length;
    const [middle, low, high] = [0.5, 0.01, 0.99].map((share) => quantileSorted(ascending, share));
    medians.push(count === 0 ? 0 : middle!);
    lows.push(count === 0 ? 0 : low!);
    highs.push(count === 0 ? 0 : high!);
    keep(j, false);
    if (count > 0 && count < n) keep(j, true);
  }
  return { medians, lows, highs, columns };
}

/** The design (n × recipe.columns.length, row-major, standardised) of raw rows (n × p, row-major). */
export function applyDesign(recipe: DesignRecipe, raw: Float64Array): Float64Array {
  const p = recipe.medians.length;
  const n = p === 0 ? 0 : raw.length / p;
  const q = recipe.columns.length;
  const design = new Float64Array(n * q);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < q; c++) {
      const column = recipe.columns[c]!;
      const value = plainValue(
        raw[i * p + column.raw]!,
        column.raw,
        column.isFlag,
        recipe.medians,
        recipe.lows,
        recipe.highs,
      );
      design[i * q + c] = (value - column.mean) / column.sd;
    }
  }
  return design;
}

function plainValue(
  value: number,
  j: number,
  isFlag: boolean,
  medians: readonly number[],
  lows: readonly number[],
  highs: readonly number[],
): number {
  const isMissing = Number.isNaN(value);
  if (isFlag) return isMissing ? 1 : 0;
  return isMissing ? medians[j]! : Math.min(highs[j]!, Math.max(lows[j]!, value));
}
