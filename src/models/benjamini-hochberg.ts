/**
 * Adjusts p-values for many tests at once: calling everything with an adjusted value below q a finding keeps the expected
 * share of false ones below q (tests independent or positively dependent). `tests` is how many were made in all, where
 * only the smallest p-values are handed over.
 *
 * Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>, tests: number = pValues.length): Float64Array {
  const n = pValues.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Float64Array(n);
  let least = 1;
  for (let rank = n; rank >= 1; rank--) {
    const i = order[rank - 1]!;
    least = Math.min(least, (pValues[i]! * tests) / rank);
    adjusted[i] = least;
  }
  return adjusted;
}
