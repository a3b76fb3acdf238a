import { describe, expect, it } from 'vitest';
import type { ServiceDetails } from '../../../src/analyses/service-summary.ts';
import type { DigestContext } from '../../../src/digests/digest.ts';
import { service } from '../../../src/digests/service.ts';
import type { Run } from '../../../src/domain/results.ts';
import type { FindingRecord } from '../../../src/ledger/findings.ts';
import type { CustomerRow, PrivacyReader } from '../../../src/privacy/privacy-reader.ts';
import { digestViewer } from '../../../src/privacy/viewer.ts';
import type { Report, ReportItem } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { expectReadable, textsOf } from '../../contracts/test-command.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-03-09T08:00:00Z');
const run: Run = {
  id: 'r1',
  startedAt: NOW,
  finishedAt: NOW,
  status: 'done',
  asOf: NOW,
  fingerprint: '',
  portfolio: { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: NOW, horizonDays: 90, seed: 1 },
};
const anna = { id: 'o1', name: 'Anna Meyer', email: 'anna@kith.example' };
const ben = { id: 'o2', name: 'Ben Ito', email: 'ben@kith.example' };

interface Line {
  readonly id: string;
  /** Per year. */
  readonly value: number;
  readonly valueClass?: 'low' | 'medium' | 'high';
  readonly band: 'low' | 'medium' | 'high' | 'lapsed';
  readonly risk: number;
  /** Families of its reasons, the strongest first. */
  readonly up?: readonly string[];
  readonly details?: Partial<ServiceDetails>;
  readonly owner?: typeof anna;
  readonly hasBurst?: boolean;
}

const waits = { open: 1, oldest: 20, priority: 4, recent: 1 };
const unhappyAnswer = { days_ago: 3, score: 1, highest: 5, source: 'tickets', mood: 'dissatisfied' } as const;

const burst = {
  key: 'burst',
  kind: 'customer-tickets',
  direction: 'up',
  subject: '',
  unit: 'count',
  day: '2026-03-08',
  block_days: 28,
  observed: 6,
  usual: 0.5,
  low: 0,
  high: 2,
  money: 0,
  adjusted_p: 0.01,
  series: null,
  columns: [],
} as const;
const weekly = { ...burst, key: 'tickets:2026-03-08', kind: 'weekly-tickets', block_days: 7, observed: 40, usual: 12 };

function contextOf(
  lines: readonly Line[],
  change: Partial<DigestContext> = {},
  { tickets = 100, told = [] as readonly object[] } = {},
): DigestContext {
  const detailsOf = ({ details }: Line): ServiceDetails => ({
    open: 0,
    oldest: null,
    priority: 0,
    recent: 0,
    answer: null,
    patterns: [],
    ...details,
  });
  const row = (line: Line, more: Partial<CustomerRow>): CustomerRow => ({
    customerId: line.id,
    name: `Customer ${line.id}`,
    link: '',
    owner: line.owner ?? anna,
    value: null,
    label: '',
    band: '',
    evidence: 3,
    details: {},
    ...more,
  });
  const tables: Record<string, readonly CustomerRow[]> = {
    service: lines.map((line) => {
      const details = detailsOf(line);
      return row(line, {
        value: details.oldest,
        label: details.oldest === null ? '' : 'open',
        band: details.answer?.mood === 'dissatisfied' ? 'unhappy' : '',
        details,
      });
    }),
    'churn-risk': lines.map((line) =>
      row(line, {
        value: line.risk,
        label: line.band === 'lapsed' ? 'lapsed' : 'eligible',
        band: line.band,
        details: {
          standing: line.band === 'lapsed' ? 'lapsed' : 'eligible',
          days_since: 30,
          expected_gap: 30,
          off_rhythm: 1,
          is_yearly: false,
          orders: 5,
          order_size: 10,
          value: line.value / 4,
          at_risk: null,
          interval: null,
          baseline: null,
          log_odds: null,
          up: (line.up ?? []).map((family) => ({ family, contribution: 1, own: 3, norm: 0 })),
          down: [],
          other: 0,
          moved: null,
          scenarios: [],
        },
      }),
    ),
    value: lines.map((line) => row(line, { value: line.value, label: line.valueClass ?? 'high' })),
    anomalies: lines
      .filter(({ hasBurst }) => hasBurst)
      .map((line) => row(line, { band: 'high', details: { roles: [{ key: 'burst', role: 'self', amount: 0 }] } })),
  };
  const open = tables.service!.filter(({ label }) => label === 'open');
  const summaries: Record<string, unknown> = {
    service: {
      horizon_days: 90,
      outcome: { kind: 'no-order', contracts: null },
      customers: lines.length,
      tickets,
      undated: 0,
      open: { tickets: open.length, customers: open.length, oldest: null, long: open.length, urgent: 0 },
      unhappy: tables.service!.filter(({ band }) => band === 'unhappy').length,
      satisfaction: [],
      patterns: null,
    },
    'churn-risk': churnSummary,
    anomalies: { currency: 'EUR', level: 0.05, tests: {}, found: told.length, told },
  };
  const reader: PrivacyReader = {
    viewer: digestViewer('service', 'service', 'C1'),
    result: async (analysis) =>
      summaries[analysis] === undefined ? null : { run, analysis, summary: summaries[analysis], model: null },
    rows: async (_, analysis, query = {}) => ({
      rows: (tables[analysis] ?? []).filter(
        ({ customerId, label, band }) =>
          (query.customerIds?.includes(customerId) ?? true) &&
          (query.label === undefined || query.label === label) &&
          (query.band === undefined || query.band === band) &&
          (query.bands?.includes(band) ?? true),
      ),
      withheld: null,
    }),
    find: async () => [],
    findOwners: async () => [],
    records: async () => ({ records: [], withheld: null }),
    sharers: async () => ({ groups: [], withheld: null }),
    products: async () => [],
    productTotals: async () => ({ customers: 0, orders: 0, held: 0, squaredOrders: 0, spread: 0 }),
    productOrders: async () => new Map(),
    renewals: async () => new Map(),
    customer: async () => null,
  };
  return {
    reader,
    state: portalStateSchema.parse({}),
    language: 'en',
    timeZone: 'UTC',
    now: NOW,
    memory: null,
    findings: [],
    takenElsewhere: new Set(),
    ...change,
  };
}

const churnSummary = {
  horizon_days: 90,
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
  currency: 'EUR',
  evidence_level: 3,
  model: 'ridge-logistic',
  auc: null,
  log_loss: null,
  base_log_loss: null,
  overdue_auc: null,
  note: 'n',
  note_zh: 'n',
  board: [],
  trials: [],
  calibration: [],
  lift: null,
  kept: [],
  left_out: [],
  training_rows: 0,
  drift: null,
  outcomes: { stopped: 0, ordered: 0 },
  customers: { total: 9, eligible: 9, lapsed: 0, too_new: 0, under_contract: 0, low: 0, medium: 0, high: 0 },
  revenue_at_risk: 1,
  by_band: [],
  lapsed_value: 0,
  portfolio_gap: 30,
  yearly: 0,
};

const itemsOf = (report: Report): ReportItem[] => report.parts.filter((part) => part.kind === 'item');
const titles = (report: Report) => itemsOf(report).map(({ title }) => title);

/** What is in the ledger after an edition. */
const recorded = (edition: {
  readonly told: readonly { key: string; customerId: string; band: string; money: string | null }[];
}) =>
  edition.told.map(
    (finding): FindingRecord => ({ ...finding, digest: 'service', state: 'new', at: NOW, actor: '', note: '' }),
  );

async function edition(lines: readonly Line[], change: Partial<DigestContext> = {}, more = {}) {
  const built = await service.build(contextOf(lines, change, more));
  if (built === null) throw new Error('no edition');
  expectReadable(built.report, change.language ?? 'en');
  return built;
}

/** The edition of a later day, after `first` was posted. */
const next = (first: Awaited<ReturnType<typeof edition>>, lines: readonly Line[], days = 1, more = {}) =>
  service.build(contextOf(lines, { memory: first.memory, findings: recorded(first), now: NOW + days * DAY }, more));

const risky: Line = { id: 'a', value: 1000, band: 'high', risk: 0.8, up: ['rhythm', 'severe-tickets'] };
const late: Line = { id: 'b', value: 9000, band: 'low', risk: 0.2, details: waits, owner: ben };
const unhappy: Line = {
  id: 'c',
  value: 2000,
  band: 'medium',
  risk: 0.3,
  up: ['rhythm'],
  details: { answer: unhappyAnswer },
};
const fine: Line = { id: 'z', value: 90_000, band: 'high', risk: 0.9, up: ['rhythm'] };

describe('the digest of service', () => {
  it('names who is at risk with tickets behind it, waits for long or is unhappy, by value × risk', async () => {
    const { report, told } = await edition([risky, late, unhappy, fine]);
    expect(titles(report)).toEqual(['Customer b', 'Customer a', 'Customer c']);
    expect(told.map(({ key, band }) => `${key} ${band}`)).toEqual([
      'service:b long-open',
      'service:a risk-high',
      'service:c unhappy',
    ]);
    const texts = itemsOf(report).map(({ text }) => text);
    expect(texts[0]).toMatch(
      /^a ticket open for 20 days, urgent\n20% risk of no order in the next 90 days \(low\) · €9,000 a year/,
    );
    expect(texts[1]).toContain('risk associated with: urgent support tickets in 90 days: 3; usual 0');
    expect(texts[1]).not.toContain('no order for');
    expect(texts[2]).toContain('dissatisfied (answered 1 of 5, 3 days ago)');
    expect(report.headline).toBe(
      '3 customers need help today, worth €12,000 a year; first Customer b: waiting for more than 14 days',
    );
    expect(report.parts.filter((part) => part.kind === 'chart')).toHaveLength(1);
    expect(report.trust).toBe('Data as of 9 Mar 2026 · evidence level 3 (full) · sorted by value a year × risk');
    expect((await edition([risky], { language: 'zh' })).report.headline).toBe(
      '今天有 1 位客户需要关怀，合计每年 €1,000；首先是 Customer a：高风险，且工单是相关因素之一',
    );
  });

  it('leaves out customers of little value who wait or are unhappy, and a middling risk whose reasons are others', async () => {
    const { report } = await edition([
      { ...late, valueClass: 'low' },
      { ...unhappy, valueClass: 'medium', up: ['rhythm', 'tickets'] },
      { ...risky, id: 'd', band: 'medium', up: ['tickets', 'rhythm'] },
    ]);
    expect(titles(report)).toEqual(['Customer d']);
  });

  it('tells bursts of tickets, of customers and in all', async () => {
    const { report, told } = await edition([{ ...fine, hasBurst: true }], {}, { told: [burst, weekly] });
    expect(titles(report)).toEqual(['Customer z', 'Tickets in all']);
    expect(itemsOf(report)[0]!.text).toContain('6 tickets in the 28 days to 8 Mar 2026, usually 0.5');
    expect(itemsOf(report)[1]!.text).toContain('40 tickets were opened in the 7 days to 8 Mar 2026, usually 12');
    expect(told.map(({ key }) => key)).toEqual(['service:z', 'tickets:tickets:2026-03-08']);
  });

  it('mentions each owner once, and names five at most', async () => {
    const lines = Array.from(
      { length: 8 },
      (_, i): Line => ({ ...late, id: `m${i}`, value: 1000 + i, owner: i % 2 ? anna : ben }),
    );
    const { report, told } = await edition(lines);
    expect(told).toHaveLength(5);
    const owners = itemsOf(report).map(({ owner }) => `${owner!.id} ${owner!.mention}`);
    expect(owners).toEqual(['o1 true', 'o2 true', 'o1 false', 'o2 false', 'o1 false']);
  });

  it('is silent when nothing changed, and when a reason became less pressing', async () => {
    const both: Line = { ...late, details: { ...waits, answer: unhappyAnswer } };
    const first = await edition([risky, both]);
    expect(first.told.map(({ band }) => band)).toContain('unhappy');
    expect(await next(first, [risky, both])).toBeNull();
    expect(await next(first, [risky, late])).toBeNull();
  });

  it('tells again what became more pressing, what is worth twice as much, and what goes on for 14 days', async () => {
    const first = await edition([risky, late]);
    const worse = await next(first, [risky, { ...late, details: { ...waits, answer: unhappyAnswer } }]);
    expect(titles(worse!.report)).toEqual(['Customer b']);
    const doubled = await next(first, [risky, { ...late, value: 18_000 }]);
    expect(titles(doubled!.report)).toEqual(['Customer b']);
    expect(titles((await next(first, [risky, late], 14))!.report)).toEqual(['Customer b', 'Customer a']);
  });

  it('tells what became of the last ones, what changed in all, and forgets what only time ended', async () => {
    const first = await edition([risky, late, unhappy]);
    const now: Line[] = [
      { ...risky, band: 'low', risk: 0.1 },
      { ...late, details: { open: 0, oldest: null } },
      { ...unhappy, details: { answer: null } },
    ];
    const second = await next(first, now);
    const texts = textsOf(second!.report).join('\n');
    expect(texts).toContain('What became of the last ones');
    expect(texts).toContain('Customer a is at low risk again');
    expect(texts).toContain('Customer b has no open ticket any more');
    expect(texts).not.toContain('Customer c');
    expect(second!.report.parts).toContainEqual({
      kind: 'facts',
      facts: [
        { label: 'Open tickets', value: '0 (-1)' },
        { label: 'Customers who wait for more than 14 days', value: '0 (-1)' },
        { label: 'Unhappy customers', value: '0 (-1)' },
      ],
    });
    expect(second!.resolved.map(({ finding, note }) => `${finding.key}: ${note}`).toSorted()).toEqual([
      'service:a: is at low risk again',
      'service:b: has no open ticket any more',
    ]);
    expect(second!.told).toEqual([]);
    expect(second!.report.headline).toBe('2 customers from the last lists moved on; nobody new needs help');
    // One that goes on is counted, not named again.
    const half = await next(first, [{ ...risky, band: 'lapsed' }, late, unhappy]);
    const halfTexts = textsOf(half!.report).join('\n');
    expect(halfTexts).toContain('Customer a has lapsed');
    expect(halfTexts).toContain('2 customers are as before');
  });

  it('does not name again whom a person called not useful, nor tell what became of it', async () => {
    const first = await edition([risky]);
    const findings = recorded(first).map((finding) => ({ ...finding, state: 'not-useful' as const }));
    const later = { memory: first.memory, findings, now: NOW + 30 * DAY };
    expect(await service.build(contextOf([risky], later))).toBeNull();
    expect(await service.build(contextOf([{ ...risky, band: 'low' }], later))).toBeNull();
  });

  it('is silent where no tickets and no answers are copied', async () => {
    expect(await service.build(contextOf([fine], {}, { tickets: 0 }))).toBeNull();
  });
});
