import { type EtsModel, fitEts } from './ets.ts';
import type { EtsForm } from './ets-states.ts';

/**
 * The exponential-smoothing model of the family with the least AICc: errors, trend (none, additive, damped) and season. An
 * additive error with a multiplicative season is left out, since its variance grows without bound; multiplicative parts are
 * left out where a value is 0 or below. Null when the series is too short for any (fewer than 5 values). Up to 15 fits.
 *
 * Hyndman, R., Koehler, A., Snyder, R. and Grose, S. (2002). A state space framework for automatic forecasting. International
 * Journal of Forecasting 18; Hyndman et al. (2008), section 7.2.
 */
export function chooseEts(series: ArrayLike<number>, options: { readonly period: number }): EtsModel | null {
  let best: EtsModel | null = null;
  for (const form of etsForms(series, options.period)) {
    const model = fitEts(series, form, options);
    if (model !== null && Number.isFinite(model.aicc) && (best === null || model.aicc < best.aicc)) best = model;
  }
  return best;
}

function etsForms(series: ArrayLike<number>, period: number): EtsForm[] {
  let isPositive = true;
  for (let t = 0; t < series.length; t++) if (!(series[t]! > 0)) isPositive = false;
  const isSeasonal = period > 1 && series.length > period;
  const forms: EtsForm[] = [];
  for (const error of isPositive ? (['A', 'M'] as const) : (['A'] as const)) {
    for (const trend of ['N', 'A', 'Ad'] as const) {
      for (const season of ['N', 'A', 'M'] as const) {
        if (season !== 'N' && !isSeasonal) continue;
        if (season === 'M' && error === 'A') continue;
        forms.push({ error, trend, season });
      }
    }
  }
  return forms;
}
