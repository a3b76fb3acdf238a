/** The `k` largest of values that come many at a time: which of them still have a place. */
export interface TopCounts {
  /** The k-th largest so far; −∞ below k. What is less has no place. */
  least(): number;
  /** Of the values equal to `least()`, how many have a place. */
  places(): number;
  /** `count` times `value`. */
  add(value: number, count: number): void;
  clear(): void;
}

/** O(k) a value added, at most; 12 bytes for each of k. */
export function topCounts(k: number): TopCounts {
  const values = new Float64Array(k + 1);
  const counts = new Int32Array(k + 1);
  let kept = 0;
  let total = 0;
  return {
    least: () => (total < k ? Number.NEGATIVE_INFINITY : values[kept - 1]!),
    places() {
      if (total < k) return 0;
      let larger = 0;
      for (let at = 0; values[at]! > values[kept - 1]!; at++) larger += counts[at]!;
      return k - larger;
    },
    add(value, count) {
      let at = kept++;
      for (; at > 0 && values[at - 1]! < value; at--) {
        values[at] = values[at - 1]!;
        counts[at] = counts[at - 1]!;
      }
      values[at] = value;
      counts[at] = count;
      total += count;
      while (total - counts[kept - 1]! >= k) total -= counts[--kept]!;
    },
    clear() {
      kept = 0;
      total = 0;
    },
  };
}
