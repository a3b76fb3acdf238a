import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../../src/analyses/anomalies-summary.ts';
import type { ForecastSummary, PipelineSummary } from '../../../src/analyses/forecast-summary.ts';
import type { DigestContext, Edition } from '../../../src/digests/digest.ts';
import { finance } from '../../../src/digests/finance.ts';
import type { Run } from '../../../src/domain/results.ts';
import type { FindingRecord } from '../../../src/ledger/findings.ts';
import type { PrivacyReader } from '../../../src/privacy/privacy-reader.ts';
import { digestViewer } from '../../../src/privacy/viewer.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';

const DAY = 24 * 60 * 60 * 1000;
const MONDAY = Date.parse('2026-03-30T09:30:00Z');
const LATER = Date.parse('2026-04-06T09:30:00Z');

interface Figures {
  readonly currency?: string;
  readonly days?: number;
  readonly risk?: number | null;
  readonly worth?: number;
  readonly model?: string;
  /** Revenue of the cohorts of January and February 2026. */
  readonly cohorts?: readonly [number, number];
  readonly history?: Readonly<Record<string, string>>;
  /** Expected from `running` on; the bands are ± 10 % and ± 20 %. */
  readonly expected?: readonly number[];
  readonly running?: string;
  readonly late?: number;
  readonly weighted?: number;
  readonly anomalies?: readonly Partial<Anomaly>[];
}

const revenueDrop: Partial<Anomaly> = {
  key: 'weekly-revenue:2026-03-29',
  kind: 'weekly-revenue',
  direction: 'down',
  observed: 4000,
  usual: 9000,
  low: 7000,
  high: 11_000,
  money: -5000,
};

function anomalyOf(change: Partial<Anomaly>): Anomaly {
  const base = { kind: 'weekly-revenue', subject: '', unit: 'money', day: '2026-03-29', block_days: 7 } as const;
  const figures = { observed: 0, usual: 0, low: 0, high: 0, money: 0, adjusted_p: 0.01, series: null, columns: [] };
  return { key: 'k', direction: 'up', ...base, ...figures, ...change };
}

function pipelineOf(late: number, weighted: number): PipelineSummary {
  const stage = { stage: 'Sales: Offer', open: 4, value: 9000, rate: 0.3, seen: 0, basis: 'pipeline' } as const;
  return {
    open: 4,
    without_amount: 0,
    without_rate: 0,
    closed: 100,
    won: 30,
    seen_closed: 0,
    stages: [{ ...stage, basis_closed: 100 }],
    by_month: [weighted, 0],
    run_rate: 20_000,
    weighted,
    late_deals: late > 0 ? 2 : 0,
    late,
    undated_deals: 0,
    undated: 0,
    beyond_deals: 0,
    beyond: 0,
    not_entered: 20_000 - weighted - late,
    top_share: 0.4,
    counted_deals: 4,
  };
}

function forecastOf(figures: Figures): ForecastSummary {
  const { currency = 'EUR', running = '2026-03', expected = [10_000, 12_000], late = 0, weighted = 3000 } = figures;
  const [year, month] = running.split('-').map(Number) as [number, number];
  const months = expected.map((value, h) => ({
    month: new Date(Date.UTC(year, month - 1 + h, 15)).toISOString().slice(0, 7),
    expected: value,
  }));
  const band = (level: number, share: number) => ({
    level,
    low: expected.map((value) => value * (1 - share)),
    high: expected.map((value) => value * (1 + share)),
    coverage: level,
    checked: 80,
  });
  return {
    currency,
    history: Object.entries(figures.history ?? { '2026-02': '9500' }).map(([key, amount]) => ({ month: key, amount })),
    running: { month: running, amount: '100' },
    zero_months: 0,
    fallback: null,
    winner: 'theta',
    detail: '',
    incumbent: 'seasonal-naive',
    origins: 20,
    board: [{ name: 'theta', mase: 0.9, smape: 10, rmse: 900, gain: 50, standard_error: 10 }],
    months,
    bands: [band(0.95, 0.2), band(0.8, 0.1)],
    pipeline: pipelineOf(late, weighted),
    open_deals: 4,
    closed_deals: 100,
  };
}

function contextOf(figures: Figures, change: Partial<DigestContext> = {}): DigestContext {
  const { currency = 'EUR', days = 90, risk = 2000, worth = 10_000, model = 'ridge-logistic' } = figures;
  const asOf = change.now ?? MONDAY;
  const portfolio = { unit: 'company', timeZone: 'UTC', currency, asOf, horizonDays: days, seed: 1 } as const;
  const run: Run = { id: 'r', startedAt: asOf, finishedAt: asOf, status: 'done', asOf, fingerprint: '', portfolio };
  const [january, february] = figures.cohorts ?? [5000, 1000];
  const summaries: Record<string, unknown> = {
    'churn-risk': churnSummary({ currency, days, risk, worth, model }),
    customers: {
      currency,
      buyers: 30,
      quantiles: {},
      spread: [],
      concentration: null,
      months: [],
      period: 'month',
      cohorts: [
        { start: '2026-01-01', customers: 10, active: [10, 4], revenue: [january - 1000, 1000] },
        { start: '2026-02-01', customers: 20, active: [20], revenue: [february] },
        { start: '2026-03-01', customers: 5, active: [], revenue: [] },
      ],
    },
    forecast: forecastOf(figures),
    anomalies: { currency, level: 0.05, tests: {}, found: 1, told: (figures.anomalies ?? []).map(anomalyOf) },
  };
  const reader: Pick<PrivacyReader, 'viewer' | 'result'> = {
    viewer: digestViewer('finance', 'finance', 'C1'),
    result: async (analysis) => ({ run, analysis, summary: summaries[analysis], model: null }),
  };
  return {
    // Aggregates are all that finance is told: whoever asks for a row here fails.
    reader: reader as PrivacyReader,
    state: portalStateSchema.parse({}),
    language: 'en',
    timeZone: 'UTC',
    now: MONDAY,
    memory: null,
    findings: [],
    takenElsewhere: new Set(),
    ...change,
  };
}

function churnSummary(of: { currency: string; days: number; risk: number | null; worth: number; model: string }) {
  return {
    horizon_days: of.days,
    outcome: { kind: 'no-order', contracts: null },
    business: {
      mode: 'transactional',
      is_set: false,
      buyers: 9,
      repeat_buyers: 9,
      won_deals: 45,
      recurring_deals: 0,
      lacks_ends: false,
    },
    renewals: null,
    currency: of.currency,
    evidence_level: 3,
    model: of.model,
    auc: null,
    log_loss: null,
    base_log_loss: null,
    overdue_auc: null,
    note: 'No probability: it takes 50 eligible customers and there are 9; bands come from buying rhythm alone',
    note_zh: '不给出概率：至少需要 50 位可评分客户，目前为 9 位',
    board: [],
    trials: [],
    calibration: [],
    lift: null,
    kept: [],
    left_out: [],
    training_rows: 0,
    drift: null,
    outcomes: { stopped: 0, ordered: 0 },
    customers: { total: 9, eligible: 9, lapsed: 0, too_new: 0, under_contract: 0, low: 9, medium: 0, high: 0 },
    revenue_at_risk: of.risk,
    by_band: [{ band: 'low', customers: 9, value: of.worth, at_risk: of.risk }],
    lapsed_value: 0,
    portfolio_gap: 30,
    yearly: 0,
  };
}

const first = async (figures: Figures = {}): Promise<Edition> => (await finance.build(contextOf(figures)))!;
/** The edition after one with `before`, a week later. */
const next = async (before: Figures, now: Figures, change: Partial<DigestContext> = {}): Promise<Edition | null> =>
  finance.build(contextOf(now, { memory: (await first(before)).memory, now: LATER, ...change }));
const textOf = (edition: Edition | null): string => JSON.stringify(edition?.report);
const outline = (edition: Edition | null): string[] =>
  edition!.report.parts.map((part) =>
    part.kind === 'heading' ? part.text : part.kind === 'table' ? part.title : part.kind,
  );
const said = (key: string, days: number, money: string, band = 'late'): FindingRecord => ({
  key,
  customerId: '',
  band,
  money,
  digest: 'finance',
  state: 'new',
  at: LATER - days * DAY,
  actor: '',
  note: '',
});

describe('the weekly finance digest', () => {
  it('introduces itself with every figure, its bands beside the pipeline, and one chart', async () => {
    const edition = await first();
    expect(outline(edition)).toEqual([
      'text',
      'Revenue at risk',
      'facts',
      'Value by month of first purchase, in months that are over',
      'What to expect',
      'Month by month',
      'text',
      'chart',
    ]);
    expect(edition.report.headline).toBe(
      '€2,000 at risk in the next 90 days; €10,000 of won revenue expected in Mar 2026',
    );
    expect(edition.report.parts[2]).toMatchObject({
      facts: [{ value: '€2,000' }, { value: '20% of €10,000' }],
    });
    expect(edition.report.parts[3]).toMatchObject({
      rows: [
        ['Jan 2026', '10', '€5,000', '€500'],
        ['Feb 2026', '20', '€1,000', '€50'],
      ],
    });
    expect(edition.report.parts[5]).toMatchObject({
      rows: [
        ['Mar 2026', '€10,000', '€9,000 – €11,000', '€8,000 – €12,000', '€3,000'],
        ['Apr 2026', '€12,000', '€10,800 – €13,200', '€9,600 – €14,400', '€0'],
      ],
    });
    expect(edition.report.parts[6]).toMatchObject({
      text: expect.stringMatching(/run-rate gives €20,000.*€17,000 less/),
    });
    expect(edition.report.parts[7]).toMatchObject({ chart: { kind: 'fan' } });
    expect(edition.report.trust).toContain('its 80% band held 80% of 80 earlier values');
  });

  it('says nothing where nothing moved by more than one per cent, and repeats no part that did not', async () => {
    expect(await next({}, {})).toBeNull();
    expect(await next({}, { risk: 2019, expected: [10_090, 12_000], cohorts: [5040, 1000] })).toBeNull();
    const edition = await next({}, { risk: 2600 });
    expect(outline(edition)).toEqual(['Revenue at risk: what changed since the last edition', 'facts', 'chart']);
    const cohort = await next({}, { cohorts: [5000, 1200] });
    expect(cohort!.report.headline).toBe('Revenue at risk and the forecast are as they were');
    expect(cohort!.report.parts[0]).toMatchObject({ rows: [['Feb 2026', '20', '€1,200', '€60', '+€200']] });
  });

  it('splits the change of revenue at risk into stake and risk, which add up to it', async () => {
    const edition = await next({}, { risk: 3600, worth: 12_000 });
    expect(edition!.report.headline).toBe('€3,600 (+€1,600) at risk in the next 90 days');
    const facts = edition!.report.parts[1]!;
    expect(facts.kind === 'facts' && facts.facts.map(({ value }) => value)).toEqual([
      '€3,600 (+€1,600)',
      '30% of €12,000',
      '+€500',
      '+€1,100 (20% → 30%)',
    ]);
    expect(textOf(edition)).not.toContain('Another model');
    expect(textOf(await next({}, { risk: 3600, model: 'random-forest' }))).toContain('Another model is in use');
  });

  it('compares nothing across horizons or currencies, and gives no figure without probabilities', async () => {
    const longer = await next({}, { days: 120, risk: 2600 });
    expect(textOf(longer)).toContain('The last edition looked 90 days ahead, so the two figures are not compared');
    expect(textOf(longer)).not.toContain('+€');
    const dollars = await next({}, { currency: 'USD', risk: 2600 });
    expect(dollars!.report.parts[0]).toEqual({
      kind: 'text',
      text: 'Amounts are in USD now, and were in EUR in the last edition: nothing is compared with it.',
    });
    expect(outline(dollars).slice(1)).toEqual(outline(await first()).slice(1));
    expect(textOf(dollars)).not.toContain('This is the first');
    expect(textOf(dollars)).not.toMatch(/€|\(\+/);
    expect(textOf(await first({ risk: null }))).toContain(
      'No revenue at risk is given. No probability: it takes 50 eligible customers and there are 9; bands come from buying rhythm alone.',
    );
  });

  it('says what the last edition expected of a month that it tells otherwise now', async () => {
    const edition = await next({}, { expected: [10_000, 11_000] });
    expect(outline(edition).slice(0, 3)).toEqual([
      'What to expect: what changed since the last edition',
      'Month by month',
      'text',
    ]);
    expect(edition!.report.parts[2]).toMatchObject({ text: 'Apr 2026: €12,000 in the last edition, −€1,000' });
  });

  it('tells whether a month that is over fell inside the band that it was promised', async () => {
    const april = { running: '2026-04', expected: [12_000, 11_000] };
    const edition = await next({}, { ...april, history: { '2026-02': '9500', '2026-03': '10900' } });
    expect(edition!.report.headline).toContain('Mar 2026 brought €10,900, inside the 80% band');
    expect(textOf(edition)).toContain(
      'Mar 2026 brought €10,900: inside the 80% band. On 2026-03-30, when the month had begun €10,000 was expected, €9,000 to €11,000.',
    );
    const told = async (amount: string) => textOf(await next({}, { ...april, history: { '2026-03': amount } }));
    expect(await told('8100')).toContain('outside the 80% band, inside the 95% band');
    expect(await told('7900')).toContain('outside both bands');
  });

  it('keeps a record of months told before they began, by the last forecast from before then', async () => {
    const a = await first({ expected: [10_000, 12_000] });
    // April runs now: what is promised of it stays what was said in March.
    const figures = { running: '2026-04', history: { '2026-03': '10000' }, expected: [9000, 11_000] };
    const b = (await finance.build(contextOf(figures, { memory: a.memory, now: LATER })))!;
    expect(b.memory).toMatchObject({
      record: { judged: 0, inside: 0 },
      promised: { '2026-04': { expected: 12_000, isBefore: true }, '2026-05': { expected: 11_000 } },
    });
    const may = { running: '2026-05', history: { '2026-03': '10000', '2026-04': '12500' }, expected: [11_000, 9000] };
    const now = Date.parse('2026-05-04T09:30:00Z');
    const c = (await finance.build(contextOf(may, { memory: b.memory, now })))!;
    expect(c.memory).toMatchObject({ record: { judged: 1, inside: 1 } });
    expect(textOf(c)).toContain('Of 1 month told before they began, 1 fell inside the 80% band (8 in 10 should).');
    expect(textOf(c)).toContain('Apr 2026 brought €12,500: inside the 80% band. On 2026-03-30 €12,000 was expected');
  });

  it('tells what is unusual in the portfolio with its money, and nothing about a single customer', async () => {
    const gap: Partial<Anomaly> = { key: 'customer-gap:x', kind: 'customer-gap', money: -90_000 };
    const mix: Partial<Anomaly> = { key: 'mix', kind: 'mix-product', subject: 'Desk', money: 700, observed: 0.3 };
    const rate: Partial<Anomaly> = { key: 'rate', kind: 'weekly-win-rate', money: 0 };
    const edition = await next({}, { anomalies: [mix, gap, rate, revenueDrop] });
    expect(edition!.report.headline).toBe('2 things are unusual in the revenue');
    const items = edition!.report.parts.filter((part) => part.kind === 'item');
    expect(items.map(({ title }) => title)).toEqual(['Revenue', 'Desk · Product mix']);
    expect(items[0]!.text).toContain('Revenue of the 7 days to 29 Mar 2026 was €4,000, usually €9,000');
    expect(edition!.told.map(({ key, band, money }) => [key, band, money])).toEqual([
      ['anomaly:weekly-revenue:2026-03-29', 'down', '5000.00'],
      ['anomaly:mix', 'up', '700.00'],
    ]);
    expect(textOf(edition)).not.toContain('90,000');
    const finding = said('anomaly:weekly-revenue:2026-03-29', 7, '5000.00', 'down');
    expect(await next({}, { anomalies: [revenueDrop] }, { findings: [finding] })).toBeNull();
  });

  it('has five findings at most, the deals past their date among them', async () => {
    const many = Array.from({ length: 8 }, (_, k) => ({ ...revenueDrop, key: `k${k}`, money: -1000 * (k + 1) }));
    const edition = await next({}, { late: 900, anomalies: many });
    expect(edition!.told).toHaveLength(5);
    expect(edition!.told[0]).toEqual({ key: 'pipeline:late', customerId: '', band: 'late', money: '900.00' });
    expect(textOf(edition)).toContain('2 open deals past the close date');
  });

  it('says what became of the deals that were past their date', async () => {
    const findings = [said('pipeline:late', 7, '900.00')];
    const gone = await next({ late: 900 }, {}, { findings });
    expect(textOf(gone)).toContain('No open deal is past its close date any more: €900 was');
    expect(gone!.resolved).toMatchObject([{ finding: { key: 'pipeline:late' } }]);
    const fewer = await next({ late: 900 }, { late: 500, risk: 2600 }, { findings });
    expect(textOf(fewer)).toContain('Open deals past their close date: €900 in the last edition, €500 now');
    expect(fewer!.told).toEqual([]);
  });

  it('keeps the order: what changed, what to look at, what became of the last ones, one chart', async () => {
    const now = { running: '2026-04', history: { '2026-03': '10000' }, expected: [12_000, 11_000], risk: 2600 };
    const edition = await next({}, { ...now, anomalies: [revenueDrop] });
    expect(outline(edition)).toEqual([
      'Revenue at risk: what changed since the last edition',
      'facts',
      'What to expect: what changed since the last edition',
      'Month by month',
      'text',
      'What to look at',
      'item',
      'What became of the last ones',
      'text',
      'chart',
    ]);
  });

  it('speaks Chinese', async () => {
    const change = { language: 'zh', now: LATER, memory: (await first({ late: 900 })).memory } as const;
    const now = { running: '2026-04', history: { '2026-03': '10000' }, expected: [12_000, 11_000], risk: 2600 };
    const edition = (await finance.build(contextOf({ ...now, anomalies: [revenueDrop] }, change)))!;
    expect(edition.report.headline).toBe('2026年3月收入 €10,000，在 80% 区间内；未来 90 天风险收入 €2,600 (+€600)');
    for (const part of edition.report.parts) expect(JSON.stringify(part)).toMatch(/\p{Script=Han}/u);
  });
});
