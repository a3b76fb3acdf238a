import { z } from 'zod';
import { pointScaleSchema } from './loyalty-points.ts';

export const loyaltySummarySchema = z.object({
  customers: z.number(),
  neverBought: z.number(),
  /** Lowest first. */
  tiers: z.array(
    z.object({
      name: z.string(),
      /** Points from which it begins. */
      from: z.number(),
      customers: z.number(),
      /** Net money of the last 12 months, in the portal's currency. */
      yearMoney: z.number(),
      /** Customers with too few points to stay. */
      warned: z.number(),
    }),
  ),
  scale: pointScaleSchema,
  /** Whether scale and thresholds are those of an earlier run. */
  isFrozen: z.boolean(),
  /** Customers who moved since the last run. */
  up: z.number(),
  down: z.number(),
  warned: z.number(),
  evidence: z.union([z.literal(0), z.literal(1)]),
});
export type LoyaltySummary = z.infer<typeof loyaltySummarySchema>;

/** One customer's tier, as kept with its score. Days are since 1970-01-01. */
export const loyaltyDetailsSchema = z.object({
  /** 0 lowest, 3 highest. */
  tier: z.number(),
  since: z.number(),
  belowSince: z.number().nullable(),
  parts: z.object({
    value: z.number(),
    tenure: z.number(),
    breadth: z.number(),
    regularity: z.number(),
    satisfaction: z.number(),
  }),
  yearMoney: z.number(),
  /** Tiers moved in this run. */
  change: z.number(),
  /** What the next tier lacks; null at the top. */
  next: z.object({ tier: z.number(), points: z.number() }).nullable(),
  /** Points and, where money alone can earn them, the purchases that would keep the tier; the first day of a step down. */
  warning: z.object({ points: z.number(), amount: z.number().nullable(), downOn: z.number() }).nullable(),
});
export type LoyaltyDetails = z.infer<typeof loyaltyDetailsSchema>;
