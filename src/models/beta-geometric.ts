import { distinctValues } from '../math/distinct-values.ts';
import { type BuyingHistory, type BuyingRows, buyingRows } from './buying-history.ts';
import { fitFromStarts, type StartOptions } from './fit-from-starts.ts';

/** Parameters of BG/NBD and MBG/NBD, in the history's unit of time. */
export interface BetaGeometric {
  /** Purchase rates are gamma with shape r and rate alpha (per unit of time). */
  readonly r: number;
  readonly alpha: number;
  /** Chances to leave after a purchase are beta(a, b). */
  readonly a: number;
  readonly b: number;
  /** Σ weight · log-likelihood, in the history's unit of time and without the penalty. */
  readonly logLikelihood: number;
  /** Always so: a fit that does not converge is refused. */
  readonly converged: true;
  readonly starts: number;
}

/** 1 where a customer may leave after its first purchase as well (MBG/NBD), 0 where only after a repeat purchase (BG/NBD). */
export type FirstChance = 0 | 1;

/**
 * Maximum likelihood of both beta-geometric models, which differ by one throw of the coin: a customer with x repeat purchases
 * has stayed x + `firstChance` times. See `fitBgNbd` and `fitMbgNbd`. Cost: about 100 passes over the distinct rows a start.
 */
export function fitBetaGeometric(
  model: string,
  history: BuyingHistory,
  firstChance: FirstChance,
  options: StartOptions,
): BetaGeometric {
  const rows = buyingRows(history);
  const loss = negativeLogLikelihood(rows, firstChance);
  const { parameters, logLikelihood, starts } = fitFromStarts(model, loss, [1, 1, 1, 1], {
    ...options,
    hasSlope: true,
  });
  const [r, alpha, a, b] = parameters;
  let repeats = 0;
  for (let i = 0; i < rows.count; i++) repeats += rows.weight[i]! * rows.x[i]!;
  return {
    r: r!,
    alpha: alpha! * rows.unit,
    a: a!,
    b: b!,
    // The density of x purchase times in another unit of time differs by that unit to the power x.
    logLikelihood: logLikelihood - repeats * Math.log(rows.unit),
    converged: true,
    starts,
  };
}

/**
 * With β = b + x + firstChance, of which β − 1 > 0 whenever a customer can have left, a row's likelihood is
 * Γ(r + x) ÷ Γ(r) · α^r (α + T)^−(r + x) · B(a, β) ÷ B(a, b) · (1 + a ÷ (β − 1) · ((α + T) ÷ (α + t_x))^(r + x)).
 * Ratios of gamma and beta functions whose arguments are whole numbers apart are products, tabled by x. Many rows have the
 * same age (whole days), so that what depends on it alone is tabled, too.
 */
function negativeLogLikelihood(rows: BuyingRows, firstChance: FirstChance) {
  const size = rows.mostRepeats + 1;
  const constant = new Float64Array(size);
  const byR = new Float64Array(size);
  const byA = new Float64Array(size);
  const byB = new Float64Array(size);
  const logLeaves = new Float64Array(size);
  const { distinct: ages, group: ageOf } = distinctValues(rows.age);
  const logAges = new Float64Array(ages.length);
  return (parameters: Float64Array, slope: Float64Array | null): number => {
    const r = parameters[0]!;
    const alpha = parameters[1]!;
    const a = parameters[2]!;
    const b = parameters[3]!;
    const logAlpha = Math.log(alpha);
    tabulate(r, a, b, firstChance, constant, byR, byA, byB);
    for (let x = 1 - firstChance; x < size; x++) logLeaves[x] = Math.log(a / (b + x + firstChance - 1));
    for (let k = 0; k < ages.length; k++) logAges[k] = Math.log1p(ages[k]! / alpha);
    let sum = 0;
    let slopeR = 0;
    let slopeAlpha = 0;
    let slopeA = 0;
    let slopeB = 0;
    for (let i = 0; i < rows.count; i++) {
      const x = rows.x[i]!;
      const age = rows.age[i]!;
      const recency = rows.recency[i]!;
      const weight = rows.weight[i]!;
      const silent = age - recency;
      const logAge = logAges[ageOf[i]!]!;
      const wait = recency === 0 ? logAge : Math.log1p(silent / (alpha + recency));
      const canHaveLeft = x + firstChance > 0;
      // ln(1 + e^odds) and, for the slope, 1 ÷ (1 + e^−odds), both from e to the power −|odds|.
      const odds = canHaveLeft ? logLeaves[x]! + (r + x) * wait : Number.NEGATIVE_INFINITY;
      const power = Math.exp(odds > 0 ? -odds : odds);
      const softplus = Math.max(odds, 0) + Math.log1p(power);
      // x ln(α + T) = x ln α + x ln(1 + T/α)
      sum += weight * (constant[x]! - (r + x) * logAge - x * logAlpha + softplus);
      if (slope === null) continue;
      const left = odds >= 0 ? 1 / (1 + power) : power / (1 + power);
      slopeR += weight * (byR[x]! - logAge + left * wait);
      slopeAlpha +=
        weight * (r / alpha - (r + x) / (alpha + age) - (left * (r + x) * silent) / (alpha + age) / (alpha + recency));
      slopeA += weight * (byA[x]! + left / a);
      slopeB += weight * (byB[x]! - (canHaveLeft ? left / (b + x + firstChance - 1) : 0));
    }
    if (slope !== null) {
      slope[0] = -r * slopeR;
      slope[1] = -alpha * slopeAlpha;
      slope[2] = -a * slopeA;
      slope[3] = -b * slopeB;
    }
    return -sum;
  };
}

function tabulate(
  r: number,
  a: number,
  b: number,
  firstChance: FirstChance,
  constant: Float64Array,
  byR: Float64Array,
  byA: Float64Array,
  byB: Float64Array,
): void {
  constant[0] = 0;
  byR[0] = 0;
  byA[0] = 0;
  byB[0] = 0;
  if (firstChance === 1) {
    constant[0] = -Math.log1p(a / b);
    byA[0] = -1 / (a + b);
    byB[0] = a / b / (a + b);
  }
  for (let x = 1; x < constant.length; x++) {
    const j = x - 1 + firstChance;
    constant[x] = constant[x - 1]! + Math.log(r + x - 1) - Math.log1p(a / (b + j));
    byR[x] = byR[x - 1]! + 1 / (r + x - 1);
    byA[x] = byA[x - 1]! - 1 / (a + b + j);
    byB[x] = byB[x - 1]! + a / (b + j) / (a + b + j);
  }
}
