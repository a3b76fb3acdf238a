import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/analyses/forecast.ts';
import { pipelineDifference } from '../../../src/analyses/forecast-pipeline-report.ts';
import { type ForecastSummary, forecastSummarySchema } from '../../../src/analyses/forecast-summary.ts';
import { firstDayOf } from '../../../src/features/calendar-month.ts';
import { normal, seededRandom } from '../../../src/math/random.ts';
import { run as made } from './make-history.ts';

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
    /** Of the running month. */
    dayOfMonth?: number;
    stages?: Record<string, { label: string; probability: number | null }>;
    closed?: { pipelineId: string; won: number; lost: number }[];
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
      today: firstDayOf(START + amounts.length) + (options.dayOfMonth ?? 1) - 1,
      runningMonth: START + amounts.length,
      open: {
        ids: open.map(({ id }) => id),
        stage: open.map(({ stage }) => stage ?? 'p/offer'),
        expectedDay: Int32Array.from(open, ({ day }) => day),
        amount: Float64Array.from(open, ({ amount }) => (amount ?? 0) * 10_000),
        isPriced: Uint8Array.from(open, ({ amount }) => (amount === null ? 0 : 1)),
      },
      stages: options.stages ?? { 'p/offer': { label: 'Sales: Offer', probability: 0.9 } },
      closed: options.closed ?? [{ pipelineId: 'p', won: 30, lost: 70 }],
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

  it('writes its methods alike in their table, each with a capital first letter', { timeout: 60_000 }, () => {
    const { summary } = run(seasonal(60, 0.03));
    const shown = { language: 'en', run: made, rows: [], withheld: null, filter: '' } as const;
    const table = forecast
      .present(summary, shown)
      .parts.find((part) => part.kind === 'table' && part.columns[0]?.label === 'Method');
    const names = table?.kind === 'table' ? table.rows.map(([name]) => name) : [];
    expect(names).toHaveLength(7);
    for (const name of names) expect(name).toMatch(/^[A-Z]/);
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
    expect(pipeline.stages[0]).toMatchObject({
      stage: 'Sales: Offer',
      rate: 0.3,
      seen: 0,
      basis: 'pipeline',
      basis_closed: 100,
    });
  });

  it('counts a deal whose day is past as late, also in the running month, and one that is due today in it', () => {
    const first = firstDayOf(START + 18);
    const { summary } = run(seasonal(18, 0.02), {
      dayOfMonth: 20,
      open: [
        { id: 'yesterday', day: first + 18, amount: 100 },
        { id: 'today', day: first + 19, amount: 1000 },
      ],
    });
    const { by_month, late, late_deals, weighted, counted_deals } = summary.pipeline!;
    expect({ by_month, late, late_deals, weighted, counted_deals }).toEqual({
      by_month: [300, 0, 0],
      late: 30,
      late_deals: 1,
      weighted: 300,
      counted_deals: 1,
    });
    expect(pipelineDifference(summary).en).toContain('€30 is in 1 deal past the close date, counted in no month');
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

  it('falls back from a pipeline’s win rate to that of all, then to the CRM’s, and says which and on how many deals', () => {
    const stages = {
      'p/offer': { label: 'Sales: Offer', probability: 0.9 },
      'q/offer': { label: 'New: Offer', probability: 0.2 },
      'r/offer': { label: 'Odd: Offer', probability: null },
    };
    const day = firstDayOf(START + 18) + 3;
    const open = ['p', 'q', 'r'].map((id) => ({ id, stage: `${id}/offer`, day, amount: 1000 }));
    const found = (closed: { pipelineId: string; won: number; lost: number }[]) => {
      const { summary } = run(seasonal(18, 0.02), { open, stages, closed });
      const rates = summary.pipeline?.stages.map((one) => [one.stage, one.rate, one.basis, one.basis_closed]) ?? null;
      return { summary, rates: rates?.sort() ?? null };
    };
    expect(found([{ pipelineId: 'p', won: 30, lost: 70 }]).rates).toEqual([
      ['New: Offer', 0.3, 'portal', 100],
      ['Odd: Offer', 0.3, 'portal', 100],
      ['Sales: Offer', 0.3, 'pipeline', 100],
    ]);
    const few = found([{ pipelineId: 'p', won: 4, lost: 5 }]);
    expect(few.rates).toEqual([
      ['New: Offer', 0.2, 'crm', 0],
      ['Sales: Offer', 0.9, 'crm', 0],
    ]);
    expect(few.summary.pipeline).toMatchObject({ without_rate: 1, weighted: 1100 });
    const said = (summary: ForecastSummary) =>
      JSON.stringify(
        forecast.present(summary, { language: 'en', run: made, rows: [], withheld: null, filter: '' }).parts,
      );
    expect(said(few.summary)).toMatch(/set by people and not measured: only 9 deals were closed/);
    expect(said(few.summary)).toContain('1 open deal weighs nothing: no probability is set for the stage');
    expect(said(few.summary)).toContain('the CRM’s probability, no deals');
    const measured = said(found([{ pipelineId: 'p', won: 30, lost: 70 }]).summary);
    expect(measured).toContain('100 closed deals of its pipeline');
    expect(measured).toContain('100 closed deals of all pipelines');
    const none = run(seasonal(18, 0.02), { open: open.slice(2), stages, closed: [] });
    expect(none.summary.pipeline).toBeNull();
    expect(said(none.summary)).toContain('the CRM has no probability for the stages');
  });

  it('gives the money of a table one precision', () => {
    const open = [{ id: 'a', day: firstDayOf(START + 18) + 5, amount: 1000 }];
    const { summary } = run(seasonal(18, 0.02), { open });
    const report = forecast.present(summary, { language: 'en', run: made, rows: [], withheld: null, filter: '' });
    const cells = report.parts.flatMap((part) => (part.kind === 'table' ? part.rows.flat() : []));
    expect(cells).toContain('€0');
    expect(cells.filter((cell) => /€[\d,]*\.\d/.test(cell))).toEqual([]);
  });

  it('says what it does without: of months with nothing, of gaps, and of less than two years', () => {
    const said = (amounts: readonly string[]): string => {
      const { summary } = run(amounts);
      const report = forecast.present(summary, { language: 'en', run: made, rows: [], withheld: null, filter: '' });
      const texts = report.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
      return [report.headline, ...texts].join('\n');
    };
    const gappy = seasonal(18, 0.05).map((amount, k) => (k % 3 === 1 ? '0' : amount));
    expect(said(gappy)).toContain('6 months without a won deal count as 0.');
    expect(said(gappy)).toContain('Only 18 complete months are known: a season cannot be told before 24');
    expect(said(['100.00', ...Array.from({ length: 11 }, () => '0')])).toMatch(
      /^Jan 2022: €0\.00 of won revenue expected/,
    );
    expect(said(seasonal(5, 0.05))).toMatch(
      /^No forecast yet: 5 complete months of won revenue, at least 6 are needed/,
    );
    expect(said([])).toMatch(/^No forecast yet: 0 complete months/);
  });
});
