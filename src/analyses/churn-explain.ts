import { CHURN_FEATURES, FAMILIES, type Family } from '../features/churn-features.ts';
import { median } from '../math/statistics.ts';
import type { DesignRecipe } from '../models/design-matrix.ts';
import type { Scorecard } from './churn-models.ts';
import type { ChurnReason } from './churn-summary.ts';

/** How many reasons are told in each direction, and the log-odds below which one is not worth telling. */
const UP = 3;
const DOWN = 2;
const WORTH_TELLING = 0.02;

export interface Explanation {
  readonly baseline: number;
  readonly up: ChurnReason[];
  readonly down: ChurnReason[];
  readonly other: number;
}

/**
 * Splits each row's log-odds into the average row's and what each family of columns adds to it: exact, since the log-odds are
 * a weighted sum. `design`: n × q, row-major; `raw`: n × CHURN_FEATURES.length.
 */
export function explainer(
  card: Scorecard,
  recipe: DesignRecipe,
  design: Float64Array,
  raw: Float64Array,
): (row: number) => Explanation {
  const q = recipe.columns.length;
  const p = CHURN_FEATURES.length;
  const n = raw.length / p;
  const means = card.columns.map((column) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += design[i * q + column]!;
    return sum / n;
  });
  const baseline = card.coefficients.reduce((sum, weight, j) => sum + weight * means[j]!, card.intercept);
  const familyOf = card.columns.map((column) => FAMILIES.indexOf(CHURN_FEATURES[recipe.columns[column]!.raw]!.family));
  const norms = normsOf(raw);
  return (row) => {
    const sums = new Float64Array(FAMILIES.length);
    for (let j = 0; j < card.columns.length; j++) {
      const family = familyOf[j]!;
      const own = design[row * q + card.columns[j]!]! - means[j]!;
      sums[family] = sums[family]! + card.coefficients[j]! * own;
    }
    const reasons = FAMILIES.map((family, k) => ({
      family,
      contribution: round(sums[k]!),
      ...ownAndNorm(family, raw, row, norms),
    }));
    const ranked = reasons.filter(isTelling).toSorted((a, b) => b.contribution - a.contribution);
    const up = ranked.filter((reason) => reason.contribution > WORTH_TELLING).slice(0, UP);
    const down = ranked
      .toReversed()
      .filter((reason) => reason.contribution < -WORTH_TELLING)
      .slice(0, DOWN);
    const told = [...up, ...down].reduce((sum, reason) => sum + reason.contribution, 0);
    const total = sums.reduce((sum, value) => sum + value, 0);
    return { baseline: round(baseline), up, down, other: round(total - told) };
  };
}

/** "0; usual 0" tells nobody anything, though its weight is real: it goes to `other`. */
function isTelling({ own, norm }: ChurnReason): boolean {
  return own === null || own !== norm;
}

/** Enough digits that the parts add up to the score to 1e-6, and few enough to store a million of them. */
export function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

type FeatureName = (typeof CHURN_FEATURES)[number]['name'];

function columnOf(name: FeatureName): number {
  return CHURN_FEATURES.findIndex((feature) => feature.name === name);
}

/** The usual value of each column among the rows: the median of those that have one. */
function normsOf(raw: Float64Array): Float64Array {
  const p = CHURN_FEATURES.length;
  return Float64Array.from({ length: p }, (_, j) => {
    const known: number[] = [];
    for (let i = j; i < raw.length; i += p) if (!Number.isNaN(raw[i]!)) known.push(raw[i]!);
    return median(known);
  });
}

/** A family in the customer's own values and the norm it is held against, in the units that people use. */
function ownAndNorm(
  family: Family,
  raw: Float64Array,
  row: number,
  norms: Float64Array,
): { own: number | null; norm: number | null } {
  const at = (name: FeatureName) => raw[row * CHURN_FEATURES.length + columnOf(name)]!;
  const usual = (name: FeatureName) => norms[columnOf(name)]!;
  const counted = (name: FeatureName) => ({ own: whole(at(name)), norm: whole(usual(name)) });
  switch (family) {
    case 'rhythm':
      return { own: whole(at('log_recency')), norm: whole(at('log_expected_gap')) };
    case 'orders':
      return {
        own: known(Math.round(Math.exp(at('log_orders')))),
        norm: known(Math.round(Math.exp(usual('log_orders')))),
      };
    case 'recent-orders':
      return counted('log_recent_orders');
    case 'regularity':
      return { own: known(at('gap_variation')), norm: known(usual('gap_variation')) };
    case 'spend':
      return { own: cents(Math.expm1(at('log_mean_spend'))), norm: cents(Math.expm1(usual('log_mean_spend'))) };
    case 'trend': {
      const mean = Math.expm1(at('log_mean_spend'));
      return { own: cents(mean * Math.exp(at('log_spend_trend'))), norm: cents(mean) };
    }
    case 'tenure':
      return counted('log_tenure');
    case 'breadth':
      return counted('log_products');
    case 'refunds':
      return counted('log_refund_days');
    case 'tickets':
      return counted('log_recent_tickets');
    case 'severe-tickets':
      return counted('log_severe_tickets');
    case 'satisfaction':
      return { own: cents(at('satisfaction')), norm: cents(usual('satisfaction')) };
  }
}

/** Back from log(1 + count) to the count. */
function whole(log: number): number | null {
  return known(Math.round(Math.expm1(log)));
}

function cents(value: number): number | null {
  return known(Math.round(value * 100) / 100);
}

function known(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null;
}
