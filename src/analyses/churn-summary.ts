import { z } from 'zod';
import { FAMILIES } from '../features/churn-features.ts';
import { ENTRANTS } from './churn-model.ts';
import { businessSchema, outcomeChoiceSchema } from './churn-outcome.ts';

const money = z.number();
const share = z.number().nullable();

const boardRow = z.strictObject({
  model: z.enum(ENTRANTS),
  log_loss: z.number(),
  auc: share,
  brier_skill: z.number(),
  accuracy: z.number(),
  calibration_error: z.number(),
  rows: z.number(),
  gains: z.array(z.strictObject({ gain: z.number(), standard_error: z.number() })),
  replaced_incumbent: z.boolean(),
  has_reasons: z.boolean(),
});

/** What a churn run says about the portal as a whole. Money in major units of the portal's currency; days in its zone. */
export const churnSummarySchema = z.strictObject({
  horizon_days: z.number(),
  outcome: outcomeChoiceSchema,
  business: businessSchema,
  /** In a business of contracts, of those that ended in the last year: how many, and how many were renewed. */
  renewals: z.strictObject({ ended: z.number(), renewed: z.number() }).nullable(),
  currency: z.string(),
  evidence_level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** The champion; null without a board. */
  model: z.enum(ENTRANTS).nullable(),
  /** The champion's, at the newest complete cut-off. */
  auc: share,
  log_loss: share,
  base_log_loss: share,
  overdue_auc: share,
  /** One sentence; `note_zh` the same in Chinese. */
  note: z.string(),
  note_zh: z.string(),
  board: z.array(boardRow),
  /** The complete cut-offs that the board was decided on, newest first. */
  trials: z.array(
    z.strictObject({
      cut_off: z.string(),
      training_rows: z.number(),
      training_rate: z.number(),
      test_customers: z.number(),
      /** Of how many these were drawn at random; absent where all were tested on. */
      test_drawn_from: z.number().optional(),
      test_rate: z.number(),
    }),
  ),
  /** Of customers that the champion put at `from` to `to` at the newest complete cut-off. */
  calibration: z.array(
    z.strictObject({
      from: z.number(),
      to: z.number(),
      customers: z.number(),
      predicted: z.number(),
      stopped: z.number(),
    }),
  ),
  /** The fifth at the top of the champion's ranking held this share of those who stopped. */
  lift: z.strictObject({ top: z.number(), held: z.number(), stopped: z.number() }).nullable(),
  /** Features kept by stability selection, with the share of draws that chose them. */
  kept: z.array(z.strictObject({ feature: z.string(), share: z.number() })),
  /** Features left out because their distribution moved too far since training. */
  left_out: z.array(z.strictObject({ feature: z.string(), psi: z.number() })),
  training_rows: z.number(),
  /** Population stability index between training and today: of the score, and of the kept features that moved most. */
  drift: z
    .strictObject({ score: z.number(), features: z.array(z.strictObject({ feature: z.string(), psi: z.number() })) })
    .nullable(),
  /** Of those eligible at the newest complete cut-off, in the horizon after it. */
  outcomes: z.strictObject({ stopped: z.number(), ordered: z.number() }),
  customers: z.strictObject({
    total: z.number(),
    eligible: z.number(),
    lapsed: z.number(),
    too_new: z.number(),
    under_contract: z.number(),
    low: z.number(),
    medium: z.number(),
    high: z.number(),
  }),
  /** Σ risk × value in H; null below evidence level 2. */
  revenue_at_risk: money.nullable(),
  /** Of eligible customers by band: their value in H if active, and the part at risk. */
  by_band: z.array(
    z.strictObject({
      band: z.enum(['high', 'medium', 'low']),
      customers: z.number(),
      value: money,
      at_risk: money.nullable(),
    }),
  ),
  lapsed_value: money,
  portfolio_gap: z.number().nullable(),
  /** Customers who buy once a year, and are expected in their own season. */
  yearly: z.number(),
});
export type ChurnSummary = z.infer<typeof churnSummarySchema>;

const reason = z.strictObject({
  family: z.enum(FAMILIES),
  /** Log-odds that this adds to the average customer's. */
  contribution: z.number(),
  own: z.number().nullable(),
  /** What is usual: for the customer where it has a rhythm of its own, else for eligible customers. */
  norm: z.number().nullable(),
});
export type ChurnReason = z.infer<typeof reason>;

/** Since the last run, in probability: `from` + `customer` + `model` is the risk now. */
const move = z.strictObject({
  from: z.number(),
  /** What the customer did or did not do. */
  customer: z.number(),
  /** What the model learnt. */
  model: z.number(),
  /** What of the customer moved most, before and now. */
  drivers: z.array(
    z.strictObject({
      family: z.enum(FAMILIES),
      contribution: z.number(),
      before: z.number().nullable(),
      now: z.number().nullable(),
      /** What is usual now. */
      norm: z.number().nullable(),
    }),
  ),
});
export type ChurnMove = z.infer<typeof move>;

/** A small change after which the model would put the customer into another band. */
const scenario = z.strictObject({
  kind: z.enum(['talk', 'tickets-solved', 'order', 'silence']),
  /** From now; of silence, its length. */
  days: z.number(),
  band: z.enum(['low', 'medium', 'high']),
  probability: z.number(),
});
export type ChurnScenario = z.infer<typeof scenario>;

/** One customer's details. `log_odds` = `baseline` + Σ contributions of `up` and `down` + `other`, to 1e-6. */
export const churnDetailsSchema = z.strictObject({
  standing: z.enum(['eligible', 'lapsed', 'too-new', 'under-contract']),
  days_since: z.number().nullable(),
  expected_gap: z.number().nullable(),
  off_rhythm: z.number().nullable(),
  /** Buys once a year: `expected_gap` ends in its own season. */
  is_yearly: z.boolean(),
  /** Its next season begins after H: the risk is near 1, nothing is at risk, and the band is low. Not kept by older runs. */
  out_of_season: z.boolean().default(false),
  orders: z.number(),
  /** Mean amount of a day with a purchase; null before the first. */
  order_size: money.nullable(),
  /** In H if the customer stays active. */
  value: money,
  at_risk: money.nullable(),
  /** 80 % of the risk itself; null where the model gives none. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  baseline: z.number().nullable(),
  log_odds: z.number().nullable(),
  up: z.array(reason),
  down: z.array(reason),
  other: z.number(),
  /** Null without a score in the last run. */
  moved: move.nullable(),
  scenarios: z.array(scenario),
});
export type ChurnDetails = z.infer<typeof churnDetailsSchema>;
