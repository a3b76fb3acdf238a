import { z } from 'zod';
import { segmentChangeSchema, segmentQualitySchema, textSchema } from './segment-model.ts';

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
  changes: z.array(segmentChangeSchema),
  /** Who would be in another segment had today been a week ago, the same segments then and now; `from` '' who bought first since. */
  moves: z.array(z.object({ from: z.string(), to: z.string(), customers: z.number(), value: z.number() })).default([]),
  /** Ids of the two segments that are nearest to each other. */
  closest: z.tuple([z.string(), z.string()]).nullable().default(null),
  /** Customers like nobody else, of those looked at; null where nothing tells them. */
  loners: z.object({ customers: z.number(), value: z.number(), looked: z.number() }).nullable().default(null),
  /** Customers drawn at random for a picture: their segment's id, days since the last purchase, net money (above 0). */
  drawn: z.array(z.object({ id: z.string(), recencyDays: z.number(), value: z.number() })).default([]),
  evidence: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
});
export type SegmentsSummary = z.infer<typeof segmentsSummarySchema>;
