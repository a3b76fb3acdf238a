import {
  type BoughtProduct,
  customerBaskets,
  type LineMapping,
  type PurchaseBaskets,
  readBoughtProducts,
  readDealBaskets,
} from '../features/baskets.ts';
import { readProductSequences } from '../features/product-sequences.ts';
import { zonedDay } from '../features/zoned-day.ts';
import { type AssociationRule, associationRules, withoutRedundant } from '../models/association-rules.ts';
import { type FrequentItemsets, frequentItemsets } from '../models/frequent-itemsets.ts';
import { type Drafted, defineAnalysis } from './analysis.ts';
import { opportunities } from './basket-opportunities.ts';
import { presentBasket } from './basket-report.ts';
import { type BasketSummary, basketSummarySchema } from './basket-summary.ts';

interface BasketInput {
  /** Customers who have bought a product, ascending. */
  readonly customerIds: readonly string[];
  readonly per: 'deal' | 'customer';
  /** Won deals with products, and how many of them hold more than one. */
  readonly deals: number;
  readonly dealsOfSeveral: number;
  readonly products: readonly BoughtProduct[];
  readonly mapping: LineMapping;
  /** Those that rules are told of: of deals, or of customers where deals hold a product each. */
  readonly baskets: PurchaseBaskets;
  /** Everything that each customer has bought, and days since it last bought a product. */
  readonly customers: PurchaseBaskets;
  readonly quietDays: Int32Array;
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
const MOST_SETS = 20_000;
/** What one customer has bought over the years is much: less of it is looked through for who could buy more. */
const OF_CUSTOMERS = { longestSet: 3, mostSets: 10_000 } as const;
/** The summary keeps this many, so that a person can ask for a product's. */
const KEPT_RULES = 200;
/** Deals are baskets when at least this share, and this many, hold several products. */
const SEVERAL_SHARE = 0.05;
const SEVERAL_LEAST = 20;
/** When customers have on average bought more than this share of all products, nothing stands out. */
const EVERYTHING = 0.7;

/** Whoever has bought nothing for longer is not offered more. */
const ACTIVE_DAYS = 365;

/** What is asked of the rules that are told is not asked of those behind the offers. */
const UNASKED = { minimumSupport: null, minimumConfidence: null } as const;

interface Mined {
  readonly askedCount: number;
  readonly sets: FrequentItemsets;
  /** By lift, greatest first. */
  readonly rules: readonly AssociationRule[];
}

function mineRules(
  { offsets, items }: PurchaseBaskets,
  asked: Pick<BasketInput, 'minimumSupport' | 'minimumConfidence'>,
  most: { readonly longestSet: number; readonly mostSets: number },
): Mined {
  const count = offsets.length - 1;
  const askedCount =
    asked.minimumSupport === null
      ? Math.max(LEAST_BASKETS, Math.ceil(LEAST_SUPPORT * count - 1e-9))
      : Math.max(LEAST_ASKED, Math.ceil(asked.minimumSupport * count - 1e-9));
  const sets = frequentItemsets(
    { offsets, items },
    { minimumCount: askedCount, maximumLength: most.longestSet, maximumItemsets: most.mostSets },
  );
  const significant = associationRules(sets, {
    minimumConfidence: asked.minimumConfidence ?? LEAST_CONFIDENCE,
    minimumLift: LEAST_LIFT,
  }).filter((rule) => rule.adjustedP <= FALSE_DISCOVERY_RATE);
  const rules = withoutRedundant(significant, sets).sort(
    (a, b) => b.lift - a.lift || b.count - a.count || b.confidence - a.confidence || a.consequent - b.consequent,
  );
  return { askedCount, sets, rules };
}

function compute(input: BasketInput): Drafted<BasketSummary> {
  const { products, mapping, quietDays } = input;
  const { offsets, items } = input.baskets;
  const count = offsets.length - 1;
  let several = 0;
  let largestBasket = 0;
  for (let b = 0; b < count; b++) {
    const size = offsets[b + 1]! - offsets[b]!;
    if (size > 1) several++;
    largestBasket = Math.max(largestBasket, size);
  }
  const told = mineRules(input.baskets, input, { longestSet: LONGEST_SET, mostSets: MOST_SETS });
  const ofCustomers = input.per === 'customer' ? told : mineRules(input.customers, UNASKED, OF_CUSTOMERS);
  const scores = opportunities({
    baskets: input.customers,
    isActive: (customer) => quietDays[customer]! <= ACTIVE_DAYS,
    products,
    rules: ofCustomers.rules,
  });
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
      mapping,
      meanSize,
      everybodyBuysEverything: products.length > 1 && meanSize / products.length >= EVERYTHING,
      largestBasket,
      longestSet: LONGEST_SET,
      minimumCount: told.sets.minimumCount,
      minimumSupport: count === 0 ? 0 : told.sets.minimumCount / count,
      askedCount: told.askedCount,
      minimumConfidence: input.minimumConfidence ?? LEAST_CONFIDENCE,
      minimumLift: LEAST_LIFT,
      itemsets: told.sets.count.length,
      offersFrom: { askedCount: ofCustomers.askedCount, minimumCount: ofCustomers.sets.minimumCount },
      opportunities: scores.band.filter((band) => band !== '').length,
      found: told.rules.length,
      rules: told.rules.slice(0, KEPT_RULES).map((rule) => ({
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
    scores,
    matrix: null,
  };
}

/** Which products go together, and who has one and not the other. */
export const basket = defineAnalysis<BasketInput, BasketSummary>({
  name: 'basket',
  title: { en: 'What goes together', zh: '关联购买' },
  summary: basketSummarySchema,
  async read({ portal, portfolio, settings }) {
    const { products, mapping } = await readBoughtProducts(portal);
    const deals = await readDealBaskets(portal);
    const sequences = await readProductSequences(portal);
    const customers = customerBaskets(sequences);
    const count = deals.offsets.length - 1;
    let several = 0;
    for (let b = 0; b < count; b++) if (deals.offsets[b + 1]! - deals.offsets[b]! > 1) several++;
    const isPerDeal = several >= SEVERAL_LEAST && several >= SEVERAL_SHARE * count;
    const today = zonedDay(portfolio.asOf, portfolio.timeZone);
    return {
      customerIds: sequences.customerIds,
      per: isPerDeal ? 'deal' : 'customer',
      deals: count,
      dealsOfSeveral: several,
      products,
      mapping,
      baskets: isPerDeal ? deals : customers,
      customers,
      quietDays: Int32Array.from(
        sequences.customerIds,
        (_, c) => today - sequences.days[sequences.offsets[c + 1]! - 1]!,
      ),
      minimumSupport: settings.minimumSupport,
      minimumConfidence: settings.minimumConfidence,
    };
  },
  compute,
  present: presentBasket,
  properties: [],
});
