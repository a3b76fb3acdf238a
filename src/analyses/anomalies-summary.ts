import { z } from 'zod';

export const ANOMALY_KINDS = [
  'weekly-revenue',
  'weekly-win-rate',
  'weekly-tickets',
  'mix-product',
  'mix-country',
  // In older runs only.
  'mix-segment',
  'customer-spend',
  'customer-gap',
  'customer-tickets',
  'customer-odd',
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** A series with its usual band; the last value is the unusual one. */
export const anomalySeriesSchema = z.strictObject({
  labels: z.array(z.string()),
  values: z.array(z.number()),
  low: z.array(z.number().nullable()),
  high: z.array(z.number().nullable()),
});

export const anomalySchema = z.strictObject({
  /** Stable for what happened: what, to whom, in which block of days. No customer's id. */
  key: z.string(),
  kind: z.enum(ANOMALY_KINDS),
  direction: z.enum(['up', 'down']),
  /** A product or a country; '' else. */
  subject: z.string(),
  unit: z.enum(['money', 'count', 'percent', 'days', 'score']),
  /** The last day of the block of days that was looked at, and how many days it has. */
  day: z.string(),
  block_days: z.number(),
  observed: z.number(),
  usual: z.number(),
  low: z.number(),
  high: z.number(),
  /** What the difference is worth, signed; 0 where there is no money in it. */
  money: z.number(),
  /** Of all tests made: at most this share of findings this sure is expected to be chance. */
  adjusted_p: z.number(),
  series: anomalySeriesSchema.nullable(),
  /** Columns that set a customer apart: name and robust z. */
  columns: z.array(z.strictObject({ name: z.string(), z: z.number() })),
});
export type Anomaly = z.infer<typeof anomalySchema>;

export const anomaliesSummarySchema = z.strictObject({
  currency: z.string(),
  level: z.number(),
  /** Tests made, by kind. */
  tests: z.partialRecord(z.enum(ANOMALY_KINDS), z.number()),
  /** Findings below the level; those in `told` are the five that weigh most. */
  found: z.number(),
  /** Figures about the portfolio in full, about a customer only here without a name: its row says whose they are. */
  told: z.array(anomalySchema),
});
export type AnomaliesSummary = z.infer<typeof anomaliesSummarySchema>;

/** In the details of a customer's score. */
export const anomalyDetailsSchema = z.object({
  roles: z.array(
    z.object({
      key: z.string(),
      role: z.enum(['self', 'driver']),
      /** What the customer adds to the difference, in money or counts. */
      amount: z.number(),
    }),
  ),
});
