import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/analyses/forecast.ts';
import { type ForecastSummary, forecastSummarySchema } from '../../../src/analyses/forecast-summary.ts';
import { firstDayOf } from '../../../src/features/calendar-month.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';

const START = 2021 * 12;

interface OpenDeal {
  readonly id: string;
  readonly stage?: string;
  readonly day: number;
  /** Null: unknown. */
  readonly amount: number | null;
}

function run(
  amounts: readonly string[],
  options: {
    open?: readonly OpenDeal[];
    memory?: unknown;
    fates?: { won: string[]; lost: string[] };
    firstDay?: number;
  } = {},
): {
  summary: ForecastSummary;
  model: { memory: { open: Record<string, string[]>; closed: Record<string, unknown> } };
} {
  const open = options.open ?? [];
  const computed = forecast.compute(
    {
      customerIds: [],
      currency: 'EUR',
      revenue: amounts
        .map((amount, k) => ({
          month: START + k,
          amount,
          deals: 3,
          firstDay: firstDayOf(START + k) + (k === 0 ? (options.firstDay ?? 0) : 0),
        }))
        .filter(({ amount }) => amount !== '0'),
      runningMonth: START + amounts.length,
      open: {
        ids: open.map(({ id }) => id),
        stage: open.map(({ stage }) => stage ?? 'p/offer'),
        expectedDay: Int32Array.from(open, ({ day }) => day),
        amount: Float64Array.from(open, ({ amount }) => (amount ?? 0) * 10_000),
        isPriced: Uint8Array.from(open, ({ amount }) => (amount === null ? 0 : 1)),
      },
      stageLabels: { 'p/offer': 'Sales: Offer' },
      closed: [{ pipelineId: 'p', won: 30, lost: 70 }],
      memory: options.memory ?? { open: {}, closed: {} },
      fates: options.fates ?? { won: [], lost: [] },
    },
    1,
  );
  return { summary: forecastSummarySchema.parse(computed.summary), model: computed.model as never };
}

function seasonal(months: number, noise: number, growth = 0.01): string[] {
  const random = seededRandom(7);
  return Array.from({ length: months }, (_, k) =>
    (
      10_000 *
      (1 + growth * k) *
      (1 + 0.4 * Math.sin((2 * Math.PI * k) / 12)) *
      Math.exp(noise * normal(random))
    ).toFixed(2),
  );
}

describe('the forecast', () => {
  it('beats last year’s month where revenue grows, and says by how much', { timeout: 60_000 }, () => {
    const { summary } = run(seasonal(60, 0.03));
    expect(summary.winner).not.toBe('seasonal-naive');
    expect(summary.months).toHaveLength(6);
    const best = summary.board.find(({ name }) => name === summary.winner)!;
    expect(best.gain).toBeGreaterThan(best.standard_error);
    const band = summary.bands.find(({ level }) => level === 0.8)!;
    expect(band.checked).toBeGreaterThan(60);
    expect(band.coverage).toBeGreaterThan(0.65);
    const wide = summary.bands.find(({ level }) => level === 0.95)!;
    summary.months.forEach(({ expected }, h) => {
      expect(wide.low[h]).toBeLessThanOrEqual(band.low[h]!);
      expect(band.low[h]).toBeLessThan(expected);
      expect(wide.high[h]).toBeGreaterThanOrEqual(band.high[h]!);
    });
  });

  it('is the same month of last year where nothing beats it, and says so', { timeout: 60_000 }, () => {
    const year = [90, 20, 310, 45, 160, 75, 240, 15, 130, 55, 275, 100].map((value) => `${value * 100}.00`);
    const { summary } = run([...year, ...year, ...year, ...year]);
    expect(summary.winner).toBe('seasonal-naive');
    expect(summary.months.map(({ expected }) => expected)).toEqual(year.slice(0, 6).map(Number));
  });

  it('has no season below 24 months, nothing below 6, and says which', () => {
    expect(run(seasonal(18, 0.05)).summary).toMatchObject({ fallback: 'short', incumbent: 'naive' });
    expect(run(seasonal(18, 0.05)).summary.months).toHaveLength(3);
    expect(run(seasonal(5, 0.05)).summary).toMatchObject({ fallback: 'none', winner: null, months: [] });
    expect(run([]).summary).toMatchObject({ fallback: 'none', history: [] });
  });

  it('counts months without a deal as 0 and leaves out a first month that had begun before the records', () => {
    const months = seasonal(20, 0.05);
    months[6] = '0';
    const { summary } = run(months, { firstDay: 12 });
    expect(summary.history).toHaveLength(19);
    expect(summary.zero_months).toBe(1);
    expect(summary.history[5]).toEqual({ month: '2021-07', amount: '0' });
  });

  it('keeps amounts exact to the cent', () => {
    const months = Array.from({ length: 8 }, () => '9007199254740993.01');
    expect(run(months).summary.history.at(-1)!.amount).toBe('9007199254740993.01');
  });

  it('weighs open deals by the portal’s own win rate and explains the difference by cause', () => {
    const months = seasonal(18, 0.02);
    const next = firstDayOf(START + 18);
    const { summary } = run(months, {
      open: [
        { id: 'a', day: next + 5, amount: 1000 },
        { id: 'late', day: next - 40, amount: 500 },
        { id: 'undated', day: -1, amount: 200 },
        { id: 'unknown', day: next + 5, amount: null },
        { id: 'far', day: next + 400, amount: 800 },
      ],
    });
    const pipeline = summary.pipeline!;
    expect(pipeline).toMatchObject({
      closed: 100,
      won: 30,
      weighted: 300,
      late: 150,
      undated: 60,
      beyond: 240,
      without_amount: 1,
    });
    expect(pipeline.by_month).toEqual([300, 0, 0]);
    expect(pipeline.not_entered).toBeCloseTo(pipeline.run_rate - 300 - 150 - 60, 2);
    expect(pipeline.stages[0]).toMatchObject({ stage: 'Sales: Offer', rate: 0.3, seen: 0 });
  });

  it('learns a stage’s rate from deals seen in it at earlier runs, each counted once', () => {
    const memory = { open: { a: ['p/offer'], b: ['p/asked', 'p/offer'], c: ['p/offer'] }, closed: {} };
    const open = [{ id: 'c', day: firstDayOf(START + 18), amount: 100 }];
    const first = run(seasonal(18, 0.02), { open, memory, fates: { won: ['a', 'b'], lost: [] } });
    expect(first.model.memory.closed).toEqual({ 'p/offer': { won: 2, lost: 0 }, 'p/asked': { won: 1, lost: 0 } });
    expect(first.summary.pipeline!.stages[0]).toMatchObject({ seen: 2, rate: (2 + 10 * 0.3) / 12 });
    expect(Object.keys(first.model.memory.open)).toEqual(['c']);
    const again = run(seasonal(18, 0.02), { open, memory: first.model.memory });
    expect(again.model.memory.closed).toEqual(first.model.memory.closed);
  });
});
