import { z } from 'zod';
import { type Anomaly, anomaliesSummarySchema } from '../analyses/anomalies-summary.ts';
import { churnSummarySchema } from '../analyses/churn-summary.ts';
import { customersSummarySchema } from '../analyses/customers-summary.ts';
import { type ForecastSummary, forecastSummarySchema } from '../analyses/forecast-summary.ts';
import type { EvidenceLevel, Run } from '../domain/results.ts';
import type { Text } from '../lib/text.ts';
import type { PrivacyReader } from '../privacy/privacy-reader.ts';
import { needResult } from './edition-parts.ts';

const riskSchema = z.object({
  days: z.number(),
  /** Null below evidence level 2. */
  revenue: z.number().nullable(),
  /** What eligible customers spend in `days` while active: `revenue` is a part of it. */
  worth: z.number(),
  /** The model in use; '' without one. */
  model: z.string(),
});
type RevenueAtRisk = z.infer<typeof riskSchema>;

const cohortSchema = z.object({
  /** First day of the period of the first purchases, YYYY-MM-DD. */
  start: z.string(),
  customers: z.number(),
  /** Net revenue in the periods that are over. */
  revenue: z.number(),
});
export type Cohort = z.infer<typeof cohortSchema>;

/** What was said of a month before it was over. */
const promiseSchema = z.object({
  /** YYYY-MM-DD. */
  toldOn: z.string(),
  /** Told before the month began: only such a month counts for the record. */
  isBefore: z.boolean(),
  expected: z.number(),
  /** Low and high edge of the 80 % band and of the 95 % band. */
  narrow: z.tuple([z.number(), z.number()]),
  wide: z.tuple([z.number(), z.number()]),
});
type MonthPromise = z.infer<typeof promiseSchema>;

export const financeMemorySchema = z.object({
  currency: z.string(),
  risk: riskSchema,
  period: customersSummarySchema.shape.period.nullable(),
  cohorts: z.array(cohortSchema),
  /** The months of the last forecast, and the pipeline-weighted figure over them. */
  months: z.array(z.object({ month: z.string(), expected: z.number() })),
  weighted: z.number().nullable(),
  lateDeals: z.number(),
  late: z.number(),
  /** By month (YYYY-MM), of months that were not over at the last edition. */
  promised: z.record(z.string(), promiseSchema),
  record: z.object({ judged: z.number(), inside: z.number() }),
});
export type FinanceMemory = z.infer<typeof financeMemorySchema>;

/** What finance hears about: aggregates alone. */
export interface FinanceFigures {
  readonly run: Run;
  readonly evidence: EvidenceLevel;
  readonly risk: RevenueAtRisk;
  /** What the risk rests on, or why there is none. */
  readonly note: Text;
  readonly period: FinanceMemory['period'];
  /** Oldest first. */
  readonly cohorts: readonly Cohort[];
  /** Null before the first forecast. */
  readonly forecast: ForecastSummary | null;
  /** About the portfolio and its mix, with money in them; the most first. */
  readonly anomalies: readonly Anomaly[];
}

/** KithError('no-results') before the first run. */
export async function readFinanceFigures(reader: PrivacyReader): Promise<FinanceFigures> {
  const { run, summary } = await needResult({ reader }, 'churn-risk');
  const churn = churnSummarySchema.parse(summary);
  const customers = await reader.result('customers');
  const forecast = await reader.result('forecast');
  const anomalies = await reader.result('anomalies');
  const portfolio = customers === null ? null : customersSummarySchema.parse(customers.summary);
  const sum = (values: readonly number[]): number => cents(values.reduce((total, value) => total + value, 0));
  return {
    run,
    evidence: churn.evidence_level,
    risk: {
      days: churn.horizon_days,
      revenue: churn.revenue_at_risk,
      worth: sum(churn.by_band.map(({ value }) => value)),
      model: churn.model ?? '',
    },
    note: { en: `${churn.note}.`, zh: `${churn.note_zh}。` },
    period: portfolio?.period ?? null,
    cohorts: (portfolio?.cohorts ?? [])
      .filter(({ revenue }) => revenue.length > 0)
      .map((cohort) => ({ start: cohort.start, customers: cohort.customers, revenue: sum(cohort.revenue) })),
    forecast: forecast === null ? null : forecastSummarySchema.parse(forecast.summary),
    anomalies:
      anomalies === null
        ? []
        : anomaliesSummarySchema
            .parse(anomalies.summary)
            .told.filter(({ kind, money }) => !kind.startsWith('customer-') && money !== 0)
            .sort((a, b) => Math.abs(b.money) - Math.abs(a.money)),
  };
}

/** The part of itself by which money has to differ from the last edition's to be told again. */
const WORTH_TELLING = 0.01;

/** Whether money moved by more than the one per cent below which it counts as the same. */
export function hasMoved(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now;
  return Math.abs(now - before) > WORTH_TELLING * Math.max(Math.abs(before), Math.abs(now));
}

/** The change of revenue at risk since the last edition: by what is at stake, and by how much of it is at risk. */
interface RiskMove {
  readonly change: number;
  /** `change` in two parts that add up to it: the mean over both orders in which worth and share could have changed. */
  readonly byWorth: number;
  readonly byShare: number;
  readonly shareBefore: number;
  readonly share: number;
}

/** Null where the two cannot be compared: another horizon, or one of them without a figure. */
export function moveOfRisk(before: RevenueAtRisk, now: RevenueAtRisk): RiskMove | null {
  if (before.revenue === null || now.revenue === null || before.days !== now.days) return null;
  const shareBefore = before.worth > 0 ? before.revenue / before.worth : 0;
  const share = now.worth > 0 ? now.revenue / now.worth : 0;
  const change = cents(now.revenue - before.revenue);
  const byWorth = cents(((now.worth - before.worth) * (share + shareBefore)) / 2);
  return { change, byWorth, byShare: cents(change - byWorth), shareBefore, share };
}

/** A month that was promised and is over. */
export interface JudgedMonth {
  readonly month: string;
  readonly amount: number;
  readonly promise: MonthPromise;
  readonly band: 'narrow' | 'wide' | 'outside';
}

export function judgeMonths(promised: FinanceMemory['promised'], forecast: ForecastSummary | null): JudgedMonth[] {
  return (forecast?.history ?? []).flatMap(({ month, amount: text }) => {
    const promise = promised[month];
    if (promise === undefined) return [];
    const amount = Number(text);
    const isIn = ([low, high]: readonly [number, number]): boolean => amount >= low && amount <= high;
    const band = isIn(promise.narrow) ? 'narrow' : isIn(promise.wide) ? 'wide' : 'outside';
    return [{ month, amount, promise, band } as const];
  });
}

/**
 * What this edition promises of each month. A month that has not begun takes the newest forecast; of one that runs the last one
 * from before it began is kept, since the newest knows a part of it.
 */
export function nextPromises(
  promised: FinanceMemory['promised'],
  forecast: ForecastSummary | null,
  toldOn: string,
): FinanceMemory['promised'] {
  const [wide, narrow] = [0.95, 0.8].map((level) => forecast?.bands.find((band) => band.level === level));
  const running = forecast?.running.month ?? '';
  const today = toldOn.slice(0, 'YYYY-MM'.length);
  const next = Object.fromEntries(Object.entries(promised).filter(([month]) => month >= running));
  forecast?.months.forEach(({ month, expected }, h) => {
    if (wide === undefined || narrow === undefined || ((month === running || month <= today) && month in next)) return;
    next[month] = {
      toldOn,
      isBefore: month > today,
      expected,
      narrow: [narrow.low[h]!, narrow.high[h]!],
      wide: [wide.low[h]!, wide.high[h]!],
    };
  });
  return next;
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
