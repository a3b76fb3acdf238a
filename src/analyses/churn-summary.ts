import { z } from 'zod';
import { FAMILIES } from '../features/churn-features.ts';
import { ENTRANTS } from './churn-models.ts';

const money = z.number();
const share = z.number().nullable();

const boardRow = z.strictObject({
  model: z.enum(ENTRANTS),
  log_loss: z.number(),
  auc: share,
  brier_skill: z.number(),
  accuracy: z.number(),
  calibration_error: z.number(),
  gains: z.array(z.strictObject({ gain: z.number(), standard_error: z.number() })),
  replaced_incumbent: z.boolean(),
});

/** What a churn run says about the portal as a whole. Money in major units of the portal's currency; days in its zone. */
export const churnSummarySchema = z.strictObject({
  horizon_days: z.number(),
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
  training_rows: z.number(),
  /** Of those eligible at the newest complete cut-off, in the horizon after it. */
  outcomes: z.strictObject({ stopped: z.number(), ordered: z.number() }),
  customers: z.strictObject({
    total: z.number(),
    eligible: z.number(),
    lapsed: z.number(),
    too_new: z.number(),
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

/** One customer's details. `log_odds` = `baseline` + Σ contributions of `up` and `down` + `other`, to 1e-6. */
export const churnDetailsSchema = z.strictObject({
  standing: z.enum(['eligible', 'lapsed', 'too-new']),
  days_since: z.number().nullable(),
  expected_gap: z.number().nullable(),
  off_rhythm: z.number().nullable(),
  orders: z.number(),
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
});
export type ChurnDetails = z.infer<typeof churnDetailsSchema>;
