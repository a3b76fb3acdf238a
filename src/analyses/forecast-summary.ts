import { z } from 'zod';

export const FORECASTERS = [
  'seasonal-naive',
  'naive',
  'drift',
  'theta',
  'ets',
  'holt-winters-additive',
  'holt-winters-multiplicative',
] as const;
export type ForecasterName = (typeof FORECASTERS)[number];

const RATE_BASES = ['pipeline', 'portal', 'crm'] as const;
export type RateBasis = (typeof RATE_BASES)[number];

const pipelineSchema = z.strictObject({
  open: z.number(),
  /** Open deals whose amount is unknown: they weigh nothing. */
  without_amount: z.number(),
  /** Closed deals of the last two years that the rates are measured on. */
  closed: z.number(),
  won: z.number(),
  /** Of deals that were seen in a stage at an earlier run and closed since. */
  seen_closed: z.number(),
  /** By stage: open deals, their value, and the rate with what it rests on. */
  stages: z.array(
    z.strictObject({
      stage: z.string(),
      open: z.number(),
      value: z.number(),
      rate: z.number(),
      /** Closed deals that earlier runs saw in this very stage. */
      seen: z.number(),
      /** Where the rest of the rate comes from, and on how many closed deals; `crm`: the stage's own probability, on none. */
      basis: z.enum(RATE_BASES),
      basis_closed: z.number(),
    }),
  ),
  /** Open deals in stages without any rate: they weigh nothing. */
  without_rate: z.number(),
  /** Value × rate of deals expected to close in each month of the forecast. */
  by_month: z.array(z.number()),
  /** In the months of the forecast: run-rate, pipeline, and the difference by cause. */
  run_rate: z.number(),
  weighted: z.number(),
  late_deals: z.number(),
  late: z.number(),
  undated_deals: z.number(),
  undated: z.number(),
  beyond_deals: z.number(),
  beyond: z.number(),
  not_entered: z.number(),
  /** The share of the weighted value that its three largest deals hold, and how many deals there are in all. */
  top_share: z.number(),
  counted_deals: z.number(),
});

/** What to expect, in major units of the portal's currency; months are `YYYY-MM` in its zone. */
export const forecastSummarySchema = z.strictObject({
  currency: z.string(),
  /** Complete months, those without a deal as '0'. Exact. */
  history: z.array(z.strictObject({ month: z.string(), amount: z.string() })),
  /** The month that is not over: what it brought so far. */
  running: z.strictObject({ month: z.string(), amount: z.string() }),
  zero_months: z.number(),
  /** Why there is no season, or no forecast; null when there are 24 months or more. */
  fallback: z.enum(['short', 'none']).nullable(),
  winner: z.enum(FORECASTERS).nullable(),
  /** `ETS(M,Ad,M)` when it won. */
  detail: z.string(),
  /** Who the winner had to beat. */
  incumbent: z.enum(['seasonal-naive', 'naive']),
  origins: z.number(),
  board: z.array(
    z.strictObject({
      name: z.enum(FORECASTERS),
      mase: z.number(),
      smape: z.number(),
      rmse: z.number(),
      /** Mean gain over the incumbent in money a month, and its standard error over origins. */
      gain: z.number(),
      standard_error: z.number(),
    }),
  ),
  months: z.array(z.strictObject({ month: z.string(), expected: z.number() })),
  bands: z.array(
    z.strictObject({
      level: z.number(),
      low: z.array(z.number()),
      high: z.array(z.number()),
      coverage: z.number().nullable(),
      checked: z.number(),
    }),
  ),
  /** Null without open deals, or where no stage of theirs has a rate; `open_deals` says which. */
  pipeline: pipelineSchema.nullable(),
  open_deals: z.number(),
  closed_deals: z.number(),
});
export type ForecastSummary = z.infer<typeof forecastSummarySchema>;
export type PipelineSummary = z.infer<typeof pipelineSchema>;
