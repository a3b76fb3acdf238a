import type { BackTest } from './rolling-origin.ts';
import { studentQuantile } from './tail-probability.ts';

export interface ForecastBand {
  readonly level: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Of the back-test's values, the share that fell into the band made from the other origins; null with fewer than 3. */
  readonly coverage: number | null;
  /** How many values that share was counted on. */
  readonly checked: number;
}

/** Errors of this many steps to either side are taken as those of a step: a few origins say too little of one alone. */
const NEIGHBOURS = 1;

/**
 * How far from the forecast will the value be? Bands as wide as the back-test's own errors so many steps ahead: the
 * conformal quantile of their sizes where there are enough of them, else Student's quantile times their root mean square.
 * Sizes are of logarithms of ratios when every value and forecast is above 0, so that bands stay above 0; else of differences. A
 * band never narrows with the steps. Its coverage is counted with each origin's own errors left out.
 *
 * Assumption: the errors to come are like those of the back-test. O(origins² · horizon).
 *
 * Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic Learning in a Random World, chapter 4 (inductive conformal
 * prediction); Hyndman and Athanasopoulos (2021), section 5.5.
 */
export function forecastBands(test: BackTest, forecast: Float64Array, levels: readonly number[]): ForecastBand[] {
  const isRatio =
    forecast.every((f) => f > 0) &&
    test.actual.every((values) => values.every((y) => y > 0)) &&
    test.forecast.every((values) => values.every((f) => f > 0));
  const sizes = test.actual.map((values, o) =>
    values.map((y, h) => Math.abs(isRatio ? Math.log(y / test.forecast[o]![h]!) : y - test.forecast[o]![h]!)),
  );
  const widthsWithout = (left: number, level: number): Float64Array => {
    let widest = 0;
    return forecast.map((_, h) => {
      const near: number[] = [];
      for (let o = 0; o < sizes.length; o++) {
        if (o === left) continue;
        for (let k = Math.max(0, h - NEIGHBOURS); k <= Math.min(h + NEIGHBOURS, sizes[o]!.length - 1); k++) {
          near.push(sizes[o]![k]!);
        }
      }
      widest = Math.max(widest, halfWidth(near, level));
      return widest;
    });
  };
  return levels.map((level) => {
    const widths = widthsWithout(-1, level);
    let inside = 0;
    let checked = 0;
    for (let o = 0; o < sizes.length && sizes.length >= 3; o++) {
      const others = widthsWithout(o, level);
      for (let h = 0; h < sizes[o]!.length; h++) {
        checked++;
        if (sizes[o]![h]! <= others[h]!) inside++;
      }
    }
    return {
      level,
      low: Array.from(forecast, (f, h) => (isRatio ? f * Math.exp(-widths[h]!) : f - widths[h]!)),
      high: Array.from(forecast, (f, h) => (isRatio ? f * Math.exp(widths[h]!) : f + widths[h]!)),
      coverage: checked === 0 ? null : inside / checked,
      checked,
    };
  });
}

function halfWidth(sizes: number[], level: number): number {
  const n = sizes.length;
  if (n === 0) return 0;
  const rank = Math.ceil((n + 1) * level - 1e-9);
  sizes.sort((a, b) => a - b);
  if (rank <= n) return sizes[rank - 1]!;
  const squares = sizes.reduce((sum, size) => sum + size * size, 0);
  return Math.max(sizes[n - 1]!, studentQuantile((1 - level) / 2, Math.max(1, n - 1)) * Math.sqrt(squares / n));
}
