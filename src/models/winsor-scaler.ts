import { quantileSorted } from '../math/statistics.ts';

/** How columns were brought to one scale, so that later rows are brought to the same one; by column, plain JSON. */
export interface WinsorScaler {
  /** The 1 % and 99 % quantiles: values outside count as these. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly mean: readonly number[];
  /** Population standard deviation after winsorising; 0 for a constant column. */
  readonly deviation: readonly number[];
}

/** Learns winsor limits, means and deviations of the columns of `data` (n × p, row-major, finite). */
export function fitWinsorScaler(data: Float64Array, columns: number): WinsorScaler {
  const n = data.length / columns;
  const low: number[] = [];
  const high: number[] = [];
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let j = 0; j < columns; j++) {
    const column = Float64Array.from({ length: n }, (_, i) => data[i * columns + j]!).sort();
    const least = quantileSorted(column, 0.01);
    const most = quantileSorted(column, 0.99);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      column[i] = Math.min(most, Math.max(least, column[i]!));
      sum += column[i]!;
    }
    const centre = sum / n;
    let squares = 0;
    for (const value of column) squares += (value - centre) ** 2;
    low.push(least);
    high.push(most);
    mean.push(centre);
    deviation.push(least === most ? 0 : Math.sqrt(squares / n));
  }
  return { low, high, mean, deviation };
}

/** The rows winsorised and standardised, with the columns of `keep` alone, in that order. A constant column becomes 0. */
export function scaleRows(
  scaler: WinsorScaler,
  data: Float64Array,
  columns: number,
  keep: readonly number[],
): Float64Array {
  const n = data.length / columns;
  const scaled = new Float64Array(n * keep.length);
  for (let i = 0; i < n; i++) {
    for (const [k, j] of keep.entries()) {
      const value = Math.min(scaler.high[j]!, Math.max(scaler.low[j]!, data[i * columns + j]!));
      scaled[i * keep.length + k] = scaler.deviation[j] === 0 ? 0 : (value - scaler.mean[j]!) / scaler.deviation[j]!;
    }
  }
  return scaled;
}
