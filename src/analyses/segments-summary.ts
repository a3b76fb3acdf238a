import { z } from 'zod';
import { segmentQualitySchema, textSchema } from './segment-model.ts';

export const segmentsSummarySchema = z.object({
  /** 'rfm' where there are too few customers, or too like ones, for clusters; 'none' where nobody has bought. */
  method: z.enum(['k-means', 'rfm', 'none']),
  /** Who have bought: segments cover them alone. */
  customers: z.number(),
  neverBought: z.number(),
  /** Net won money of all of them, in the portal's currency. */
  value: z.number(),
  /** By value, greatest first. */
  segments: z.array(
    z.object({
      id: z.string(),
      name: textSchema,
      /** What a person called it; it wins over `name`. */
      custom: z.string().nullable(),
      customers: z.number(),
      value: z.number(),
      /** Null where the total is not positive. */
      shareOfValue: z.number().nullable(),
      medianRecencyDays: z.number(),
      medianPurchases: z.number(),
      medianValue: z.number(),
      /** Standard deviations from the portfolio's mean, by SEGMENT_FEATURES; empty for RFM groups. */
      profile: z.array(z.number()),
      playbook: z.enum(['discount', 'personal', 'exclusive', 'win-back']),
    }),
  ),
  quality: segmentQualitySchema.nullable(),
  /** Days since 1970-01-01; null where nothing was fitted. */
  fittedDay: z.number().nullable(),
  /** Whether the frozen model of an earlier run assigned the customers. */
  isFrozen: z.boolean(),
  changes: z.array(z.object({ kind: z.enum(['new', 'split', 'merged', 'gone']), id: z.string(), other: z.string() })),
  evidence: z.union([z.literal(0), z.literal(1)]),
});
export type SegmentsSummary = z.infer<typeof segmentsSummarySchema>;
