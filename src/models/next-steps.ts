import { poissonTail } from '../math/poisson-tail.ts';
import { quantileSorted } from '../math/statistics.ts';
import { begunSequences } from './begun-sequences.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { type FrequentSequences, stepsOf } from './prefix-span.ts';
import type { PurchaseSequences } from './purchase-sequences.ts';

/** "Who bought `after`, one after the other, and did not have `next` yet, often bought it then", by item number. */
export interface NextStep {
  readonly after: readonly number[];
  readonly next: number;
  /** Customers who bought `after` and did not have `next` by then; and those of them who have bought it since, in time. */
  readonly starters: number;
  readonly followers: number;
  /** Followers ÷ starters. Who has only just begun counts as well, so it can still rise. */
  readonly confidence: number;
  /** How many of the starters would have bought it in the same time at the pace of all customers. */
  readonly expected: number;
  /** Followers ÷ expected: 1 is the usual pace. */
  readonly lift: number;
  /** Days from the last of `after` to `next`, of the followers. */
  readonly delay: { readonly q1: number; readonly median: number; readonly q3: number; readonly longest: number };
  /** P(as many followers or more at the usual pace), adjusted by Benjamini and Hochberg for all steps looked for. */
  readonly adjustedP: number;
}

export interface NextStepOptions {
  /** The last day that the data knows. */
  readonly asOfDay: number;
  readonly minimumGap: number;
  readonly maximumGap: number;
  /** Fewer followers make no usual step. */
  readonly minimumFollowers: number;
}

/**
 * What do customers usually buy next, and how long does it take them? Every frequent sequence is read as "after its first
 * items, its last", counted over the customers to whom the last one would be new.
 *
 * Assumptions: (1) a customer starts on the first day on which `after` is complete; (2) each product is bought for the
 * first time at one pace per customer and day for all who are customers and do not have it (person-days, as in a
 * standardised incidence ratio), so that customers observed for longer are expected to buy more; (3) who buys much of
 * everything is not told apart: a lift says "associated with", no more.
 *
 * Breslow, N. E. and Day, N. E. (1987). Statistical methods in cancer research II, ch. 2, for observed ÷ expected.
 * Cost: customers × steps whose beginning they have gone through.
 */
export function nextSteps(
  sequences: PurchaseSequences,
  patterns: FrequentSequences,
  options: NextStepOptions,
): NextStep[] {
  const candidates = candidatesOf(patterns, options.maximumGap);
  const begun = begunSequences(
    sequences,
    candidates.map(({ after }) => after),
    options,
  );
  const { firstDay, read } = firstDays(sequences);
  const pace = paces(sequences, options.asOfDay);
  const started = (index: number, day: number): void => {
    const candidate = candidates[index]!;
    const bought = firstDay(candidate.next);
    if (day >= options.asOfDay || bought <= day) return;
    const latest = Math.min(options.asOfDay, day + options.maximumGap);
    const isFollower = bought <= latest;
    candidate.starters += 1;
    candidate.personDays += (isFollower ? bought : latest) - day;
    if (!isFollower) return;
    candidate.followers += 1;
    candidate.delays[bought - day]! += 1;
  };
  for (let c = 0; c + 1 < sequences.offsets.length; c++) {
    read(c);
    begun(c, started);
  }
  const found = candidates.filter(({ followers }) => followers >= options.minimumFollowers);
  const expected = found.map(({ next, personDays }) => personDays * pace[next]!);
  const adjusted = benjaminiHochberg(
    found.map(({ followers }, i) => poissonTail(followers, expected[i]!)),
    Math.max(found.length, stepsLookedFor(patterns)),
  );
  return found.map((candidate, i) => {
    const { after, next, starters, followers } = candidate;
    const delays = ascending(candidate.delays, followers);
    return {
      after,
      next,
      starters,
      followers,
      confidence: followers / starters,
      expected: expected[i]!,
      lift: followers / expected[i]!,
      delay: {
        q1: quantileSorted(delays, 0.25),
        median: quantileSorted(delays, 0.5),
        q3: quantileSorted(delays, 0.75),
        longest: delays.at(-1)!,
      },
      adjustedP: adjusted[i]!,
    };
  });
}

/** Without the steps that a shorter beginning already gives with as much confidence. */
export function withoutLongerBeginnings(steps: readonly NextStep[]): NextStep[] {
  return steps.filter(
    (step) =>
      !steps.some(
        (other) =>
          other.next === step.next &&
          other.after.length < step.after.length &&
          other.after.every((item) => step.after.includes(item)) &&
          other.confidence >= step.confidence - 1e-12,
      ),
  );
}

interface Candidate {
  readonly after: readonly number[];
  readonly next: number;
  starters: number;
  followers: number;
  personDays: number;
  /** How many followers waited so many days. */
  readonly delays: Int32Array;
}

/** Sequences of different items: what comes again is a matter of rhythm, not of a next step. */
function candidatesOf(patterns: FrequentSequences, longestDelay: number): Candidate[] {
  return Array.from(patterns.count, (_, i) => stepsOf(patterns, i))
    .filter((steps) => steps.length > 1 && new Set(steps).size === steps.length)
    .map((steps) => ({
      after: steps.slice(0, -1),
      next: steps.at(-1)!,
      starters: 0,
      followers: 0,
      personDays: 0,
      delays: new Int32Array(longestDelay + 1),
    }));
}

/** Every sequence that was grown has been tried with every item that is not in it. */
function stepsLookedFor(patterns: FrequentSequences): number {
  const longest = patterns.length.reduce((most, length) => Math.max(most, length), 0);
  const singles = patterns.parent.filter((parent) => parent < 0).length;
  return patterns.length.reduce(
    (sum, length) => sum + (length < Math.max(2, longest) ? Math.max(0, singles - length) : 0),
    0,
  );
}

/** Days by how many waited so long, each as often as it was. */
function ascending(counts: Int32Array, total: number): Float64Array {
  const days = new Float64Array(total);
  let end = 0;
  for (let day = 0; day < counts.length; day++) {
    days.fill(day, end, end + counts[day]!);
    end += counts[day]!;
  }
  return days;
}

/** The first day on which the customer that was read last bought an item; infinity for never. */
function firstDays({ offsets, days, items }: PurchaseSequences) {
  const itemCount = items.reduce((most, item) => Math.max(most, item), -1) + 1;
  const readFor = new Int32Array(itemCount).fill(-1);
  const first = new Int32Array(itemCount);
  let customer = -1;
  return {
    itemCount,
    firstDay: (item: number): number => (readFor[item] === customer ? first[item]! : Number.POSITIVE_INFINITY),
    /** Calls `met` for each of its items, in the order of days. */
    read(next: number, met?: (item: number, day: number) => void): void {
      customer = next;
      for (let row = offsets[customer]!; row < offsets[customer + 1]!; row++) {
        const item = items[row]!;
        if (readFor[item] === customer) continue;
        readFor[item] = customer;
        first[item] = days[row]!;
        met?.(item, days[row]!);
      }
    },
  };
}

/** First purchases of each item per customer and day, over the customers' days after their first purchase without it. */
function paces(sequences: PurchaseSequences, asOfDay: number): Float64Array {
  const { offsets, days } = sequences;
  const { itemCount, read } = firstDays(sequences);
  const events = new Int32Array(itemCount);
  const daysWith = new Float64Array(itemCount);
  let allDays = 0;
  for (let c = 0; c + 1 < offsets.length; c++) {
    if (offsets[c] === offsets[c + 1]) continue;
    const begun = days[offsets[c]!]!;
    allDays += Math.max(0, asOfDay - begun);
    read(c, (item, day) => {
      if (day > begun) events[item]! += 1;
      daysWith[item]! += Math.max(0, asOfDay - day);
    });
  }
  return Float64Array.from(events, (count, item) => count / Math.max(1, allDays - daysWith[item]!));
}
