import { isoDay } from '../features/calendar.ts';
import { seededRandom, shuffledIndices } from '../math/random.ts';
import { mean } from '../math/statistics.ts';
import { pairedGain } from '../models/bootstrap.ts';
import { hitRateAt, ndcgAt } from '../models/recommendation-metrics.ts';
import { RECOMMENDERS, type Recommender, type RecommenderName } from '../models/recommender.ts';
import type { RecommendInput } from './recommend-input.ts';
import { fitRecommender } from './recommend-methods.ts';
import { type PurchasesUntil, purchasesUntil } from './recommend-purchases.ts';
import { rfmGroupsAt, segmentsAt } from './recommend-segments.ts';
import { SUGGESTED, type Suggested, suggester } from './recommend-suggest.ts';
import type { RecommendSummary } from './recommend-summary.ts';
import { type TakenShares, takenShares } from './recommend-taken.ts';

/** Whoever has bought nothing for longer is neither judged nor called. */
export const ACTIVE_DAYS = 365;
/** With fewer customers who bought something new, no method can be told from chance. */
export const FEWEST_JUDGED = 30;
/** Of more customers, this many are drawn to learn from, to be judged, and to count how often a suggestion is taken. */
const MOST_LEARNT = 20_000;
const MOST_JUDGED = 2_000;
const MOST_WATCHED = 5_000;

export interface BackTest {
  readonly method: RecommenderName;
  readonly told: RecommendSummary['backTest'];
  /** By place (the first, the second, the third suggestion); none where too few were judged. */
  readonly taken: readonly TakenShares[];
}

/**
 * Which way of suggesting would have been right? One global cut-off, a horizon before the last complete day: every method learns
 * from what was bought up to it, and suggests three products to each customer active then. Judged are those who bought a
 * product new to them in the horizon after it and had more than three left to choose from (else any suggestion is right), by hit rate and NDCG at 3; products owned never count. From simple to complex, a
 * method replaces the incumbent when its paired gain in hit rate exceeds one bootstrap standard error. Below 30 customers
 * judged, popularity is used without a contest. Methods in `aside` do not compete.
 */
export function backTest(input: RecommendInput, aside: readonly RecommenderName[], seed: number): BackTest {
  const cutOffDay = input.lastCompleteDay - input.horizonDays;
  const random = seededRandom(seed);
  const known = customersBy(input, cutOffDay);
  const bought = purchasesUntil(input, input.products.length, cutOffDay, drawn(known, MOST_LEARNT, random));
  const active = Int32Array.from(bought.customers.keys()).filter((row) => bought.quietDays[row]! <= ACTIVE_DAYS);
  const news = newProducts(input, bought, cutOffDay);
  const all = active.filter((row) => news(row).length > 0);
  const left = productsLeft(bought);
  const choosing = all.filter((row) => left(row) > SUGGESTED);
  const judged = drawn(choosing, MOST_JUDGED, random);
  const counts = {
    cutOff: isoDay(cutOffDay),
    horizonDays: input.horizonDays,
    known: known.length,
    learnt: bought.customers.length,
    active: active.length,
    boughtNew: all.length,
    choosing: choosing.length,
    judged: judged.length,
  };
  if (judged.length < FEWEST_JUDGED) {
    return { method: 'popularity', told: { ...counts, board: [], aside: [], taken: null }, taken: [] };
  }
  const groups = rfmGroupsAt(input, cutOffDay);
  const { segmentOf } = segmentsAt(input, groups);
  const fitted = new Map<RecommenderName, Recommender>();
  const board: NonNullable<RecommendSummary['backTest']>['board'] = [];
  let champion: RecommenderName = 'popularity';
  let championHits: Float64Array = new Float64Array(0);
  for (const name of RECOMMENDERS) {
    if (aside.includes(name)) continue;
    const method = fitRecommender(name, input, bought, segmentOf, seed);
    fitted.set(name, method);
    const suggest = suggester(method, fitted.get('popularity')!, bought);
    const { hits, ndcg } = judge(judged, suggest, news);
    const gain = name === 'popularity' ? null : pairedGain(hits, championHits, random);
    const replaces = gain !== null && gain.gain > gain.standardError;
    board.push({
      method: name,
      hitRate: mean(hits),
      ndcg: mean(ndcg),
      gain: gain === null ? null : gain.gain,
      standardError: gain === null ? null : gain.standardError,
      against: name === 'popularity' ? null : champion,
      replaces,
    });
    if (name !== 'popularity' && !replaces) continue;
    champion = name;
    championHits = hits;
  }
  const watched = drawn(active, MOST_WATCHED, random);
  const suggest = suggester(fitted.get(champion)!, fitted.get('popularity')!, bought);
  const taken = takenShares(watched, suggest, news, (row) => groups[bought.customers[row]!]!);
  const first = { customers: watched.length, share: taken[0]!.prior.share };
  return { method: champion, told: { ...counts, board, aside: [...aside], taken: first }, taken };
}

/** What the customer of a row bought in the horizon that it had not bought before: columns, −1 for a product that had none. */
function newProducts(
  { offsets, days, items, lastCompleteDay }: RecommendInput,
  { customers, columnOf }: PurchasesUntil,
  cutOffDay: number,
): (row: number) => readonly number[] {
  return (row) => {
    const customer = customers[row]!;
    const before = new Set<number>();
    const after = new Set<number>();
    for (let at = offsets[customer]!; at < offsets[customer + 1]!; at++) {
      if (days[at]! <= cutOffDay) before.add(items[at]!);
      else if (days[at]! <= lastCompleteDay && !before.has(items[at]!)) after.add(items[at]!);
    }
    return Array.from(after, (item) => columnOf[item]!);
  };
}

/** Those who had bought a product by the end of a day. */
function customersBy({ offsets, days, customerIds }: RecommendInput, day: number): Int32Array {
  return Int32Array.from(customerIds.keys()).filter((c) => days[offsets[c]!]! <= day);
}

/** How many products may be suggested to the customer of a row. */
function productsLeft({ train, unsold }: PurchasesUntil): (row: number) => number {
  const isUnsold = new Uint8Array(train.products);
  for (const column of unsold) isUnsold[column] = 1;
  return (row) => {
    const owned = train.items.subarray(train.offsets[row]!, train.offsets[row + 1]!);
    return train.products - unsold.length - owned.filter((column) => isUnsold[column] === 0).length;
  };
}

function drawn(rows: Int32Array, most: number, random: () => number): Int32Array {
  if (rows.length <= most) return rows;
  return shuffledIndices(rows.length, random)
    .subarray(0, most)
    .map((i) => rows[i]!)
    .sort();
}

function judge(
  judged: Int32Array,
  suggest: (row: number) => readonly Suggested[],
  news: (row: number) => readonly number[],
): { hits: Float64Array; ndcg: Float64Array } {
  const hits = new Float64Array(judged.length);
  const ndcg = new Float64Array(judged.length);
  for (const [i, row] of judged.entries()) {
    const ranked = suggest(row).map(({ column }) => column);
    const bought = news(row);
    hits[i] = hitRateAt(SUGGESTED, ranked, bought);
    ndcg[i] = ndcgAt(SUGGESTED, ranked, bought);
  }
  return { hits, ndcg };
}
