import { z } from 'zod';
import { SEGMENT_FEATURES } from '../features/segment-features.ts';

/** Everything that is looked for, in no order: a report orders by money. */
export const HEALTH_KINDS = [
  'no_amount',
  'no_rate',
  'no_customer',
  'no_close_date',
  'after_as_of',
  'before_1990',
  'negative',
  'zero_amount',
  'several_customers',
  'same_company',
  'same_email',
  'same_phone',
  'orphan_items',
  'backward_tickets',
  'quarantined',
] as const;
export type HealthKind = (typeof HEALTH_KINDS)[number];

/** Gaps that models fill with the median, beside a flag that says so. */
export const IMPUTED = ['own-gap', 'regularity', 'satisfaction'] as const;

export const healthSummarySchema = z.object({
  currency: z.string(),
  /** Won deals that count, their money, and the middle one. Money is decimal text in the portal's currency. */
  won: z.object({ deals: z.number(), amount: z.string(), medianDeal: z.number().nullable() }),
  /** Won deals that are in no customer's figures, and what of their money is known. */
  uncounted: z.object({ deals: z.number(), money: z.string() }),
  findings: z.array(
    z.object({
      kind: z.enum(HEALTH_KINDS),
      count: z.number(),
      /** Null where no money is known. */
      money: z.string().nullable(),
      /** Of what the count is made, where that is more than one thing: currencies without a rate, kinds of record. */
      parts: z.array(z.object({ name: z.string(), count: z.number(), amount: z.string().nullable() })),
      /** Groups of ids of companies or deals to look at. Contacts are looked up when somebody asks, and never kept here. */
      examples: z.array(z.array(z.string())),
    }),
  ),
  fields: z.array(
    z.object({
      object: z.enum(['companies', 'contacts', 'deals', 'line_items', 'tickets', 'products']),
      field: z.string(),
      missing: z.number(),
      of: z.number(),
      money: z.string().nullable(),
    }),
  ),
  /** Customers who have bought. */
  buyers: z.number(),
  /** Values beyond the 1 % and 99 % quantiles, which count as those in models; in the feature's own units. */
  outliers: z.array(
    z.object({
      feature: z.enum(SEGMENT_FEATURES),
      low: z.number(),
      high: z.number(),
      below: z.number(),
      above: z.number(),
    }),
  ),
  imputed: z.array(
    z.object({ feature: z.enum(IMPUTED), missing: z.number(), of: z.number(), median: z.number().nullable() }),
  ),
  revenue: z.object({
    ours: z.string(),
    crm: z.string().nullable(),
    crm_at: z.number().nullable().default(null),
    currency: z.string(),
    differences: z.array(z.object({ cause: z.string(), count: z.number(), amount: z.string() })),
  }),
});
export type HealthSummary = z.infer<typeof healthSummarySchema>;
export type HealthFinding = HealthSummary['findings'][number];

/** Why a won deal is in nobody's figures. */
export const UNCOUNTED_KINDS: readonly HealthKind[] = [
  'no_amount',
  'no_rate',
  'no_customer',
  'no_close_date',
  'after_as_of',
];
