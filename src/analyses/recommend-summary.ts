import { z } from 'zod';
import { RECOMMENDERS } from '../models/recommender.ts';

const methodSchema = z.enum(RECOMMENDERS);
const segmentSchema = z.object({ by: z.enum(['industry', 'rfm']), name: z.string() });

export const recommendSummarySchema = z.object({
  /** Customers who bought a product; those of them who did in the last 365 days; of those, who bought all there is to suggest. */
  customers: z.number(),
  active: z.number(),
  boughtAll: z.number(),
  /** Bought at all, looked at, and still sold to enough customers to be suggested. */
  products: z.number(),
  productsLookedAt: z.number(),
  productsSuggested: z.number(),
  repeatProducts: z.number(),
  /** Active customers with a suggestion. */
  suggested: z.number(),
  segmentsBy: z.enum(['industry', 'rfm']),
  method: methodSchema,
  evidence: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  backTest: z.object({
    /** YYYY-MM-DD, the last day that was learnt from. */
    cutOff: z.string(),
    horizonDays: z.number(),
    /** Customers who had bought by then, and those learnt from: drawn from them where they are many. */
    known: z.number(),
    learnt: z.number(),
    /** Of those, who had bought in the 365 days before; and of these, who bought something new in the horizon. */
    active: z.number(),
    boughtNew: z.number(),
    /** Of these, who had more than three products left to buy: with fewer, any suggestion would have been right. */
    choosing: z.number(),
    /** Drawn from them where they are many. */
    judged: z.number(),
    /** From simple to complex; empty where too few were judged. */
    board: z.array(
      z.object({
        method: methodSchema,
        hitRate: z.number(),
        ndcg: z.number(),
        gain: z.number().nullable(),
        standardError: z.number().nullable(),
        /** The incumbent that it met. */
        against: methodSchema.nullable(),
        replaces: z.boolean(),
      }),
    ),
    /** Would have taken too long with so many customers. */
    aside: z.array(methodSchema),
    /** Of the active customers looked at, whether they bought anything new or not, the share who bought the first suggestion. */
    taken: z.object({ customers: z.number(), share: z.number() }).nullable(),
  }),
  /** First suggestions by how many active customers have them, most first. */
  most: z.array(
    z.object({
      product: z.string(),
      customers: z.number(),
      usualAmount: z.number().nullable(),
      expected: z.number().nullable(),
    }),
  ),
  /** For customers who have bought nothing yet: what most customers bought. */
  popular: z.array(z.object({ product: z.string(), buyers: z.number(), usualAmount: z.number().nullable() })),
});
export type RecommendSummary = z.infer<typeof recommendSummarySchema>;

export const recommendDetailsSchema = z.object({
  /** Best first; none where everything that is sold has been bought. */
  suggestions: z.array(
    z.object({
      productId: z.string(),
      product: z.string(),
      by: methodSchema,
      /** `have` of the `of` customers looked at have bought it; 0 of 0 where the method looks at none. */
      have: z.number(),
      of: z.number(),
      /** The product already bought that speaks most for it. */
      owned: z.string().nullable(),
      /** Median money of a customer's day with the product, in the portal's currency. */
      usualAmount: z.number().nullable(),
      /** That it is bought within the horizon, of the back-test; null where that carries none. */
      chance: z.number().nullable(),
      /** chance × the usual amount. */
      expected: z.number().nullable(),
    }),
  ),
  /** The segment whose popularity is meant. */
  segment: segmentSchema.nullable(),
  /** Products bought that customers usually buy again. */
  again: z.array(z.object({ product: z.string(), again: z.number(), buyers: z.number() })),
  products: z.number(),
  quietDays: z.number(),
});
export type RecommendDetails = z.infer<typeof recommendDetailsSchema>;
export type ProductSuggestion = RecommendDetails['suggestions'][number];
