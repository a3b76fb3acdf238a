/** The estimated share that has not ended by each time, as a step function. */
export interface SurvivalCurve {
  /** Distinct times at which something ended, ascending. */
  readonly times: readonly number[];
  /** The share still going just after each of them. */
  readonly survival: readonly number[];
}

/**
 * Answers: how long until it ends, when some have not ended yet?
 *
 * Assumes 1. that the durations are independent, and 2. that whether one is still open says nothing about how it will go on.
 * `durations`: n times, 0 or more, any unit; `ended`: 1 where the end was seen, 0 where the duration is still open (censored).
 * An end and a censoring at one time count as end first. Cost n log n.
 *
 * Kaplan, E. and Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53(282), the product-limit estimate.
 */
export function kaplanMeier(durations: ArrayLike<number>, ended: ArrayLike<number>): SurvivalCurve {
  const n = durations.length;
  const ends = Float64Array.from({ length: n }, (_, i) => durations[i]!).sort();
  const seen: number[] = [];
  for (let i = 0; i < n; i++) if (ended[i] === 1) seen.push(durations[i]!);
  const endings = Float64Array.from(seen).sort();
  const times: number[] = [];
  const survival: number[] = [];
  let share = 1;
  let gone = 0;
  for (let i = 0; i < endings.length; ) {
    const time = endings[i]!;
    let deaths = 0;
    while (i < endings.length && endings[i] === time) {
      deaths++;
      i++;
    }
    while (gone < n && ends[gone]! < time) gone++;
    share *= 1 - deaths / (n - gone);
    times.push(time);
    survival.push(share);
  }
  return { times, survival };
}

/** The share that has not ended by `time`. */
export function survivalAt(curve: SurvivalCurve, time: number): number {
  let share = 1;
  for (let i = 0; i < curve.times.length && curve.times[i]! <= time; i++) share = curve.survival[i]!;
  return share;
}
