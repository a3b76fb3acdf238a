import { CHURN_FEATURES } from '../features/churn-features.ts';
import { KithError } from '../lib/errors.ts';
import { logit } from '../math/logistic.ts';
import type { RandomSource } from '../math/random.ts';
import { fitMbgNbd, type MbgNbd, mbgNbdNoPurchase } from '../models/mbg-nbd.ts';
import { sampleRows } from './churn-sample.ts';

/** Repeat purchases, days from the first to the last, days from the first to the cut-off. */
export interface Buyers {
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
}

/** What the model reads of a customer: orders, days since the last, days since the first. */
export const BUYER_INPUTS = ['log_orders', 'log_recency', 'log_tenure'] as const;
const COLUMNS = BUYER_INPUTS.map((name) => CHURN_FEATURES.findIndex((feature) => feature.name === name));
/** Customers that the four parameters are learnt from at most. */
const BUYERS = 20_000;
const PENALTY = 0.001;
/** A probability is never taken as more certain than this before its log-odds are. */
const SUREST = 1e-6;

/** Orders, days since the last and days since the first, one after the other for each row of raw features. */
export function buyerInputs(raw: Float64Array): Float64Array {
  const p = CHURN_FEATURES.length;
  const n = raw.length / p;
  const inputs = new Float64Array(n * 3);
  for (let i = 0; i < n; i++) {
    inputs[i * 3] = Math.round(Math.exp(raw[i * p + COLUMNS[0]!]!));
    inputs[i * 3 + 1] = Math.round(Math.expm1(raw[i * p + COLUMNS[1]!]!));
    inputs[i * 3 + 2] = Math.round(Math.expm1(raw[i * p + COLUMNS[2]!]!));
  }
  return inputs;
}

/** Log-odds of no purchase in the horizon, before calibration; `inputs`: n × 3, row-major. */
export function buyerScores(fitted: MbgNbd, horizonDays: number, inputs: Float64Array): Float64Array {
  const n = inputs.length / 3;
  const frequency = new Float64Array(n);
  const recency = new Float64Array(n);
  const age = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [orders, silent, tenure] = [inputs[i * 3]!, inputs[i * 3 + 1]!, inputs[i * 3 + 2]!];
    frequency[i] = orders - 1;
    age[i] = Math.max(tenure, silent);
    recency[i] = frequency[i] === 0 ? 0 : age[i]! - silent;
  }
  return mbgNbdNoPurchase(fitted, frequency, recency, age, horizonDays).map((probability) =>
    logit(Math.min(1 - SUREST, Math.max(SUREST, probability))),
  );
}

/** MBG/NBD of everybody who had bought by a cut-off; null where nobody bought twice, or the likelihood does not settle. */
export function fitBuyers({ frequency, recency, age }: Buyers, random: RandomSource): MbgNbd | null {
  const rows = sampleRows(frequency.length, BUYERS, random);
  const of = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  const history = { frequency: of(frequency), recency: of(recency), age: of(age) };
  // Without a repeat purchase there is nothing to learn a pace from.
  if (!history.frequency.some((count) => count > 0)) return null;
  try {
    return fitMbgNbd(history, { penalty: PENALTY, random });
  } catch (error) {
    if (error instanceof KithError && error.code === 'model-input') return null;
    throw error;
  }
}

/** Shapley's weight of a coalition of 0, 1 or 2 of the other two inputs. */
const SHAPLEY = [1 / 3, 1 / 6, 1 / 3];

/**
 * What each of the three inputs adds to a customer's value, against the usual inputs: Shapley's average over the orders in which
 * they could be told, so that `usual` + Σ is the customer's own value. `values` turns n × 3 inputs into n values.
 */
export function shareByInput(
  own: Float64Array,
  usual: Float64Array,
  values: (inputs: Float64Array) => Float64Array,
): { usual: number; shares: readonly [number, number, number] } {
  // All eight mixtures of the customer's inputs (bit set) and the usual ones.
  const mixtures = new Float64Array(8 * 3);
  for (let set = 0; set < 8; set++) {
    for (let j = 0; j < 3; j++) mixtures[set * 3 + j] = (set >> j) & 1 ? own[j]! : usual[j]!;
  }
  const told = values(mixtures);
  const share = (j: number) => {
    let sum = 0;
    for (let set = 0; set < 8; set++) {
      if ((set >> j) & 1) continue;
      const others = (set & 1) + ((set >> 1) & 1) + ((set >> 2) & 1);
      sum += SHAPLEY[others]! * (told[set | (1 << j)]! - told[set]!);
    }
    return sum;
  };
  return { usual: told[0]!, shares: [share(0), share(1), share(2)] };
}
