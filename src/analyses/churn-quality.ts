/** Predicted against seen, in five bands of probability; empty bands are left out. */
export function calibrationBands(
  probabilities: Float64Array,
  labels: Uint8Array,
): { from: number; to: number; customers: number; predicted: number; stopped: number }[] {
  const bands = Array.from({ length: 5 }, (_, k) => ({
    from: k / 5,
    to: (k + 1) / 5,
    customers: 0,
    predicted: 0,
    stopped: 0,
  }));
  for (let i = 0; i < labels.length; i++) {
    const band = bands[Math.min(4, Math.floor(probabilities[i]! * 5))]!;
    band.customers++;
    band.predicted += probabilities[i]!;
    band.stopped += labels[i]!;
  }
  return bands
    .filter((band) => band.customers > 0)
    .map((band) => ({ ...band, predicted: Math.round((band.predicted / band.customers) * 1e4) / 1e4 }));
}

/** How many of those who stopped were in the fifth that ranked highest. */
export function topLift(
  probabilities: Float64Array,
  labels: Uint8Array,
): { top: number; held: number; stopped: number } {
  const top = Math.max(1, Math.round(labels.length / 5));
  const order = Int32Array.from(labels.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  let held = 0;
  let stopped = 0;
  order.forEach((i, rank) => {
    stopped += labels[i]!;
    if (rank < top) held += labels[i]!;
  });
  return { top, held, stopped };
}
