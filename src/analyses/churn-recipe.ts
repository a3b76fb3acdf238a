import { CHURN_FEATURES } from '../features/churn-features.ts';
import type { RandomSource } from '../math/random.ts';
import { applyDesign, type DesignRecipe, fitDesign } from '../models/design-matrix.ts';
import type { MbgNbd } from '../models/mbg-nbd.ts';
import { orderedColumn } from '../models/ordered-column.ts';
import { populationStability } from '../models/population-stability.ts';
import { type Buyers, buyerInputs, buyerScores, fitBuyers } from './churn-buyers.ts';

/** How raw rows become a design: the features as read, and after them what MBG/NBD expects of the customer's rhythm. */
export interface ChurnRecipe extends DesignRecipe {
  /** Null where rhythm says nothing, or did not settle. */
  readonly buyers: MbgNbd | null;
  readonly horizonDays: number;
}

/** The raw column after those that are read: the log-odds of no purchase in the horizon by MBG/NBD and the season. */
export const EXPECTED_SILENCE = CHURN_FEATURES.length;
const EXPECTED_SILENCE_NAME = 'expected_silence';

/** A feature that is left out: between the training rows and those to be scored its distribution moved too far. */
export interface MovedFeature {
  readonly feature: string;
  /** Population stability index. */
  readonly psi: number;
}

/** From here on a distribution is said to have moved (Siddiqi); chance alone adds to it where rows are few. */
const MOVED_FROM = 0.25;
const BINS = 10;

/**
 * `raw`: n × CHURN_FEATURES.length; everything in the recipe comes from the training rows and the buyers of the training
 * cut-off. A feature that the customers to be scored (`scored`, m rows) have from another range than those learnt from is
 * left out: what was learnt of it would be stretched to where nothing was seen. Orders so far, in a young portal, are one.
 */
export function fitChurnRecipe(
  raw: Float64Array,
  scored: Float64Array,
  buyers: Buyers | null,
  horizonDays: number,
  random: RandomSource,
): { recipe: ChurnRecipe; moved: readonly MovedFeature[] } {
  const fitted = buyers === null ? null : fitBuyers(buyers, random);
  const p = CHURN_FEATURES.length;
  const wide = withExpectation(raw, fitted, horizonDays);
  const ordered = Array.from({ length: p + 1 }, (_, j) => orderedColumn(wide, p + 1, j));
  const design = fitDesign(wide, p + 1, ordered);
  const [n, m] = [raw.length / p, scored.length / p];
  const chance = (BINS - 1) * (1 / n + 1 / m);
  const moved = CHURN_FEATURES.map(({ name }, j) => ({
    feature: name as string,
    psi: m === 0 ? 0 : populationStability(ordered[j]!, orderedColumn(scored, p, j), BINS),
  })).filter(({ psi }) => psi > MOVED_FROM + 2 * chance);
  const names = new Set(moved.map(({ feature }) => feature));
  const columns = design.columns.filter(({ raw: j }) => j === EXPECTED_SILENCE || !names.has(CHURN_FEATURES[j]!.name));
  return { recipe: { ...design, columns, buyers: fitted, horizonDays }, moved };
}

/** n × recipe.columns.length, row-major, standardised. */
export function churnDesign(recipe: ChurnRecipe, raw: Float64Array): Float64Array {
  return applyDesign(recipe, withExpectation(raw, recipe.buyers, recipe.horizonDays));
}

/** What people read of a design's column: its feature's name, with what the flag says. */
export function columnName({ columns }: DesignRecipe, column: number): string {
  const { raw, isFlag } = columns[column]!;
  const name = raw === EXPECTED_SILENCE ? EXPECTED_SILENCE_NAME : CHURN_FEATURES[raw]!.name;
  return isFlag ? `${name}_is_missing` : name;
}

/** The winsorised and standardised value of the expectation's design column for its log-odds. */
export function standardisedExpectation(recipe: ChurnRecipe, column: number, logOdds: number): number {
  const { mean, sd } = recipe.columns[column]!;
  const [low, high] = [recipe.lows[EXPECTED_SILENCE]!, recipe.highs[EXPECTED_SILENCE]!];
  return (Math.min(high, Math.max(low, logOdds)) - mean) / sd;
}

function withExpectation(raw: Float64Array, fitted: MbgNbd | null, horizonDays: number): Float64Array {
  const p = CHURN_FEATURES.length;
  const n = raw.length / p;
  const wide = new Float64Array(n * (p + 1)).fill(Number.NaN);
  const scores = fitted === null ? null : buyerScores(fitted, horizonDays, buyerInputs(raw));
  for (let i = 0; i < n; i++) {
    wide.set(raw.subarray(i * p, (i + 1) * p), i * (p + 1));
    if (scores !== null) wide[i * (p + 1) + p] = scores[i]!;
  }
  return wide;
}
