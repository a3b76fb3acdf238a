import { z } from 'zod';
import { RFM_GROUPS } from '../features/rfm.ts';

export const VALUE_CLASSES = ['low', 'medium', 'high'] as const;

/** Four ascending values each; see RfmCutPoints. */
export const cutPointsSchema = z.object({
  recency: z.array(z.number()),
  frequency: z.array(z.number()),
  money: z.array(z.number()),
});

/**
 * too-little: too little history or too few customers · not-converged: a likelihood was refused · worse: further off than the historic rate
 * in the check
 */
const fallbackSchema = z.enum(['too-little', 'not-converged', 'worse']);
export type ForecastFallback = z.infer<typeof fallbackSchema>;

const evidenceSchema = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const heldSchema = z.object({ customers: z.number(), held: z.number() });
const triedSchema = z.object({
  total: z.number(),
  /** Mean absolute error of a customer's money. */
  errorPerCustomer: z.number(),
});

/** What was said at an earlier cut-off, and what came in the `days` after it; money in the portal's currency. */
const checkSchema = z.object({
  evidence: evidenceSchema,
  /** Days since 1970-01-01. */
  cutOffDay: z.number(),
  days: z.number(),
  customers: z.number(),
  actual: z.number(),
  historic: triedSchema,
  /** `intervals`: the 80 % intervals, of which `held` held; `nothing`: customers of whom nothing was the likely outcome. */
  predicted: triedSchema.extend({ intervals: heldSchema, nothing: heldSchema }).nullable(),
  /** Models of repeat buying on the same `customers`; the error is in purchases. */
  models: z.array(
    z.object({
      name: z.enum(['MBG/NBD', 'BG/NBD', 'Pareto/NBD']),
      customers: z.number(),
      logLikelihood: z.number(),
      errorPerCustomer: z.number(),
    }),
  ),
});
export type ForecastCheck = z.infer<typeof checkSchema>;

const forecastSchema = z.object({
  /** Why the 12-month value is the historic rate; null where it is predicted. */
  fallback: fallbackSchema.nullable(),
  /** Σ of the customers' 12-month value. */
  total: z.number(),
  /** How many customers the model learned from; 0 in a fallback. */
  learnedFrom: z.number(),
  /** Whether those, and the check's customers, are a random sample. */
  isSample: z.boolean(),
  check: checkSchema.nullable(),
});

/** One customer's 12-month value, in `details` of its score. */
export const customerForecastSchema = z.object({
  method: z.enum(['predicted', 'historic']),
  value: z.number(),
  /** Null where the value is the historic rate. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  alive: z.number().nullable(),
  purchases: z.number().nullable(),
});
export type CustomerForecast = z.infer<typeof customerForecastSchema>;

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
  /** Null where nobody has bought, and in results from before there were forecasts. */
  forecast: forecastSchema.nullable().default(null),
  evidence: evidenceSchema,
});
export type ValueSummary = z.infer<typeof valueSummarySchema>;
