import { z } from 'zod';
import { lastCompleteDay } from '../features/calendar.ts';
import { firstDayOf, isoMonth, monthOfDay } from '../features/calendar-month.ts';
import { type MonthRevenue, readMonthlyRevenue } from '../features/monthly-revenue.ts';
import {
  type ClosedDeals,
  type OpenDeals,
  readClosedDeals,
  readFates,
  readOpenDeals,
  readStages,
  type StageFacts,
} from '../features/open-deals.ts';
import { forecastBands } from '../models/forecast-bands.ts';
import { type Computed, defineAnalysis } from './analysis.ts';
import { compete } from './forecast-compete.ts';
import { nextMemory, type PipelineMemory, pipelineMemorySchema, weighPipeline } from './forecast-pipeline.ts';
import { presentForecast } from './forecast-report.ts';
import { type ForecastSummary, forecastSummarySchema } from './forecast-summary.ts';

interface ForecastInput {
  /** Always empty: the answer is about the portal. */
  readonly customerIds: readonly string[];
  readonly currency: string;
  readonly revenue: readonly MonthRevenue[];
  /** The day after the last complete one, since 1970-01-01, and its month, which is not over. */
  readonly today: number;
  readonly runningMonth: number;
  readonly open: OpenDeals;
  readonly stages: StageFacts;
  readonly closed: readonly ClosedDeals[];
  readonly memory: PipelineMemory;
  readonly fates: { readonly won: readonly string[]; readonly lost: readonly string[] };
}

/** A season of months shows from two years on. */
const SEASONAL_FROM = 24;
/** Fewer months have nothing to be tested on. */
const LEAST_MONTHS = 6;
const HORIZON = 6;
const SHORT_HORIZON = 3;
const LEVELS = [0.95, 0.8] as const;
/** A first month whose first deal is later than this day had begun before the records did. */
const FIRST_WEEK = 7;
const NOTHING: PipelineMemory = { open: {}, closed: {} };

function compute(input: ForecastInput): Computed<ForecastSummary> {
  const { revenue, runningMonth } = input;
  const history = completeMonths(revenue, runningMonth);
  const series = Float64Array.from(history, ({ amount }) => Number(amount));
  const n = series.length;
  const period = n >= SEASONAL_FROM ? 12 : 1;
  const horizon = n >= SEASONAL_FROM ? HORIZON : SHORT_HORIZON;
  const found = n >= LEAST_MONTHS ? compete(series, period, horizon) : null;
  const cents = (value: number): number => Math.round(value * 100) / 100;
  const won = Number(revenue.find(({ month }) => month === runningMonth)?.amount ?? '0');
  // The running month brings at least what it has brought, unless refunds are all that it has brought.
  const least = (value: number, h: number): number => cents(h === 0 && won > 0 ? Math.max(value, won) : value);
  const expected = found === null ? [] : [...found.forecast].map(least);
  const months = expected.map((_, h) => runningMonth + h);
  const memory = nextMemory(input.memory, input.open, input.fates);
  const running = revenue.find(({ month }) => month === runningMonth);
  return {
    summary: {
      currency: input.currency,
      history: history.map(({ month, amount }) => ({ month: isoMonth(month), amount })),
      running: { month: isoMonth(runningMonth), amount: running?.amount ?? '0' },
      zero_months: series.filter((amount) => amount === 0).length,
      fallback: found === null ? 'none' : n < SEASONAL_FROM ? 'short' : null,
      winner: found?.winner ?? null,
      detail: found?.detail ?? '',
      incumbent: found?.incumbent ?? 'naive',
      origins: found?.test.origins.length ?? 0,
      board: found?.board ?? [],
      months: months.map((month, h) => ({ month: isoMonth(month), expected: expected[h]! })),
      bands:
        found === null
          ? []
          : forecastBands(found.test, found.forecast, LEVELS).map((band) => ({
              ...band,
              low: band.low.map(least),
              high: band.high.map(least),
            })),
      pipeline: weighPipeline(input, memory, months, expected, input.today),
      open_deals: input.open.ids.length,
      closed_deals: input.closed.reduce((sum, one) => sum + one.won + one.lost, 0),
    },
    model: { memory },
    scores: null,
    matrix: null,
  };
}

/** Every month from the first complete one to the one before the running month; one without a deal is 0. */
function completeMonths(revenue: readonly MonthRevenue[], runningMonth: number): { month: number; amount: string }[] {
  const first = revenue[0];
  if (first === undefined) return [];
  const isPartial = first.firstDay - firstDayOf(first.month) >= FIRST_WEEK;
  const amounts = new Map(revenue.map(({ month, amount }) => [month, amount]));
  const months: { month: number; amount: string }[] = [];
  for (let month = first.month + (isPartial ? 1 : 0); month < runningMonth; month++) {
    months.push({ month, amount: amounts.get(month) ?? '0' });
  }
  return months;
}

const modelSchema = z.object({ memory: pipelineMemorySchema });

/** What revenue to expect in the coming months, with bands, beside what the open deals are worth. */
export const forecast = defineAnalysis<ForecastInput, ForecastSummary>({
  name: 'forecast',
  title: { en: 'Revenue forecast', zh: '收入预测' },
  summary: forecastSummarySchema,
  async read({ portal, portfolio, previous }) {
    const old = modelSchema.safeParse(previous?.model);
    const memory = old.success ? old.data.memory : NOTHING;
    const today = lastCompleteDay(portfolio.asOf, portfolio.timeZone) + 1;
    return {
      customerIds: [],
      currency: portfolio.currency,
      revenue: await readMonthlyRevenue(portal, portfolio),
      today,
      runningMonth: monthOfDay(today),
      open: await readOpenDeals(portal, portfolio),
      stages: await readStages(portal),
      closed: await readClosedDeals(portal, portfolio),
      memory,
      fates: await readFates(portal, portfolio, Object.keys(memory.open)),
    };
  },
  compute,
  present: presentForecast,
  properties: [],
});
