import { z } from 'zod';

const delaySchema = z.object({ q1: z.number(), median: z.number(), q3: z.number(), longest: z.number() });

export const sequencesSummarySchema = z.object({
  customers: z.number(),
  products: z.number(),
  /** Customers who bought products on more than one day: only they have an order in which they bought. */
  returning: z.number(),
  /** What was mined, in customers; `askedCount` is less where too many sequences forced it up. */
  minimumCount: z.number(),
  askedCount: z.number(),
  maximumGapDays: z.number(),
  longestSequence: z.number(),
  minimumLift: z.number(),
  sequences: z.number(),
  /** Usual next steps found; the best of them are in `steps`. */
  found: z.number(),
  late: z.number(),
  /** By lift, greatest first. */
  steps: z.array(
    z.object({
      after: z.array(z.string()),
      next: z.string(),
      starters: z.number(),
      followers: z.number(),
      support: z.number(),
      confidence: z.number(),
      lift: z.number(),
      delay: delaySchema,
      adjustedP: z.number(),
    }),
  ),
});
export type SequencesSummary = z.infer<typeof sequencesSummarySchema>;

/** A customer's usual next step; null where none is known. */
export const sequenceDetailsSchema = z.object({
  step: z
    .object({
      productId: z.string(),
      product: z.string(),
      after: z.array(z.string()),
      /** Days since the customer bought the last of `after`. */
      waited: z.number(),
      starters: z.number(),
      followers: z.number(),
      confidence: z.number(),
      delay: delaySchema,
    })
    .nullable(),
});
export type UsualStep = NonNullable<z.infer<typeof sequenceDetailsSchema>['step']>;
