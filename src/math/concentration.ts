/**
 * The Gini coefficient of values of which none is below zero: 0 where all have the same, near 1 where one has everything.
 * G = Σ (2i − n − 1) xᵢ ÷ (n Σ x), x ascending, i from 1 (the mean absolute difference over twice the mean; Gini 1912). NaN
 * where there is nothing to share. Cost n log n.
 */
export function gini(values: ArrayLike<number>): number {
  const ascending = Float64Array.from(values).sort();
  const n = ascending.length;
  let total = 0;
  let weighted = 0;
  for (let i = 0; i < n; i++) {
    total += ascending[i]!;
    weighted += (2 * (i + 1) - n - 1) * ascending[i]!;
  }
  return total > 0 ? weighted / (n * total) : Number.NaN;
}

/** The part of the total that the largest `share` of the values hold (at least one of them). NaN where there is nothing. */
export function topShare(values: ArrayLike<number>, share: number): number {
  const ascending = Float64Array.from(values).sort();
  const n = ascending.length;
  // A tenth of 30 is 3, not the 4 that 3.0000000000000004 would be rounded up to.
  const count = Math.max(1, Math.ceil(n * share - 1e-9));
  let total = 0;
  let top = 0;
  for (let i = 0; i < n; i++) {
    total += ascending[i]!;
    if (i >= n - count) top += ascending[i]!;
  }
  return total > 0 ? top / total : Number.NaN;
}
