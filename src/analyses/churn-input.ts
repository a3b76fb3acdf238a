import type { Champion } from './churn-model.ts';
import type { LastRun } from './churn-moved.ts';
import type { Business, OutcomeChoice } from './churn-outcome.ts';
import type { MovedFeature } from './churn-recipe.ts';
import type { ScoringInput } from './churn-score.ts';

export interface ChurnInput extends ScoringInput {
  readonly lastCompleteDay: number;
  readonly currency: string;
  readonly choice: OutcomeChoice;
  readonly business: Business;
  /** What the last run knew; null where there is none, or none that read the same columns. */
  readonly lastRun: LastRun | null;
}

/** The champion fitted on every complete cut-off, and what it was fitted on. */
export interface Fitted {
  readonly champion: Champion;
  readonly kept: readonly { feature: string; share: number }[];
  /** Features left out because their distribution moved since training. */
  readonly moved: readonly MovedFeature[];
  readonly trainingRows: number;
  /** Training rows × CHURN_FEATURES.length. */
  readonly trainingRaw: Float64Array;
  readonly cutOffs: readonly number[];
}
