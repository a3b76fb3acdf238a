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

/** What a part of the work gives: a trial, with null where there is too little for it, or who leads after the newest one, fitted. */
export type ChurnPart =
  | { readonly kind: 'tried'; readonly counted: Evidence; readonly outcome: Trial | Leak | null }
  | { readonly kind: 'fitted'; readonly name: EntrantName; readonly fitted: Fitted }
  | { readonly kind: 'none' };
type Tried = Extract<ChurnPart, { kind: 'tried' }>;

/** The trial of the newest complete cut-off; then that of the one whose horizon ends where it begins, beside the fit of who leads. */
export const CHURN_ROUNDS = [1, 2] as const;

export function churnPart(input: ChurnInput, part: number, seed: number, before: readonly ChurnPart[]): ChurnPart {
  const rhythms = rhythm(input.history, input.asOfDay);
  const counted = evidenceOf(input, rhythms, input.lastCompleteDay);
  const entrants = entrantsAt(counted.level);
  const trialAt = (cutOffDay: number, own: number, newest: Trial | null): Tried => {
    const outcome = counted.level < 2 ? null : runTrial(input, cutOffDay, entrants, own, newest);
    return { kind: 'tried', counted, outcome };
  };
  if (part === 0) return trialAt(counted.newestCutOffDay, seed, null);
  const [newest] = judged(before).trials;
  if (newest === undefined) return { kind: 'none' };
  if (part === 1) {
    const older = counted.newestCutOffDay - input.horizonDays - waitDays(input.outcome);
    return trialAt(older, seed + 1, newest);
  }
  const name = decide([newest], entrants).champion;
  return { kind: 'fitted', name, fitted: refit(input, name, rhythms, rawOf(input, rhythms), seed) };
}

/** `parts`: of every round, in their order. */
export function computeChurn(input: ChurnInput, seed: number, parts: readonly ChurnPart[]): Drafted<ChurnSummary> {
  const { counted } = triedIn(parts)[0]!;
  const rhythms = rhythm(input.history, input.asOfDay);
  const { trials, leak } = judged(parts);
  const decision = trials.length === 0 ? null : decide(trials, entrantsAt(counted.level));
  // Without a board nothing was shown to be better than a guess, whatever the counts say.
  const level = decision === null && counted.level > 1 ? 1 : counted.level;
  const evidence = { ...counted, level };
  const eligible = atStake(input, rhythms);
  const raw = rawOf(input, rhythms);
  const fitted =
    decision === null
      ? null
      : fittedIn(parts, decision.champion, () => refit(input, decision.champion, rhythms, raw, seed));
  const champion = fitted?.champion ?? null;
  const scored = scoreCustomers(input, rhythms, evidence, champion, eligible, raw, input.lastRun);
  return {
    summary: summarise({ input, rhythms, evidence, trials, leak, decision, fitted, scored, raw }),
    model: champion === null ? null : { ...champion, kept: fitted?.kept, cutOffs: fitted?.cutOffs },
    scores: scored.scores,
    matrix: { columns: CHURN_FEATURES.length, values: scored.matrixRow },
  };
}

/** A row for each of those whom the risk is for. */
function rawOf(input: ChurnInput, rhythms: Rhythm): Float64Array {
  return churnFeatures(input, rhythms, input.horizonDays, atStake(input, rhythms));
}

function triedIn(parts: readonly ChurnPart[]): readonly Tried[] {
  return parts.filter((part) => part.kind === 'tried');
}

/** A trial counts where those at newer cut-offs do. With a leak nothing was learnt, and that is why. */
function judged(parts: readonly ChurnPart[]): { trials: readonly Trial[]; leak: Leak | null } {
  const trials: Trial[] = [];
  for (const { outcome } of triedIn(parts)) {
    if (outcome === null) break;
    if ('feature' in outcome) return { trials: [], leak: outcome };
    trials.push(outcome);
  }
  return { trials, leak: null };
}

/** Who led after the newest trial may have lost to somebody since, or have won too little at the other. */
function fittedIn(parts: readonly ChurnPart[], champion: EntrantName, refitted: () => Fitted): Fitted {
  const found = parts.find((part) => part.kind === 'fitted' && part.name === champion);
  return found?.kind === 'fitted' ? found.fitted : refitted();
}

/** The champion again, on every complete cut-off; `raw`: the rows of those whom it is for. */
function refit(input: ChurnInput, name: EntrantName, rhythms: Rhythm, raw: Float64Array, seed: number): Fitted {
  const random = seededRandom(seed + 3);
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
