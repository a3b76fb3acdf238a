import { churnFeatures } from '../features/churn-features.ts';
import { rhythm } from '../features/expected-gap.ts';
import { sigmoid } from '../math/logistic.ts';
import type { Champion } from './churn-model.ts';
import { modelLogOdds, scoringRows } from './churn-models.ts';
import type { ChurnEvents } from './churn-panel.ts';

/** The probability of each raw row (n × CHURN_FEATURES.length). */
export function probabilitiesOf(champion: Champion, raw: Float64Array): Float64Array {
  return modelLogOdds(champion.model, scoringRows(champion.recipe, raw)).map(sigmoid);
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
