import { seededRandom } from '../math/random.ts';
import { contentRecommender } from '../models/content-recommender.ts';
import { factorsRecommender, fitImplicitFactors } from '../models/implicit-factors.ts';
import { itemItemRecommender, userUserRecommender } from '../models/neighbour-recommender.ts';
import { popularityRecommender, segmentPopularityRecommender } from '../models/popularity.ts';
import { RECOMMENDERS, type Recommender, type RecommenderName } from '../models/recommender.ts';
import type { RecommendInput } from './recommend-input.ts';
import type { PurchasesUntil } from './recommend-purchases.ts';

/** How the methods are set: the same for every portal, chosen on none of them. */
const ITEM_ITEM = { neighbours: 50, shrinkage: 10 } as const;
const USER_USER = { neighbours: 50, shrinkage: 10 } as const;
const FACTORS = { factors: 16, regularisation: 10, alpha: 10, iterations: 8 } as const;

/** Steps of arithmetic that a method may cost to suggest to everybody, a few seconds' worth. */
const MOST_WORK = 1e9;

/** The methods that would take too long with so many customers: they do not compete, and the answer says so. */
export function tooCostly({ train }: Pick<PurchasesUntil, 'train'>): readonly RecommenderName[] {
  const { customers, products, items } = train;
  const { factors, iterations } = FACTORS;
  const buyers = new Float64Array(products);
  for (const item of items) buyers[item]!++;
  const work: Partial<Record<RecommenderName, number>> = {
    'user-user': buyers.reduce((sum, count) => sum + count * count, 0),
    factors: iterations * (items.length * factors ** 2 + ((customers + products) * factors ** 3) / 3),
  };
  return RECOMMENDERS.filter((name) => (work[name] ?? 0) > MOST_WORK);
}

/** Fits a method on what was bought. `segmentOf`: by position in the input's customers. */
export function fitRecommender(
  name: RecommenderName,
  input: Pick<RecommendInput, 'products' | 'category' | 'price'>,
  { train, customers, products }: PurchasesUntil,
  segmentOf: Int32Array,
  seed: number,
): Recommender {
  switch (name) {
    case 'popularity':
      return popularityRecommender(train);
    case 'segment-popularity':
      return segmentPopularityRecommender(
        train,
        customers.map((customer) => segmentOf[customer]!),
      );
    case 'content':
      return contentRecommender(train, {
        tokens: Array.from(products, (product) => wordsOf(input.products[product]!.name)),
        category: Array.from(products, (product) => input.category[product]!),
        price: Float64Array.from(products, (product) => input.price[product]!),
      });
    case 'item-item':
      return itemItemRecommender(train, ITEM_ITEM);
    case 'user-user':
      return userUserRecommender(train, USER_USER);
    case 'factors':
      return factorsRecommender(train, fitImplicitFactors(train, FACTORS, seededRandom(seed)));
  }
}

/** The words of a name, a Chinese character each a word. */
function wordsOf(name: string): string[] {
  return name.toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];
}
