import { z } from 'zod';
import { RFM_GROUPS } from '../features/rfm.ts';

export const VALUE_CLASSES = ['low', 'medium', 'high'] as const;

/** Four ascending values each; see RfmCutPoints. */
export const cutPointsSchema = z.object({
  recency: z.array(z.number()),
  frequency: z.array(z.number()),
  money: z.array(z.number()),
});

export const valueSummarySchema = z.object({
  customers: z.number(),
  neverBought: z.number(),
  /** Σ of the customers' value per year, in the portal's currency. */
  perYear: z.number(),
  /** From here on a customer is medium or high; null where there are too few or too like customers for classes. */
  thresholds: z.object({ medium: z.number(), high: z.number() }).nullable(),
  thresholdsFrom: z.enum(['people', 'tertiles']),
  /** low, medium, high */
  classes: z.array(
    z.object({
      name: z.enum(VALUE_CLASSES),
      customers: z.number(),
      perYear: z.number(),
      share: z.number().nullable(),
    }),
  ),
  cutPoints: cutPointsSchema.nullable(),
  /** Those with a customer in them; `value` is net money so far. */
  groups: z.array(z.object({ group: z.enum(RFM_GROUPS), customers: z.number(), value: z.number() })),
  evidence: z.union([z.literal(0), z.literal(1)]),
});
export type ValueSummary = z.infer<typeof valueSummarySchema>;
