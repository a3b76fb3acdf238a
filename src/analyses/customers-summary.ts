import { z } from 'zod';
import { PERIODS } from '../features/cohorts.ts';

export const quantilesSchema = z.object({
  count: z.number(),
  mean: z.number(),
  p10: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p90: z.number(),
});

/** What is described by its quantiles. */
export const DESCRIBED = ['money', 'purchases', 'order', 'gap', 'recency'] as const;
export type Described = (typeof DESCRIBED)[number];

/** How the portfolio is spread, how it moves, and what became of customers by their first purchase. */
export const customersSummarySchema = z.object({
  currency: z.string(),
  buyers: z.number(),
  /** Per buyer, but `order` per purchase day and `gap` per gap; those without a value are absent. */
  quantiles: z.partialRecord(z.enum(DESCRIBED), quantilesSchema),
  /** Buyers by net money: from `from` to below `to`, null at the open ends. */
  spread: z.array(z.object({ from: z.number().nullable(), to: z.number().nullable(), buyers: z.number() })),
  /** Of buyers' net money (refunds that outweigh purchases count as nothing); null where there is none. */
  concentration: z
    .object({
      gini: z.number(),
      top: z.array(z.object({ share: z.number(), customers: z.number(), ofMoney: z.number() })),
    })
    .nullable(),
  /** The newest, oldest first; `isWhole` is false for the month that still runs. */
  months: z.array(
    z.object({
      month: z.string(),
      active: z.number(),
      fresh: z.number(),
      returning: z.number(),
      revenue: z.number(),
      isWhole: z.boolean(),
    }),
  ),
  period: z.enum(PERIODS),
  /** Oldest first. `active` and `revenue` by periods since the first purchase, only periods that are over. */
  cohorts: z.array(
    z.object({
      /** First day of the period, `YYYY-MM-DD`. */
      start: z.string(),
      customers: z.number(),
      active: z.array(z.number()),
      revenue: z.array(z.number()),
    }),
  ),
});
export type CustomersSummary = z.infer<typeof customersSummarySchema>;
export type CustomerQuantiles = z.infer<typeof quantilesSchema>;
