import { mean } from '../math/statistics.ts';
import type { EtsForm } from './ets-states.ts';
import { decompose, lineThrough } from './seasonal-decomposition.ts';

const LOW = 1e-4;
const HIGH = 0.9999;
/** Seasonal indices are kept away from 0 and below. */
const LEAST_INDEX = 1e-2;

/**
 * Where the search for an ETS model starts: α, then β, γ and φ as far as the form has them; level and slope of the first
 * values without their season; the seasonal states but that of the first value, the latest first. Null for fewer than four
 * values where there is a season.
 *
 * Hyndman, R., Koehler, A., Snyder, R. and Grose, S. (2002). A state space framework for automatic forecasting. International
 * Journal of Forecasting 18, section 3.
 */
export function etsStart(series: ArrayLike<number>, form: EtsForm, period: number): Float64Array | null {
  const n = series.length;
  const alpha = LOW + (0.2 * (HIGH - LOW)) / period;
  const weights = [alpha];
  if (form.trend !== 'N') weights.push(LOW + 0.1 * (Math.min(HIGH, alpha) - LOW));
  if (form.season !== 'N') weights.push(LOW + 0.05 * (Math.min(HIGH, 1 - alpha) - LOW));
  if (form.trend === 'Ad') weights.push(0.8 + 0.99 * 0.18);
  let adjusted = Float64Array.from(series);
  let season: number[] = [];
  if (form.season !== 'N') {
    if (n < 4 || n <= period) return null;
    const isMultiplicative = form.season === 'M';
    const pattern =
      n < 3 * period ? roughSeason(series, period, isMultiplicative) : repeated(series, period, isMultiplicative);
    season = [...pattern.subarray(1, period)].reverse();
    adjusted = adjusted.map((y, t) => (isMultiplicative ? y / Math.max(pattern[t]!, LEAST_INDEX) : y - pattern[t]!));
    if (isMultiplicative) {
      season = season.map((index) => Math.max(index, LEAST_INDEX));
      const sum = season.reduce((total, index) => total + index, 0);
      // The state of the first value must stay above 0.
      if (sum > period) season = season.map((index) => index / (sum + season.length * LEAST_INDEX));
    }
  }
  const early = adjusted.subarray(0, Math.min(Math.max(10, 2 * period), n));
  if (form.trend === 'N') return Float64Array.from([...weights, mean(early), ...season]);
  let { intercept, slope } = lineThrough(early, 1);
  if (Math.abs(intercept + slope) < 1e-8) {
    intercept *= 1 + 1e-3;
    slope *= 1 - 1e-3;
  }
  return Float64Array.from([...weights, intercept, slope, ...season]);
}

function repeated(series: ArrayLike<number>, period: number, isMultiplicative: boolean): Float64Array {
  const { figure } = decompose(series, period, isMultiplicative);
  return Float64Array.from({ length: series.length }, (_, t) => figure[t % period]!);
}

/** What a line and one wave a season leave of a series shorter than three seasons. */
function roughSeason(series: ArrayLike<number>, period: number, isMultiplicative: boolean): Float64Array {
  const n = series.length;
  const columns = [
    () => 1,
    (t: number) => t,
    (t: number) => Math.cos((2 * Math.PI * t) / period),
    ...(period > 2 ? [(t: number) => Math.sin((2 * Math.PI * t) / period)] : []),
  ];
  const k = columns.length;
  const system = Array.from({ length: k }, () => new Float64Array(k + 1));
  for (let t = 1; t <= n; t++) {
    const x = columns.map((column) => column(t));
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) system[i]![j] = system[i]![j]! + x[i]! * x[j]!;
      system[i]![k] = system[i]![k]! + x[i]! * series[t - 1]!;
    }
  }
  const [intercept = 0, slope = 0] = solve(system);
  return Float64Array.from({ length: n }, (_, t) => {
    const line = intercept + slope * (t + 1);
    return isMultiplicative ? series[t]! / line : series[t]! - line;
  });
}

/** Gauss's elimination with pivots; a column without one gets 0. */
function solve(system: Float64Array[]): number[] {
  const k = system.length;
  for (let c = 0; c < k; c++) {
    let pivot = c;
    for (let r = c + 1; r < k; r++) if (Math.abs(system[r]![c]!) > Math.abs(system[pivot]![c]!)) pivot = r;
    [system[c], system[pivot]] = [system[pivot]!, system[c]!];
    if (Math.abs(system[c]![c]!) < 1e-12) continue;
    for (let r = 0; r < k; r++) {
      if (r === c) continue;
      const factor = system[r]![c]! / system[c]![c]!;
      for (let j = c; j <= k; j++) system[r]![j] = system[r]![j]! - factor * system[c]![j]!;
    }
  }
  return system.map((row, c) => (Math.abs(row[c]!) < 1e-12 ? 0 : row[k]! / row[c]!));
}
