import { KithError } from '../lib/errors.ts';
import { type Minimum, minimise } from '../math/minimise.ts';
import { normal, type RandomSource } from '../math/random.ts';

export interface StartOptions {
  /** λ of ½ λ Σ ln² (θ ÷ θ₀), which draws each parameter θ towards its first start θ₀, in the fit's own units; 0 for none. */
  readonly penalty: number;
  readonly random: RandomSource;
  /** Starting points tried; 4 when absent. */
  readonly starts?: number;
}

/** How far, in logs, the starts after the first lie from it. */
const SPREAD = 1;
/** No parameter goes beyond e^±25: there the likelihood is flat for every model here. */
const FURTHEST = 25;

/**
 * The lowest penalised minimum of `loss` over logs of positive parameters, from several starts: the first as given, the others
 * around it. `loss` writes its slope over the logs into `slope`, unless that is null. Throws `model-input`, naming the `model`, when
 * the lowest minimum was not reached: a number that the search did not settle on is nobody's estimate.
 */
export function fitFromStarts(
  model: string,
  loss: (parameters: Float64Array, slope: Float64Array | null) => number,
  first: readonly number[],
  options: StartOptions & { readonly hasSlope: boolean },
): { readonly parameters: Float64Array; readonly logLikelihood: number; readonly starts: number } {
  const { penalty, random, starts = 4 } = options;
  if (!(penalty >= 0) || !(starts >= 1)) {
    throw new KithError(
      'model-input',
      `A ${model} model was given penalty ${penalty} and ${starts} starts; give a penalty of at least 0 and a start`,
    );
  }
  const origin = first.map(Math.log);
  const parameters = new Float64Array(first.length);
  const objective = (logs: Float64Array, slope: Float64Array | null): number => {
    let drawn = 0;
    for (let j = 0; j < logs.length; j++) {
      if (!(Math.abs(logs[j]!) <= FURTHEST)) return Number.POSITIVE_INFINITY;
      parameters[j] = Math.exp(logs[j]!);
      drawn += 0.5 * penalty * (logs[j]! - origin[j]!) ** 2;
    }
    const value = loss(parameters, slope) + drawn;
    if (slope !== null) {
      for (let j = 0; j < logs.length; j++) slope[j] = slope[j]! + penalty * (logs[j]! - origin[j]!);
    }
    return value;
  };
  // The search asks for the slope where it has just asked for the value: one pass over the rows gives both.
  const at = new Float64Array(first.length).fill(Number.NaN);
  const slopeThere = new Float64Array(first.length);
  const valueAndSlope = (logs: Float64Array): number => {
    at.set(logs);
    return objective(logs, slopeThere);
  };
  const gradient = (logs: Float64Array, into: Float64Array): void => {
    if (logs.some((log, j) => log !== at[j])) valueAndSlope(logs);
    into.set(slopeThere);
  };
  let best: Minimum | null = null;
  for (let start = 0; start < starts; start++) {
    const from = origin.map((log) => log + (start === 0 ? 0 : SPREAD * normal(random)));
    const found = options.hasSlope
      ? minimise(valueAndSlope, from, { gradient })
      : minimise((logs) => objective(logs, null), from);
    // Rounding must not let a start that stopped short pass for a better one.
    const margin = 1e-9 * (1 + Math.abs(found.value));
    if (
      best === null ||
      found.value < best.value - margin ||
      (found.converged && !best.converged && found.value < best.value + margin)
    ) {
      best = found;
    }
  }
  if (best === null || !best.converged) {
    throw new KithError(
      'model-input',
      `The likelihood of the ${model} model did not converge from ${starts} starts; set a larger penalty than ${penalty} or wait for more purchases`,
    );
  }
  const estimates = best.x.map(Math.exp);
  return { parameters: estimates, logLikelihood: -loss(estimates, null), starts };
}
