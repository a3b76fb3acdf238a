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
import { evidenceOf } from './evidence-level.ts';

export function computeChurn(input: ChurnInput, seed: number): Drafted<ChurnSummary> {
  const rhythms = rhythm(input.history, input.asOfDay);
  const counted = evidenceOf(input, rhythms, input.lastCompleteDay);
  const entrants = entrantsAt(counted.level);
  const { trials, leak } =
    counted.level >= 2 ? trialsOf(input, entrants, counted.newestCutOffDay, seed) : NOTHING_TRIED;
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

interface Tried {
  readonly trials: readonly Trial[];
  /** Nothing was learnt, and this is why. */
  readonly leak: Leak | null;
}

const NOTHING_TRIED: Tried = { trials: [], leak: null };

/** The newest complete cut-off, and the one whose horizon ends where that one begins. */
function trialsOf(input: ChurnInput, entrants: readonly EntrantName[], newest: number, seed: number): Tried {
  const cutOffs = [newest, newest - input.horizonDays - waitDays(input.outcome)];
  const trials: Trial[] = [];
  for (const [k, cutOff] of cutOffs.entries()) {
    const trial = runTrial(input, cutOff, entrants, seed + k);
    if (trial === null) break;
    if ('feature' in trial) return { trials: [], leak: trial };
    trials.push(trial);
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
