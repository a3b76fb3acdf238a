import { KithError } from '../lib/errors.ts';

/** What the models of repeat buying know of n customers, in any one unit of time (days, weeks), the same throughout. */
export interface BuyingHistory {
  /** Repeat purchases x: whole numbers, the first purchase not counted. */
  readonly frequency: Float64Array;
  /** t_x: time from the first purchase to the last; 0 where there is no repeat purchase. */
  readonly recency: Float64Array;
  /** T: time from the first purchase to the cut-off, at least t_x. */
  readonly age: Float64Array;
  /** How many customers each row stands for; 1 each when absent. */
  readonly weight?: Float64Array;
}

/** Rows as the likelihoods loop over them: those who never came back are one row per age. */
export interface BuyingRows {
  readonly count: number;
  readonly x: Int32Array;
  /** In units of `unit`. */
  readonly recency: Float64Array;
  readonly age: Float64Array;
  readonly weight: Float64Array;
  readonly mostRepeats: number;
  /** Mean time per repeat purchase, by which all times are divided so that optimisers meet numbers near 1. */
  readonly unit: number;
}

/**
 * Checks a history and scales it. Throws `model-input` when a value is not finite or impossible, or when nobody came back:
 * a rate of repeat purchases cannot be told from no repeat purchase.
 */
export function buyingRows(history: BuyingHistory): BuyingRows {
  const { frequency, recency, age } = history;
  const n = frequency.length;
  if (recency.length !== n || age.length !== n) {
    throw new KithError(
      'model-input',
      `A model of repeat buying got ${n} frequencies, ${recency.length} recencies and ${age.length} ages; give one of each per customer`,
    );
  }
  let repeats = 0;
  let time = 0;
  let mostRepeats = 0;
  for (let i = 0; i < n; i++) {
    checkRow(frequency[i]!, recency[i]!, age[i]!, history.weight?.[i] ?? 1, i);
    const weight = history.weight?.[i] ?? 1;
    repeats += weight * frequency[i]!;
    time += weight * age[i]!;
    mostRepeats = Math.max(mostRepeats, frequency[i]!);
  }
  if (repeats === 0 || time === 0) {
    throw new KithError(
      'model-input',
      `None of ${n} customers bought a second time, so no rate of repeat purchases can be fitted; wait for repeat purchases`,
    );
  }
  const unit = time / repeats;
  const kept: number[] = [];
  const onceAt = new Map<number, number>();
  const weights: number[] = [];
  for (let i = 0; i < n; i++) {
    const weight = history.weight?.[i] ?? 1;
    if (weight === 0) continue;
    if (frequency[i] === 0) {
      const row = onceAt.get(age[i]!);
      if (row !== undefined) {
        weights[row] = weights[row]! + weight;
        continue;
      }
      onceAt.set(age[i]!, kept.length);
    }
    kept.push(i);
    weights.push(weight);
  }
  return {
    count: kept.length,
    x: Int32Array.from(kept, (i) => frequency[i]!),
    recency: Float64Array.from(kept, (i) => recency[i]! / unit),
    age: Float64Array.from(kept, (i) => age[i]! / unit),
    weight: Float64Array.from(weights),
    mostRepeats,
    unit,
  };
}

function checkRow(x: number, recency: number, age: number, weight: number, i: number): void {
  const isPossible =
    Number.isInteger(x) &&
    x >= 0 &&
    x <= MOST_REPEATS &&
    recency >= 0 &&
    age >= recency &&
    Number.isFinite(age) &&
    weight >= 0 &&
    Number.isFinite(weight) &&
    (x > 0 || recency === 0);
  if (isPossible) return;
  throw new KithError(
    'model-input',
    `Customer ${i} of a model of repeat buying has ${x} repeat purchases, recency ${recency}, age ${age} and weight ${weight}; give whole purchases and 0 ≤ recency ≤ age, recency 0 without a repeat purchase`,
  );
}

/** Tables by number of purchases stay small below this; a purchase is a day, so it is over 270 years of them. */
const MOST_REPEATS = 100_000;
