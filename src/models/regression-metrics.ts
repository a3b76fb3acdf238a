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
