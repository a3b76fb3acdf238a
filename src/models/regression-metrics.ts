/** The share of the outcomes' squared spread that the predictions explain; below 0 when the mean does better. NaN without spread. */
export function rSquared(predicted: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  const n = outcomes.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += outcomes[i]! / n;
  let left = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    left += (outcomes[i]! - predicted[i]!) ** 2;
    spread += (outcomes[i]! - mean) ** 2;
  }
  return spread === 0 ? Number.NaN : 1 - left / spread;
}

/** Mean distance between prediction and outcome, in the outcome's unit. */
export function meanAbsoluteError(predicted: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < outcomes.length; i++) sum += Math.abs(outcomes[i]! - predicted[i]!);
  return sum / outcomes.length;
}

/** Square root of the mean squared distance between prediction and outcome, in the outcome's unit. */
export function rootMeanSquaredError(predicted: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < outcomes.length; i++) sum += (outcomes[i]! - predicted[i]!) ** 2;
  return Math.sqrt(sum / outcomes.length);
}
