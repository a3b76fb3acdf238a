import { KithError } from '../lib/errors.ts';
import { digamma } from '../math/digamma.ts';
import { distinctValues } from '../math/distinct-values.ts';
import { logGamma } from '../math/log-gamma.ts';
import { fitFromStarts, type StartOptions } from './fit-from-starts.ts';

/** Plain JSON; v in the unit of the amounts. */
export interface GammaGamma {
  /** Amounts of a customer are gamma with shape p and a rate of its own, which is gamma with shape q and rate v. */
  readonly p: number;
  readonly q: number;
  readonly v: number;
  /** Σ weight · log-likelihood, without the penalty. */
  readonly logLikelihood: number;
  /** Always so: a fit that does not converge is refused. */
  readonly converged: true;
  readonly starts: number;
}

export interface Spending {
  /** Purchases that `meanValue` is the mean of; whole or not, at least 0. */
  readonly frequency: Float64Array;
  /** Mean amount per purchase, above 0; ignored where `frequency` is 0. */
  readonly meanValue: Float64Array;
  /** How many customers each row stands for; 1 each when absent. */
  readonly weight?: Float64Array;
}

/**
 * Answers: how much will a customer spend on its next purchase, given what it spent on the last ones?
 *
 * Assumes 1. that amounts vary around a mean of the customer's own, which does not change, 2. with the same shape p for everybody,
 * 3. that means vary over customers as the inverse of a gamma does, 4. that amount and frequency are independent. `frequency`,
 * `meanValue`: n each, in one currency; rows without a purchase say nothing and are left out. Penalised maximum likelihood
 * from several starts. Throws `model-input` when an amount is not finite or not above 0, with fewer than two rows to learn from,
 * when the likelihood does not converge, and when q ≤ 1: the mean over customers is then infinite. Cost: about 100 passes a start.
 *
 * Fader, P. and Hardie, B. (2013). The gamma-gamma model of monetary value, eq. 1a, 1b and 5, brucehardie.com/notes/025.
 */
export function fitGammaGamma(spending: Spending, options: StartOptions): GammaGamma {
  const { rows, unit } = spendingRows(spending);
  const loss = negativeLogLikelihood(rows);
  const { parameters, logLikelihood, starts } = fitFromStarts('Gamma-Gamma', loss, [2, 3, 1], {
    ...options,
    hasSlope: true,
  });
  const [p, q, v] = parameters;
  if (!(q! > 1)) {
    throw new KithError(
      'model-input',
      `A Gamma-Gamma model of ${rows.n.length} customers has q = ${q!.toFixed(3)}, so amounts have no finite mean; set a larger penalty than ${options.penalty} or limit the largest amounts`,
    );
  }
  const weights = rows.weight.reduce((sum, weight) => sum + weight, 0);
  return {
    p: p!,
    q: q!,
    v: v! * unit,
    logLikelihood: logLikelihood - weights * Math.log(unit),
    converged: true,
    starts,
  };
}

/**
 * The expected amount of the next purchase: p (v + n m) ÷ (p n + q − 1) for n purchases of mean m, which is between the customer's own
 * mean and everybody's (n = 0).
 */
export function gammaGammaExpected(
  fitted: GammaGamma,
  frequency: ArrayLike<number>,
  meanValue: ArrayLike<number>,
): Float64Array {
  const { p, q, v } = fitted;
  return Float64Array.from({ length: frequency.length }, (_, i) => {
    const n = frequency[i]!;
    const spent = n === 0 ? 0 : n * meanValue[i]!;
    return (p * (v + spent)) / (p * n + q - 1);
  });
}

interface SpendingRows {
  readonly n: Float64Array;
  readonly mean: Float64Array;
  readonly weight: Float64Array;
  /** Row i has the i-th purchase count of `distinct`. */
  readonly distinct: Float64Array;
  readonly group: Int32Array;
}

function spendingRows({ frequency, meanValue, weight }: Spending): { rows: SpendingRows; unit: number } {
  const kept: number[] = [];
  let logs = 0;
  let total = 0;
  for (let i = 0; i < frequency.length; i++) {
    const n = frequency[i]!;
    const each = weight?.[i] ?? 1;
    const mean = meanValue[i]!;
    if (!(n >= 0 && Number.isFinite(n) && each >= 0 && Number.isFinite(each))) throw impossible(i, n, mean);
    if (n === 0 || each === 0) continue;
    if (!(mean > 0 && Number.isFinite(mean))) throw impossible(i, n, mean);
    kept.push(i);
    logs += each * Math.log(mean);
    total += each;
  }
  if (kept.length < 2) {
    throw new KithError(
      'model-input',
      `A Gamma-Gamma model got ${kept.length} customers with a purchase; give at least two`,
    );
  }
  const unit = Math.exp(logs / total);
  const n = Float64Array.from(kept, (i) => frequency[i]!);
  return {
    unit,
    rows: {
      n,
      mean: Float64Array.from(kept, (i) => meanValue[i]! / unit),
      weight: Float64Array.from(kept, (i) => weight?.[i] ?? 1),
      ...distinctValues(n),
    },
  };
}

function impossible(i: number, n: number, mean: number): KithError {
  return new KithError(
    'model-input',
    `Customer ${i} of a Gamma-Gamma model has ${n} purchases of ${mean} on average; give amounts above 0, without refunds`,
  );
}

function negativeLogLikelihood(rows: SpendingRows) {
  const { distinct, group } = rows;
  const constant = new Float64Array(distinct.length);
  const byP = new Float64Array(distinct.length);
  const byQ = new Float64Array(distinct.length);
  const logN = distinct.map(Math.log);
  const logMean = rows.mean.map(Math.log);
  return (parameters: Float64Array, slope: Float64Array | null): number => {
    const p = parameters[0]!;
    const q = parameters[1]!;
    const v = parameters[2]!;
    for (let k = 0; k < distinct.length; k++) {
      const shape = p * distinct[k]!;
      constant[k] = logGamma(shape + q) - logGamma(shape) - logGamma(q) + shape * logN[k]!;
      if (slope === null) continue;
      const together = digamma(shape + q);
      byP[k] = distinct[k]! * (together - digamma(shape) + logN[k]!);
      byQ[k] = together - digamma(q);
    }
    const logV = Math.log(v);
    let sum = 0;
    let slopeP = 0;
    let slopeQ = 0;
    let slopeV = 0;
    for (let i = 0; i < rows.n.length; i++) {
      const n = rows.n[i]!;
      const k = group[i]!;
      const weight = rows.weight[i]!;
      const spent = n * rows.mean[i]!;
      const logRate = Math.log(v + spent);
      sum += weight * (constant[k]! + q * logV + (p * n - 1) * logMean[i]! - (p * n + q) * logRate);
      if (slope === null) continue;
      slopeP += weight * (byP[k]! + n * (logMean[i]! - logRate));
      slopeQ += weight * (byQ[k]! + logV - logRate);
      slopeV += weight * (q / v - (p * n + q) / (v + spent));
    }
    if (slope !== null) {
      slope[0] = -p * slopeP;
      slope[1] = -q * slopeQ;
      slope[2] = -v * slopeV;
    }
    return -sum;
  };
}
