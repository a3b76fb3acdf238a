import { CHURN_FEATURES, churnFeatures } from '../features/churn-features.ts';
import { type Rhythm, rhythm } from '../features/expected-gap.ts';
import { usualValues } from '../features/family-values.ts';
import { seededRandom } from '../math/random.ts';
import type { Drafted } from './analysis.ts';
import { blocksOf } from './churn-blocks.ts';
import { decide, entrantsAt, runTrial, type Trial } from './churn-board.ts';
import type { ChurnInput, Fitted } from './churn-input.ts';
import type { ChurnModel, EntrantName } from './churn-model.ts';
import { fitEntrant } from './churn-models.ts';
import { atStake, waitDays } from './churn-outcome.ts';
import { type Leak, prepareTraining, trainingCutOffs, trainingPanel } from './churn-panel.ts';
import { type ChurnRecipe, churnDesign, columnName } from './churn-recipe.ts';
import { scoreCustomers } from './churn-score.ts';
import { summarise } from './churn-summarise.ts';
import type { ChurnSummary } from './churn-summary.ts';
import { type Evidence, evidenceOf } from './evidence-level.ts';

/** What a part of the work gives. */
export interface Tried {
  readonly counted: Evidence;
  /** Null where there is too little for it. */
  readonly outcome: Trial | Leak | null;
}

/** Two disjoint cut-offs, neither of which needs the other. */
export const TRIALS = 2;

/** The newest complete cut-off (trial 0), or the one whose horizon ends where that one begins. */
export function churnTrial(input: ChurnInput, trial: number, seed: number): Tried {
  const counted = evidenceOf(input, rhythm(input.history, input.asOfDay), input.lastCompleteDay);
  if (counted.level < 2) return { counted, outcome: null };
  const cutOff = counted.newestCutOffDay - trial * (input.horizonDays + waitDays(input.outcome));
  return { counted, outcome: runTrial(input, cutOff, entrantsAt(counted.level), seed + trial) };
}

/** `tried`: every trial, the newest first. */
export function computeChurn(input: ChurnInput, seed: number, tried: readonly Tried[]): Drafted<ChurnSummary> {
  const { counted } = tried[0]!;
  const rhythms = rhythm(input.history, input.asOfDay);
  const entrants = entrantsAt(counted.level);
  const { trials, leak } = judged(tried);
  const decision = trials.length === 0 ? null : decide(trials, entrants, seededRandom(seed + 2));
  // Without a board nothing was shown to be better than a guess, whatever the counts say.
  const level = decision === null && counted.level > 1 ? 1 : counted.level;
  const evidence = { ...counted, level };
  const eligible = atStake(input, rhythms);
  const raw = churnFeatures(input, rhythms, input.horizonDays, eligible);
  const fitted = decision === null ? null : refit(input, decision.champion, rhythms, raw, seed + 3);
  const champion = fitted?.champion ?? null;
  const scored = scoreCustomers(input, rhythms, evidence, champion, eligible, raw, input.lastRun);
  return {
    summary: summarise({ input, rhythms, evidence, trials, leak, decision, fitted, scored, raw }),
    model: champion === null ? null : { ...champion, kept: fitted?.kept, cutOffs: fitted?.cutOffs },
    scores: scored.scores,
    matrix: { columns: CHURN_FEATURES.length, values: scored.matrixRow },
  };
}

/** A trial counts where those at newer cut-offs do. With a leak nothing was learnt, and that is why. */
function judged(tried: readonly Tried[]): { trials: readonly Trial[]; leak: Leak | null } {
  const trials: Trial[] = [];
  for (const { outcome } of tried) {
    if (outcome === null) break;
    if ('feature' in outcome) return { trials: [], leak: outcome };
    trials.push(outcome);
  }
  return { trials, leak: null };
}

/** The champion again, on every complete cut-off; `raw`: the rows of those whom it is for. */
function refit(input: ChurnInput, name: EntrantName, rhythms: Rhythm, raw: Float64Array, seed: number): Fitted {
  const random = seededRandom(seed);
  const cutOffs = trainingCutOffs(input, input.lastCompleteDay);
  const panel = trainingPanel(input, cutOffs, rhythms.portfolioMedianGap, random);
  const { recipe, training, shares, moved } = prepareTraining(panel, raw, random);
  const fitted = fitEntrant(name, training, random);
  if (fitted.kind === 'net') throw new Error('A model without exact reasons is never champion');
  return {
    champion: {
      model: fitted satisfies ChurnModel,
      recipe,
      centre: columnMeans(recipe, raw),
      norms: Array.from(usualValues(raw), (norm) => (Number.isFinite(norm) ? norm : null)),
      portfolioMedianGap: rhythms.portfolioMedianGap,
      horizonDays: input.horizonDays,
      columns: CHURN_FEATURES.map((feature) => feature.name),
    },
    kept: training.kept.map((column) => ({ feature: columnName(recipe, column), share: shares[column]! })),
    moved,
    trainingRows: panel.labels.length,
    trainingRaw: panel.raw,
    cutOffs,
  };
}

/** Mean of each of the design's columns; 0, the training mean, without rows. */
function columnMeans(recipe: ChurnRecipe, raw: Float64Array): number[] {
  const q = recipe.columns.length;
  const sums = new Float64Array(q);
  const n = raw.length / CHURN_FEATURES.length;
  for (const block of blocksOf(raw)) {
    const design = churnDesign(recipe, block.raw);
    for (let at = 0; at < design.length; at += q) for (let j = 0; j < q; j++) sums[j]! += design[at + j]!;
  }
  return Array.from(sums, (sum) => (n === 0 ? 0 : sum / n));
}
