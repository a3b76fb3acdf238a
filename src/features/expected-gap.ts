import type { PurchaseHistory } from './purchase-history.ts';
import { seasonOf } from './season.ts';

/** How often customers bought up to a cut-off day, by position in `customerIds`. */
export interface Rhythm {
  readonly cutOffDay: number;
  /** Days with a positive net amount. */
  readonly purchases: Int32Array;
  /** Meaningless where there is no purchase. */
  readonly firstDay: Int32Array;
  readonly lastDay: Int32Array;
  /** Median days between the customer's purchases; NaN below two. */
  readonly ownMedianGap: Float64Array;
  /** 1 for customers who buy once a year: they are expected in their own season. */
  readonly isYearly: Uint8Array;
  /**
   * (n · own median + 3 · portfolio median) ÷ (n + 3), n the customer's gaps; NaN while nobody has a gap. For a once-a-year
   * buyer the days from its last purchase to its next season.
   */
  readonly expectedGap: Float64Array;
  /** Days since the last purchase ÷ expected gap; NaN where either is missing. */
  readonly offRhythm: Float64Array;
  /** Of all gaps of all customers; NaN without any. */
  readonly portfolioMedianGap: number;
  /** How many gaps there are in all. */
  readonly gaps: number;
}

/** The portfolio's median counts for this many gaps of a customer's own. */
const PRIOR_GAPS = 3;

/**
 * The rhythm of every customer as of the end of `cutOffDay`; nothing later is looked at. `portfolioMedianGap` replaces the
 * portfolio's own, where it has to come from the training cut-offs alone.
 */
export function rhythm(
  history: PurchaseHistory,
  cutOffDay: number,
  options: { portfolioMedianGap?: number } = {},
): Rhythm {
  const n = history.offsets.length - 1;
  const purchases = new Int32Array(n);
  const firstDay = new Int32Array(n);
  const lastDay = new Int32Array(n);
  const ownMedianGap = new Float64Array(n).fill(Number.NaN);
  const isYearly = new Uint8Array(n);
  const expectedGap = new Float64Array(n);
  const all = new GapCounts();
  let scratch = new Float64Array(64);
  for (let i = 0; i < n; i++) {
    let count = 0;
    let last = 0;
    for (let row = history.offsets[i]!; row < history.offsets[i + 1]!; row++) {
      const day = history.day[row]!;
      if (day > cutOffDay) break;
      if (history.amount[row]! <= 0) continue;
      if (count === 0) firstDay[i] = day;
      else {
        if (count > scratch.length) scratch = doubled(scratch);
        scratch[count - 1] = day - last;
        all.add(day - last);
      }
      last = day;
      count++;
    }
    purchases[i] = count;
    lastDay[i] = last;
    if (count < 2) continue;
    // Before the median, which puts the gaps in another order.
    const season = seasonOf(scratch, count - 1);
    if (season !== null) {
      isYearly[i] = 1;
      expectedGap[i] = season.gap - season.sinceStart;
    }
    ownMedianGap[i] = medianOfFirst(scratch, count - 1);
  }
  const portfolioMedianGap = options.portfolioMedianGap ?? all.median();
  const offRhythm = new Float64Array(n).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    const own = Math.max(0, purchases[i]! - 1);
    if (isYearly[i] === 0) {
      expectedGap[i] =
        own === 0
          ? portfolioMedianGap
          : (own * ownMedianGap[i]! + PRIOR_GAPS * portfolioMedianGap) / (own + PRIOR_GAPS);
    }
    if (purchases[i]! > 0) offRhythm[i] = (cutOffDay - lastDay[i]!) / expectedGap[i]!;
  }
  return {
    cutOffDay,
    purchases,
    firstDay,
    lastDay,
    ownMedianGap,
    isYearly,
    expectedGap,
    offRhythm,
    portfolioMedianGap,
    gaps: all.count,
  };
}

export type Standing = 'eligible' | 'lapsed' | 'too-new';

/** Off-rhythm from which a customer is late, and from which lapsed. */
export const LATE_FROM = 1.5;
export const LAPSED_FROM = 3;

/**
 * Too new: never bought yet. Lapsed: three expected gaps and at least the horizon without a purchase (three horizons while
 * nobody has a gap). Eligible: everybody else.
 */
export function standingOf(rhythms: Rhythm, i: number, horizonDays: number): Standing {
  if (rhythms.purchases[i] === 0) return 'too-new';
  const silent = rhythms.cutOffDay - rhythms.lastDay[i]!;
  const ratio = rhythms.offRhythm[i]!;
  const isLate = Number.isNaN(ratio) ? silent >= LAPSED_FROM * horizonDays : ratio >= LAPSED_FROM;
  return isLate && silent >= horizonDays ? 'lapsed' : 'eligible';
}

/** Positions of the eligible customers, ascending. */
export function eligibleCustomers(rhythms: Rhythm, horizonDays: number): Int32Array {
  const found: number[] = [];
  for (let i = 0; i < rhythms.purchases.length; i++) {
    if (standingOf(rhythms, i, horizonDays) === 'eligible') found.push(i);
  }
  return Int32Array.from(found);
}

/** Whole days in bins, so that the median of millions of gaps needs no sort. */
class GapCounts {
  count = 0;
  private bins = new Int32Array(1024);

  add(days: number): void {
    if (days >= this.bins.length) {
      const larger = new Int32Array(2 ** Math.ceil(Math.log2(days + 1)));
      larger.set(this.bins);
      this.bins = larger;
    }
    this.bins[days] = this.bins[days]! + 1;
    this.count++;
  }

  median(): number {
    if (this.count === 0) return Number.NaN;
    return (this.at(Math.floor((this.count - 1) / 2)) + this.at(Math.floor(this.count / 2))) / 2;
  }

  private at(rank: number): number {
    let below = 0;
    for (let days = 0; days < this.bins.length; days++) {
      below += this.bins[days]!;
      if (below > rank) return days;
    }
    return Number.NaN;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** Below this many values, putting each in its place takes less time than calling a sort. */
const FEW = 32;

function medianOfFirst(values: Float64Array, count: number): number {
  if (count > FEW) values.subarray(0, count).sort();
  for (let k = 1; k < count && count <= FEW; k++) {
    const value = values[k]!;
    let at = k;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  return (values[(count - 1) >> 1]! + values[count >> 1]!) / 2;
}
