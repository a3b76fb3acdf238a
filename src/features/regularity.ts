import type { PurchaseHistory } from './purchase-history.ts';

/**
 * How evenly each customer's purchases are spaced up to `cutOffDay`: 1 ÷ (1 + standard deviation ÷ mean of the gaps), 1 for
 * a clockwork. NaN below two gaps, where there is nothing to compare.
 */
export function regularity(history: PurchaseHistory, cutOffDay: number): Float64Array {
  const n = history.customerIds.length;
  const result = new Float64Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    let last = Number.NaN;
    let gaps = 0;
    let sum = 0;
    let squares = 0;
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]! && history.day[row]! <= cutOffDay; row++) {
      if (history.amount[row]! <= 0) continue;
      const gap = history.day[row]! - last;
      if (!Number.isNaN(gap)) {
        gaps++;
        sum += gap;
        squares += gap * gap;
      }
      last = history.day[row]!;
    }
    if (gaps < 2) continue;
    const mean = sum / gaps;
    // Whole days: the sums are exact, so the difference cannot fall below zero by more than rounding.
    result[i] = 1 / (1 + Math.sqrt(Math.max(0, squares / gaps - mean * mean)) / mean);
  }
  return result;
}
