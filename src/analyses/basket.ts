import { type PurchaseBaskets, readBaskets } from '../features/baskets.ts';
import { associationRules, withoutRedundant } from '../models/association-rules.ts';
import { frequentItemsets } from '../models/frequent-itemsets.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import { presentBasket } from './basket-report.ts';
import { type BasketSummary, basketSummarySchema } from './basket-summary.ts';

interface BasketInput {
  /** Always empty: the answer is about products. */
  readonly customerIds: readonly string[];
  readonly per: 'deal' | 'customer';
  /** Won deals with products, and how many of them hold more than one. */
  readonly deals: number;
  readonly dealsOfSeveral: number;
  readonly baskets: PurchaseBaskets;
  readonly minimumSupport: number | null;
  readonly minimumConfidence: number | null;
}

/** Support at least 2 % of the baskets and 5 baskets, unless asked otherwise. */
const LEAST_SUPPORT = 0.02;
const LEAST_BASKETS = 5;
/** Whatever is asked for, one basket is no pattern. */
const LEAST_ASKED = 2;
const LEAST_LIFT = 1.2;
/** Rules that hold less often than this help nobody, however surprising. */
const LEAST_CONFIDENCE = 0.1;
/** Of the rules called significant, at most this share is expected to be chance. */
const FALSE_DISCOVERY_RATE = 0.05;
const LONGEST_SET = 5;
const MOST_SETS = 50_000;
/** The summary keeps this many, so that a person can ask for a product's. */
const KEPT_RULES = 200;
/** Deals are baskets when at least this share, and this many, hold several products. */
const SEVERAL_SHARE = 0.05;
const SEVERAL_LEAST = 20;
/** When customers have on average bought more than this share of all products, nothing stands out. */
const EVERYTHING = 0.7;

function compute(input: BasketInput): Computed<BasketSummary> {
  const { products, offsets, items } = input.baskets;
  const count = offsets.length - 1;
  let several = 0;
  for (let b = 0; b < count; b++) if (offsets[b + 1]! - offsets[b]! > 1) several++;
  const minimumCount =
    input.minimumSupport === null
      ? Math.max(LEAST_BASKETS, Math.ceil(LEAST_SUPPORT * count - 1e-9))
      : Math.max(LEAST_ASKED, Math.ceil(input.minimumSupport * count - 1e-9));
  const sets = frequentItemsets(
    { offsets, items },
    { minimumCount, maximumLength: LONGEST_SET, maximumItemsets: MOST_SETS },
  );
  const candidates = associationRules(sets, {
    minimumConfidence: input.minimumConfidence ?? LEAST_CONFIDENCE,
    minimumLift: LEAST_LIFT,
  });
  const significant = candidates.filter((rule) => rule.adjustedP <= FALSE_DISCOVERY_RATE);
  const found = withoutRedundant(significant, sets).sort(
    (a, b) => b.lift - a.lift || b.count - a.count || b.confidence - a.confidence || a.consequent - b.consequent,
  );
  const name = (item: number): string => products[item]!.name;
  const meanSize = count === 0 ? 0 : items.length / count;
  return {
    summary: {
      per: input.per,
      deals: input.deals,
      dealsOfSeveral: input.dealsOfSeveral,
      baskets: count,
      basketsOfSeveral: several,
      products: products.length,
      meanSize,
      everybodyBuysEverything: products.length > 1 && meanSize / products.length >= EVERYTHING,
      minimumCount: sets.minimumCount,
      minimumSupport: count === 0 ? 0 : sets.minimumCount / count,
      askedCount: minimumCount,
      minimumConfidence: input.minimumConfidence ?? LEAST_CONFIDENCE,
      minimumLift: LEAST_LIFT,
      itemsets: sets.count.length,
      found: found.length,
      rules: found.slice(0, KEPT_RULES).map((rule) => ({
        if: rule.antecedent.map(name),
        then: [name(rule.consequent)],
        baskets: rule.count,
        baseRate: rule.consequentCount / count,
        support: rule.support,
        confidence: rule.confidence,
        lift: rule.lift,
        leverage: rule.leverage,
        conviction: rule.conviction,
        adjustedP: rule.adjustedP,
      })),
    },
    model: null,
    scores: null,
    matrix: null,
  };
}

/** Which products go together. */
export const basket = defineAnalysis<BasketInput, BasketSummary>({
  name: 'basket',
  title: { en: 'What goes together', zh: '关联购买' },
  summary: basketSummarySchema,
  async read({ portal, portfolio, settings }) {
    const deals = await readBaskets(portal, portfolio, { per: 'deal' });
    const count = deals.offsets.length - 1;
    let several = 0;
    for (let b = 0; b < count; b++) if (deals.offsets[b + 1]! - deals.offsets[b]! > 1) several++;
    const isPerDeal = several >= SEVERAL_LEAST && several >= SEVERAL_SHARE * count;
    return {
      customerIds: [],
      per: isPerDeal ? 'deal' : 'customer',
      deals: count,
      dealsOfSeveral: several,
      baskets: isPerDeal ? deals : await readBaskets(portal, portfolio, { per: 'customer' }),
      minimumSupport: settings.minimumSupport,
      minimumConfidence: settings.minimumConfidence,
    };
  },
  compute,
  present: presentBasket,
  properties: [],
});
