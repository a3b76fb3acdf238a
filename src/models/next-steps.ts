import { poissonTail } from '../math/poisson-tail.ts';
import { quantileSorted, sorted } from '../math/statistics.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { type FrequentSequences, type PurchaseSequences, stepsOf } from './prefix-span.ts';

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
 * Cost: customers × steps that begin with something they bought.
 */
export function nextSteps(
  sequences: PurchaseSequences,
  patterns: FrequentSequences,
  options: NextStepOptions,
): NextStep[] {
  const candidates = candidatesOf(patterns);
  const { offsets, days, items } = sequences;
  const pace = paces(sequences, options.asOfDay);
  const byFirst = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const first = candidate.after[0]!;
    byFirst.set(first, [...(byFirst.get(first) ?? []), candidate]);
  }
  for (let c = 0; c + 1 < offsets.length; c++) {
    const firstDay = firstDays(sequences, c);
    const rows = { from: offsets[c]!, to: offsets[c + 1]! };
    for (const item of firstDay.keys()) {
      for (const candidate of byFirst.get(item) ?? []) {
        // Most customers never bought one of the others: their rows need no looking through.
        if (!hasAll(firstDay, candidate.after)) continue;
        const started = completedOn(days, items, rows, candidate.after, options);
        if (started === null || started >= options.asOfDay) continue;
        const bought = firstDay.get(candidate.next);
        if (bought !== undefined && bought <= started) continue;
        const latest = Math.min(options.asOfDay, started + options.maximumGap);
        const isFollower = bought !== undefined && bought <= latest;
        candidate.starters += 1;
        candidate.personDays += (isFollower ? bought : latest) - started;
        if (isFollower) candidate.delays.push(bought - started);
      }
    }
  }
  const found = candidates.filter(({ delays }) => delays.length >= options.minimumFollowers);
  const expected = found.map(({ next, personDays }) => personDays * (pace.get(next) ?? 0));
  const adjusted = benjaminiHochberg(
    found.map(({ delays }, i) => poissonTail(delays.length, expected[i]!)),
    Math.max(found.length, stepsLookedFor(patterns)),
  );
  return found.map((candidate, i) => {
    const delays = sorted(candidate.delays);
    return {
      after: candidate.after,
      next: candidate.next,
      starters: candidate.starters,
      followers: delays.length,
      confidence: delays.length / candidate.starters,
      expected: expected[i]!,
      lift: delays.length / expected[i]!,
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

/** The first day on which a customer's rows hold `steps` one after the other within the gaps; null when they never do. */
export function completedOn(
  days: Int32Array,
  items: Int32Array,
  rows: { readonly from: number; readonly to: number },
  steps: readonly number[],
  gaps: { readonly minimumGap: number; readonly maximumGap: number },
): number | null {
  let ends: number[] | null = null;
  for (const step of steps) {
    const next: number[] = [];
    for (let row = rows.from; row < rows.to; row++) {
      if (items[row] !== step) continue;
      const day = days[row]!;
      if (ends === null || isNearOne(ends, day, gaps)) next.push(day);
    }
    if (next.length === 0) return null;
    ends = next;
  }
  return ends?.[0] ?? null;
}

function isNearOne(
  ends: readonly number[],
  day: number,
  { minimumGap, maximumGap }: { readonly minimumGap: number; readonly maximumGap: number },
): boolean {
  for (const end of ends) if (day - end >= minimumGap && day - end <= maximumGap) return true;
  return false;
}

function hasAll(firstDay: ReadonlyMap<number, number>, items: readonly number[]): boolean {
  for (const item of items) if (!firstDay.has(item)) return false;
  return true;
}

interface Candidate {
  readonly after: readonly number[];
  readonly next: number;
  starters: number;
  personDays: number;
  readonly delays: number[];
}

/** Sequences of different items: what comes again is a matter of rhythm, not of a next step. */
function candidatesOf(patterns: FrequentSequences): Candidate[] {
  return Array.from(patterns.count, (_, i) => stepsOf(patterns, i))
    .filter((steps) => steps.length > 1 && new Set(steps).size === steps.length)
    .map((steps) => ({
      after: steps.slice(0, -1),
      next: steps.at(-1)!,
      starters: 0,
      personDays: 0,
      delays: [],
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

function firstDays({ offsets, days, items }: PurchaseSequences, customer: number): Map<number, number> {
  const first = new Map<number, number>();
  for (let row = offsets[customer]!; row < offsets[customer + 1]!; row++) {
    if (!first.has(items[row]!)) first.set(items[row]!, days[row]!);
  }
  return first;
}

/** First purchases of each item per customer and day, over the customers' days after their first purchase without it. */
function paces(sequences: PurchaseSequences, asOfDay: number): Map<number, number> {
  const { offsets, days } = sequences;
  let allDays = 0;
  const found = new Map<number, { events: number; daysWith: number }>();
  for (let c = 0; c + 1 < offsets.length; c++) {
    if (offsets[c] === offsets[c + 1]) continue;
    const begun = days[offsets[c]!]!;
    allDays += Math.max(0, asOfDay - begun);
    for (const [item, day] of firstDays(sequences, c)) {
      const known = found.get(item) ?? { events: 0, daysWith: 0 };
      if (day > begun) known.events += 1;
      known.daysWith += Math.max(0, asOfDay - day);
      found.set(item, known);
    }
  }
  const pace = new Map<number, number>();
  for (const [item, { events, daysWith }] of found) pace.set(item, events / Math.max(1, allDays - daysWith));
  return pace;
}
