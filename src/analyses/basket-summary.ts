import { z } from 'zod';

export const basketSummarySchema = z.object({
  /** What a basket is here: a won deal, or everything a customer has bought. */
  per: z.enum(['deal', 'customer']),
  deals: z.number(),
  dealsOfSeveral: z.number(),
  baskets: z.number(),
  basketsOfSeveral: z.number(),
  products: z.number(),
  /** Products in a basket, on average. */
  meanSize: z.number(),
  everybodyBuysEverything: z.boolean(),
  /** What was mined, in baskets and as a share of them; `askedCount` is less where too many sets forced it up. */
  minimumCount: z.number(),
  minimumSupport: z.number(),
  askedCount: z.number(),
  minimumConfidence: z.number(),
  minimumLift: z.number(),
  itemsets: z.number(),
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
