import { z } from 'zod';

const quantiles = z.strictObject({
  p10: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p90: z.number(),
});
export type Quantiles = z.infer<typeof quantiles>;

/** The customers of a portal as a whole. Money in major units of the portal's currency unless it is decimal text. */
export const portfolioSummarySchema = z.strictObject({
  unit: z.enum(['company', 'contact']),
  /** ISO 8601, UTC. */
  as_of: z.string(),
  horizon_days: z.number(),
  /** `contract` and `mixed` are told from recurring items and renewal pipelines, `transactional` from repeat buyers. */
  mode: z.enum(['transactional', 'contract', 'project', 'mixed']),
  customers: z.strictObject({
    total: z.number(),
    eligible: z.number(),
    lapsed: z.number(),
    too_new: z.number(),
    /** Customers by the evidence level of their answers, '0' to '3'. */
    by_level: z.record(z.string(), z.number()),
  }),
  evidence_level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** Our won revenue against the CRM's; `differences` explain crm − ours. `crm` is null until a sync has summed it. */
  revenue: z.strictObject({
    ours: z.string(),
    crm: z.string().nullable(),
    /** Epoch milliseconds at which the CRM's sum was made; null when that is not known. */
    crm_at: z.number().nullable().default(null),
    currency: z.string(),
    differences: z.array(z.strictObject({ cause: z.string(), count: z.number(), amount: z.string() })),
  }),
  repeat_buyers: z.number(),
  /** Per customer who has bought; gaps per gap, in days. Null where there are none. */
  purchases: quantiles.nullable(),
  gaps: quantiles.nullable(),
  money: quantiles.nullable(),
  warnings: z.array(z.strictObject({ kind: z.string(), count: z.number(), en: z.string(), zh: z.string() })),
});
export type PortfolioSummary = z.infer<typeof portfolioSummarySchema>;
