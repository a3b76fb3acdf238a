import { z } from 'zod';
import { outlookCheckSchema } from './loyalty-outlook.ts';
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
      /** Customers whose points are expected to be too few for the tier in a quarter, and are not yet. */
      expected: z.number().default(0),
    }),
  ),
  scale: pointScaleSchema,
  /** Whether scale and thresholds are those of an earlier run. */
  isFrozen: z.boolean(),
  /** Customers who moved since the last run. */
  up: z.number(),
  down: z.number(),
  warned: z.number(),
  expected: z.number().default(0),
  /** Customers in the tier that a person gave them. */
  overridden: z.number().default(0),
  /** Null where there was too little to learn next quarter's points from. */
  outlook: outlookCheckSchema.nullable().default(null),
  evidence: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
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
  /** What value points were counted on; the same as `yearMoney` where that is no forecast. */
  value: z.number().nullable().default(null),
  /** The tier that a person gave, and the last day on which it holds (null: until somebody removes it). */
  override: z.object({ tier: z.number(), until: z.number().nullable(), earned: z.number() }).nullable().default(null),
  /** Points expected in a quarter; null where nothing tells them better than those of today. */
  nextQuarter: z.number().nullable().default(null),
  /** Tiers moved in this run. */
  change: z.number(),
  /** What the next tier lacks; null at the top. */
  next: z.object({ tier: z.number(), points: z.number() }).nullable(),
  /** Points and, where money alone can earn them, the purchases that would keep the tier; the first day of a step down. */
  warning: z.object({ points: z.number(), amount: z.number().nullable(), downOn: z.number() }).nullable(),
});
export type LoyaltyDetails = z.infer<typeof loyaltyDetailsSchema>;
