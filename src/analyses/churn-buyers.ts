import { CHURN_FEATURES } from '../features/churn-features.ts';
import { EPISODE_DAYS } from '../features/season.ts';
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

/** What the model reads of a customer: orders, days since the last, days since the first, days until the season of its own. */
export const BUYER_INPUTS = ['log_orders', 'log_recency', 'log_tenure', 'season_due'] as const;
const WIDTH = BUYER_INPUTS.length;
const COLUMNS = BUYER_INPUTS.map((name) => CHURN_FEATURES.findIndex((feature) => feature.name === name));
/** Customers that the four parameters are learnt from at most. */
const BUYERS = 20_000;
const PENALTY = 0.001;
/** A probability is never taken as more certain than this before its log-odds are. */
const SUREST = 1e-6;
/** The chance that a once-a-year buyer is silent outside its season: now and then one does otherwise. */
const OUT_OF_SEASON = 0.99;
const YEAR = 365;

/** BUYER_INPUTS in orders and days, row by row of raw features; days until the season: NaN for who has none. */
export function buyerInputs(raw: Float64Array): Float64Array {
  const p = CHURN_FEATURES.length;
  const n = raw.length / p;
  const inputs = new Float64Array(n * WIDTH);
  for (let i = 0; i < n; i++) {
    const due = raw[i * p + COLUMNS[3]!]!;
    inputs[i * WIDTH] = Math.round(Math.exp(raw[i * p + COLUMNS[0]!]!));
    inputs[i * WIDTH + 1] = Math.round(Math.expm1(raw[i * p + COLUMNS[1]!]!));
    inputs[i * WIDTH + 2] = Math.round(Math.expm1(raw[i * p + COLUMNS[2]!]!));
    inputs[i * WIDTH + 3] = Math.sign(due) * Math.round(Math.expm1(Math.abs(due)));
  }
  return inputs;
}

/** The customer of the usual orders and days (raw features in `norms`), who has no season of its own. */
export function usualInputs(norms: Float64Array): Float64Array {
  const usual = buyerInputs(norms);
  usual[3] = Number.NaN;
  return usual;
}

/**
 * Log-odds of no purchase in the horizon, before calibration; `inputs`: n × BUYER_INPUTS, row-major. MBG/NBD knows no season: of
 * a once-a-year buyer it is believed as far as the next season lies in the horizon, and outside it nothing is expected.
 */
export function buyerScores(fitted: MbgNbd, horizonDays: number, inputs: Float64Array): Float64Array {
  const n = inputs.length / WIDTH;
  const frequency = new Float64Array(n);
  const recency = new Float64Array(n);
  const age = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [orders, silent, tenure] = [inputs[i * WIDTH]!, inputs[i * WIDTH + 1]!, inputs[i * WIDTH + 2]!];
    frequency[i] = orders - 1;
    age[i] = Math.max(tenure, silent);
    recency[i] = frequency[i] === 0 ? 0 : age[i]! - silent;
  }
  return mbgNbdNoPurchase(fitted, frequency, recency, age, horizonDays).map((silence, i) => {
    const due = inputs[i * WIDTH + 3]!;
    const ahead = seasonAhead(due, horizonDays);
    const probability = Number.isNaN(due) ? silence : ahead * silence + (1 - ahead) * OUT_OF_SEASON;
    return logit(Math.min(1 - SUREST, Math.max(SUREST, probability)));
  });
}

/** The share of the next season, half an episode around the day that it is due, that lies in the horizon. */
function seasonAhead(dueDays: number, horizonDays: number): number {
  const half = EPISODE_DAYS / 2;
  // One that is over comes again in a year.
  const due = dueDays < -half ? dueDays + YEAR * Math.ceil((-half - dueDays) / YEAR) : dueDays;
  return Math.max(0, Math.min(due + half, horizonDays) - Math.max(due - half, 0)) / EPISODE_DAYS;
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

/** Shapley's weight of a coalition of 0, 1, … others, by how many inputs there are. */
const SHAPLEY = [[], [1], [1 / 2, 1 / 2], [1 / 3, 1 / 6, 1 / 3], [1 / 4, 1 / 12, 1 / 12, 1 / 4]] as const;

/**
 * What each of BUYER_INPUTS adds to a customer's value, against the usual inputs: Shapley's average over the orders in which they
 * could be told, so that `usual` + Σ is the customer's own value. `values` turns n rows of inputs into n values.
 */
export function shareByInput(
  own: Float64Array,
  usual: Float64Array,
  values: (inputs: Float64Array) => Float64Array,
): { usual: number; shares: Float64Array } {
  // What is as usual adds nothing.
  const told = BUYER_INPUTS.map((_, j) => j).filter((j) => !Object.is(own[j], usual[j]));
  const weights = SHAPLEY[told.length]!;
  const sets = 2 ** told.length;
  // All mixtures of the customer's inputs (bit set) and the usual ones.
  const mixtures = new Float64Array(sets * WIDTH);
  for (let set = 0; set < sets; set++) {
    mixtures.set(usual, set * WIDTH);
    told.forEach((j, bit) => {
      if ((set >> bit) & 1) mixtures[set * WIDTH + j] = own[j]!;
    });
  }
  const found = values(mixtures);
  const shares = new Float64Array(WIDTH);
  told.forEach((j, bit) => {
    for (let set = 0; set < sets; set++) {
      if ((set >> bit) & 1) continue;
      shares[j] = shares[j]! + weights[bitsIn(set)]! * (found[set | (1 << bit)]! - found[set]!);
    }
  });
  return { usual: found[0]!, shares };
}

function bitsIn(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
