import { CHURN_FEATURES, churnFeatures } from '../features/churn-features.ts';
import { rhythm } from '../features/expected-gap.ts';
import { sigmoid } from '../math/logistic.ts';
import { blocksOf } from './churn-blocks.ts';
import type { Champion } from './churn-model.ts';
import { modelLogOdds, scoringRows } from './churn-models.ts';
import type { ChurnEvents } from './churn-panel.ts';

/** The log-odds of each raw row (n × CHURN_FEATURES.length). */
export function logOddsOf({ model, recipe }: Champion, raw: Float64Array): Float64Array {
  const odds = new Float64Array(raw.length / CHURN_FEATURES.length);
  for (const block of blocksOf(raw)) odds.set(modelLogOdds(model, scoringRows(recipe, block.raw)), block.first);
  return odds;
}

/** The probability of each raw row (n × CHURN_FEATURES.length). */
export function probabilitiesOf(champion: Champion, raw: Float64Array): Float64Array {
  return logOddsOf(champion, raw).map(sigmoid);
}

/** The probabilities that customers would have at the end of a day, with these events and no others. */
export function probabilitiesAt(
  champion: Champion,
  events: ChurnEvents,
  day: number,
  customers: Int32Array,
): Float64Array {
  const { portfolioMedianGap } = champion;
  const rhythms = rhythm(events.history, day, { portfolioMedianGap });
  return probabilitiesOf(champion, churnFeatures(events, rhythms, champion.horizonDays, customers));
}
