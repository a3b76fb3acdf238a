import { FAMILIES } from '../features/churn-features.ts';
import { ownAndNorm } from '../features/family-values.ts';
import type { Champion } from './churn-model.ts';
import type { ScoringRows } from './churn-models.ts';
import { sharesOf } from './churn-shares.ts';
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

/** Each row's strongest reasons in both directions, in its own values, and what all others together add. */
export function explainer(champion: Champion, rows: ScoringRows): (row: number) => Explanation {
  const norms = Float64Array.from(champion.norms, (norm) => norm ?? Number.NaN);
  const shares = sharesOf(champion, rows);
  return (row) => {
    const { baseline, sums } = shares(row);
    const reasons = FAMILIES.map((family, k) => ({
      family,
      contribution: round(sums[k]!),
      ...ownAndNorm(family, rows.raw, row, norms),
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
