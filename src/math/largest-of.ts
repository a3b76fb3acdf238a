/**
 * The positions of the `k` largest of the values at `candidates`, largest first, ties by lower position. A heap of k with the
 * worst on top: O(candidates · log k), and about O(candidates) where most of them are not among the largest.
 */
export function largestOf(values: Float64Array, k: number, candidates: Int32Array): Int32Array {
  const size = Math.min(Math.max(0, Math.floor(k)), candidates.length);
  if (size === 0) return new Int32Array(0);
  const heap = candidates.slice(0, size);
  const isWorse = (a: number, b: number): boolean => {
    const x = values[a]!;
    const y = values[b]!;
    return x < y || (x === y && a > b);
  };
  const sift = (from: number, end: number): void => {
    const moved = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= end) break;
      if (child + 1 < end && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  };
  for (let at = (size >> 1) - 1; at >= 0; at--) sift(at, size);
  for (let c = size; c < candidates.length; c++) {
    if (!isWorse(heap[0]!, candidates[c]!)) continue;
    heap[0] = candidates[c]!;
    sift(0, size);
  }
  // Taking the worst to the end each time leaves the largest first.
  for (let end = size - 1; end > 0; end--) {
    const worst = heap[0]!;
    heap[0] = heap[end]!;
    heap[end] = worst;
    sift(0, end);
  }
  return heap;
}
