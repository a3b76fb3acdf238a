import type { BuyingFacts } from '../features/buying-facts.ts';
import { when } from '../lib/errors.ts';
import type { RandomSource } from '../math/random.ts';
import { fitGammaGamma, type GammaGamma } from '../models/gamma-gamma.ts';
import { fitMbgNbd, type MbgNbd } from '../models/mbg-nbd.ts';
import { expectedSpend, type PredictedValue, predictValue } from '../models/predictive-value.ts';

export interface FittedValue {
  readonly counts: MbgNbd;
  readonly money: GammaGamma;
  /** What is left of payments after refunds, over all customers. */
  readonly keptShare: number;
  /** How many customers were learned from. */
  readonly customers: number;
}

/** Weak enough that 50 customers outweigh it; keeps a parameter that the data do not tell from running away. */
export const PENALTY = 0.1;
const STARTS = 3;

/** Null when a likelihood is refused: nobody bought twice, or it does not converge. */
export function fitValue(facts: BuyingFacts, random: RandomSource): FittedValue | null {
  const options = { penalty: PENALTY, random, starts: STARTS };
  const purchases = facts.frequency.map((repeats) => repeats + 1);
  return refusedAsNull(() => ({
    counts: fitMbgNbd(facts, options),
    money: fitGammaGamma({ frequency: purchases, meanValue: facts.meanValue }, options),
    keptShare: facts.keptShare,
    customers: facts.position.length,
  }));
}

/** What a fitting gives, or null where the model refuses its input. */
export function refusedAsNull<T>(learn: () => T): T | null {
  try {
    return learn();
  } catch (error) {
    return when('model-input', () => null)(error);
  }
}

/** As `expectedSpend`, with the portfolio's share of refunds taken off. */
export function expectedMoney(fitted: FittedValue, facts: BuyingFacts, days: number): Float64Array {
  return expectedSpend(fitted.counts, fitted.money, facts, days).map((spend) => spend * fitted.keptShare);
}

/** As `predictValue`, with the portfolio's share of refunds taken off. */
export function predictMoney(fitted: FittedValue, facts: BuyingFacts, days: number): PredictedValue {
  const predicted = predictValue(fitted.counts, fitted.money, facts, days);
  const kept = (values: Float64Array): Float64Array => values.map((value) => value * fitted.keptShare);
  return {
    ...predicted,
    spend: kept(predicted.spend),
    spendLow: kept(predicted.spendLow),
    spendHigh: kept(predicted.spendHigh),
  };
}
