import { z } from 'zod';
import { outcomeChoiceSchema } from './churn-outcome.ts';
import { ANSWER_SOURCES } from './service-answers.ts';
import { PATTERNS } from './service-patterns.ts';

const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const group = z.strictObject({ customers: z.number(), left: z.number() });

const patternSchema = z.strictObject({
  pattern: z.enum(PATTERNS),
  with: group,
  without: group,
  /** Null where there were too few to test. */
  adjusted_p: z.number().nullable(),
  difference: estimate.nullable(),
  share: z.strictObject({ with: estimate.nullable(), without: estimate.nullable() }),
  precedes: z.boolean(),
});
export type ServicePattern = z.infer<typeof patternSchema>;

const periodSchema = z.strictObject({
  answers: z.number(),
  satisfied: z.number(),
  dissatisfied: z.number(),
  /** Null without an answer. */
  mean: z.number().nullable(),
  share: estimate.nullable(),
});

const satisfactionSchema = z.strictObject({
  source: z.enum(ANSWER_SOURCES),
  lowest: z.number(),
  highest: z.number(),
  satisfied_from: z.number(),
  dissatisfied_below: z.number(),
  /** The last 90 days, and the 90 days before. */
  now: periodSchema,
  before: periodSchema,
});
export type Satisfaction = z.infer<typeof satisfactionSchema>;

export const serviceSummarySchema = z.strictObject({
  horizon_days: z.number(),
  outcome: outcomeChoiceSchema,
  customers: z.number(),
  /** Tickets in the copy that belong to a customer, up to the as-of. */
  tickets: z.number(),
  /** Tickets in a closed stage without a day of closing. */
  undated: z.number(),
  open: z.strictObject({
    tickets: z.number(),
    customers: z.number(),
    /** Days of the one that has been open for longest; null where none is. */
    oldest: z.number().nullable(),
    /** Customers whose oldest open ticket has been open for more than 14 days. */
    long: z.number(),
    /** Customers with an open ticket of high or urgent priority. */
    urgent: z.number(),
  }),
  /** Customers whose newest answer is of the last 90 days, and dissatisfied. */
  unhappy: z.number(),
  satisfaction: z.array(satisfactionSchema),
  /** Null where leaving is not asked about, or nobody was active at a complete cut-off. */
  patterns: z
    .strictObject({
      /** YYYY-MM-DD */
      cut_off: z.string(),
      customers: z.number(),
      left: z.number(),
      results: z.array(patternSchema),
    })
    .nullable(),
});
export type ServiceSummary = z.infer<typeof serviceSummarySchema>;

/** One customer's tickets and answers as of the run. */
export const serviceDetailsSchema = z.strictObject({
  open: z.number(),
  /** Days since the oldest open ticket was opened; null where none is open. */
  oldest: z.number().nullable(),
  /** The highest of the open ones: 0 none, 1 low, 2 medium, 3 high, 4 urgent. */
  priority: z.number(),
  /** Tickets of the last 90 days. */
  recent: z.number(),
  /** Days ago and answer of the newest one within 90 days; null without. */
  answer: z
    .strictObject({
      days_ago: z.number(),
      score: z.number(),
      highest: z.number(),
      source: z.enum(ANSWER_SOURCES),
      mood: z.enum(['satisfied', 'neutral', 'dissatisfied']),
    })
    .nullable(),
  /** Patterns that precede leaving in this portal and that the customer shows now. */
  patterns: z.array(z.enum(PATTERNS)),
});
export type ServiceDetails = z.infer<typeof serviceDetailsSchema>;
