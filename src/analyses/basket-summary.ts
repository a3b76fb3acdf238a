import { z } from 'zod';

export const basketSummarySchema = z.object({
  /** What a basket is here: a won deal, or everything a customer has bought. */
  per: z.enum(['deal', 'customer']),
  deals: z.number(),
  dealsOfSeveral: z.number(),
  baskets: z.number(),
  basketsOfSeveral: z.number(),
  products: z.number(),
  /** Product lines by how their product was found; null in runs from before this was counted. */
  mapping: z.object({ id: z.number(), sku: z.number(), name: z.number(), own: z.number() }).nullable().default(null),
  /** Products in a basket, on average. */
  meanSize: z.number(),
  everybodyBuysEverything: z.boolean(),
  /** The largest basket, and the largest set of products that was looked for. */
  largestBasket: z.number().default(0),
  longestSet: z.number().default(5),
  /** What was mined, in baskets and as a share of them; `askedCount` is less where too many sets forced it up. */
  minimumCount: z.number(),
  minimumSupport: z.number(),
  askedCount: z.number(),
  minimumConfidence: z.number(),
  minimumLift: z.number(),
  itemsets: z.number(),
  /** How many customers must share the products behind an offer; `askedCount` is less where too many sets forced it up. */
  offersFrom: z.object({ askedCount: z.number(), minimumCount: z.number() }).nullable().default(null),
  /** Customers to whom a product can be offered that those like them have. */
  opportunities: z.number().default(0),
  /** Rules found; the best of them are in `rules`. */
  found: z.number(),
  /** By lift, greatest first. */
  rules: z.array(
    z.object({
      if: z.array(z.string()),
      then: z.array(z.string()),
      baskets: z.number(),
      /** The share of all baskets that hold the right side. */
      baseRate: z.number(),
      support: z.number(),
      confidence: z.number(),
      lift: z.number(),
      leverage: z.number(),
      conviction: z.number().nullable(),
      adjustedP: z.number(),
    }),
  ),
});
export type BasketSummary = z.infer<typeof basketSummarySchema>;

/** What customers like this one have bought and it has not, the most valuable first. */
export const basketDetailsSchema = z.object({
  suggestions: z.array(
    z.object({
      productId: z.string(),
      product: z.string(),
      /** What makes the others like it. */
      with: z.array(z.string()),
      /** Customers who have bought all of `with`, and those of them who have bought the product. */
      similar: z.number(),
      bought: z.number(),
      /** Median money of a customer's day with the product, in the portal's currency. */
      usualAmount: z.number().nullable(),
      /** bought ÷ similar × the usual amount. */
      expected: z.number().nullable(),
    }),
  ),
});
export type Suggestion = z.infer<typeof basketDetailsSchema>['suggestions'][number];
