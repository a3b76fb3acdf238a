import type { EvidenceLevel } from '../domain/results.ts';
import { popularityRecommender } from '../models/popularity.ts';
import type { Drafted } from './analysis.ts';
import { ACTIVE_DAYS, type BackTest } from './recommend-back-test.ts';
import type { RecommendInput } from './recommend-input.ts';
import { type KeptSuggestion, keptSuggestions } from './recommend-kept.ts';
import { fitRecommender } from './recommend-methods.ts';
import type { PurchasesUntil } from './recommend-purchases.ts';
import { productRepeats, REPEAT_SHARE, type Repeats } from './recommend-repeats.ts';
import { rfmGroupsAt, type SegmentsAt, segmentsAt } from './recommend-segments.ts';
import { SUGGESTED, suggester } from './recommend-suggest.ts';
import type { ProductSuggestion, RecommendDetails, RecommendSummary } from './recommend-summary.ts';
import { chanceOf } from './recommend-taken.ts';

/** How many of the most suggested products the summary keeps. */
const MOST_SUGGESTED = 10;

type Told = Pick<
  RecommendSummary,
  | 'active'
  | 'boughtAll'
  | 'productsLookedAt'
  | 'productsSuggested'
  | 'repeatProducts'
  | 'suggested'
  | 'segmentsBy'
  | 'most'
  | 'popular'
>;

/** Evidence level from which a share of the back-test is told as a chance. */
const CHANCE_FROM = 2;

/**
 * Three products for every customer that bought any, by the method of the back-test, in one pass. The value is the first one's
 * expected money; band `open`: bought in the last 365 days, `quiet`: longer ago; no label where nothing is left to suggest.
 */
export function nextProducts(
  input: RecommendInput,
  bought: PurchasesUntil,
  test: BackTest,
  level: EvidenceLevel,
  seed: number,
): { scores: NonNullable<Drafted<unknown>['scores']>; told: Told } {
  const groups = rfmGroupsAt(input, input.today);
  const segments = segmentsAt(input, groups);
  const method = fitRecommender(test.method, input, bought, segments.segmentOf, seed);
  const popularity = test.method === 'popularity' ? method : popularityRecommender(bought.train);
  const suggest = suggester(method, popularity, bought);
  const repeats = productRepeats(input);
  const customers = input.customerIds.length;
  const scores = {
    value: new Float64Array(customers).fill(Number.NaN),
    label: new Array<string>(customers).fill(''),
    band: new Array<string>(customers).fill(''),
    evidence: new Uint8Array(customers).fill(level),
    details: (customer: number): string => {
      const row = rowOf[customer]!;
      if (row === -1) return '{}';
      const isActive = bought.quietDays[row]! <= ACTIVE_DAYS;
      const details: RecommendDetails = {
        suggestions: kept.of(row).map((one, place) => suggestionOf(one, place, customer, isActive)),
        segment: segmentOf(segments, customer),
        again: boughtAgain(input, bought, row, repeats),
        products: bought.train.offsets[row + 1]! - bought.train.offsets[row]!,
        quietDays: bought.quietDays[row]!,
      };
      return JSON.stringify(details);
    },
  };
  const kept = keptSuggestions(bought.customers.length, method.name, popularity.name);
  const rowOf = new Int32Array(customers).fill(-1);
  const suggestionOf = (one: KeptSuggestion, place: number, customer: number, isActive: boolean): ProductSuggestion => {
    const { column, by, have, of, owned } = one;
    const { id: productId, name, usualAmount } = input.products[bought.products[column]!]!;
    const chance = isActive && level >= CHANCE_FROM ? chanceOf(test.taken, place, groups[customer]!, one) : null;
    const ownedName = owned === null ? null : input.products[bought.products[owned]!]!.name;
    const expected = chance === null || usualAmount === null ? null : chance * usualAmount;
    return { productId, product: name, by, have, of, owned: ownedName, usualAmount, chance, expected };
  };
  const tally = new Map<number, { customers: number; expected: number }>();
  let active = 0;
  let suggested = 0;
  for (const [row, customer] of bought.customers.entries()) {
    const isActive = bought.quietDays[row]! <= ACTIVE_DAYS;
    rowOf[customer] = row;
    kept.keep(
      row,
      suggest(row).map(({ column, by }) => ({ column, by: by.name, ...by.evidence(row, column) })),
    );
    if (isActive) active++;
    const [best] = kept.of(row);
    if (best === undefined) continue;
    const first = suggestionOf(best, 0, customer, isActive);
    scores.value[customer] = first.expected ?? Number.NaN;
    scores.label[customer] = first.product;
    scores.band[customer] = isActive ? 'open' : 'quiet';
    if (!isActive) continue;
    suggested++;
    const counted = tally.get(best.column) ?? { customers: 0, expected: 0 };
    counted.customers++;
    counted.expected += first.expected ?? Number.NaN;
    tally.set(best.column, counted);
  }
  const product = (column: number) => input.products[bought.products[column]!]!;
  return {
    scores,
    told: {
      active,
      boughtAll: active - suggested,
      productsLookedAt: bought.products.length,
      productsSuggested: bought.products.length - bought.unsold.length,
      repeatProducts: repeats.share.filter((share, i) => share >= REPEAT_SHARE && repeats.buyers[i]! > 0).length,
      suggested,
      segmentsBy: segments.by,
      most: [...tally]
        .sort(([a, x], [b, y]) => y.customers - x.customers || a - b)
        .slice(0, MOST_SUGGESTED)
        .map(([column, counted]) => ({
          product: product(column).name,
          customers: counted.customers,
          usualAmount: product(column).usualAmount,
          expected: Number.isNaN(counted.expected) ? null : counted.expected,
        })),
      popular: popular(bought, popularity.evidence).map(({ column, buyers }) => ({
        product: product(column).name,
        buyers,
        usualAmount: product(column).usualAmount,
      })),
    },
  };
}

function segmentOf({ by, names, segmentOf: positions }: SegmentsAt, customer: number): RecommendDetails['segment'] {
  const name = names[positions[customer]!];
  return name === undefined ? null : { by, name };
}

/** What a customer without purchases is told: the products that most customers bought. */
function popular(
  { train, unsold }: PurchasesUntil,
  evidence: (row: number, column: number) => { readonly have: number },
): { column: number; buyers: number }[] {
  const isUnsold = new Uint8Array(train.products);
  for (const column of unsold) isUnsold[column] = 1;
  return Array.from({ length: train.products }, (_, column) => ({ column, buyers: evidence(-1, column).have }))
    .filter(({ column }) => isUnsold[column] === 0)
    .sort((a, b) => b.buyers - a.buyers || a.column - b.column)
    .slice(0, SUGGESTED);
}

/** The repeat products that the customer has, those it bought on most days first. */
function boughtAgain(
  { products }: RecommendInput,
  bought: PurchasesUntil,
  row: number,
  { buyers, again, share }: Repeats,
): RecommendDetails['again'] {
  const { offsets, items, weights } = bought.train;
  const found: { product: number; days: number }[] = [];
  for (let e = offsets[row]!; e < offsets[row + 1]!; e++) {
    const product = bought.products[items[e]!]!;
    if (share[product]! >= REPEAT_SHARE && buyers[product]! > 0) found.push({ product, days: weights[e]! });
  }
  return found
    .sort((a, b) => b.days - a.days || share[b.product]! - share[a.product]! || a.product - b.product)
    .slice(0, SUGGESTED)
    .map(({ product }) => ({ product: products[product]!.name, again: again[product]!, buyers: buyers[product]! }));
}
