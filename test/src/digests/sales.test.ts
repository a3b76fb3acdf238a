import { describe, expect, it } from 'vitest';
import type { DigestContext } from '../../../src/digests/digest.ts';
import { sales } from '../../../src/digests/sales.ts';
import type { Run } from '../../../src/domain/results.ts';
import type { FindingRecord } from '../../../src/ledger/findings.ts';
import type { CustomerRow, PrivacyReader } from '../../../src/privacy/privacy-reader.ts';
import { digestViewer } from '../../../src/privacy/viewer.ts';
import type { ReportItem } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';

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
const owner = { id: 'o1', name: 'Anna Meyer', email: 'anna@kith.example' };

interface Line {
  id: string;
  band: 'high' | 'medium' | 'low';
  risk: number | null;
  money: number;
  offRhythm?: number;
  /** Usual amount of an order. */
  order?: number;
  owner?: typeof owner | null;
}

function rowOf({ id, band, risk, money, offRhythm = 1, order = 100, ...rest }: Line): CustomerRow {
  return {
    customerId: id,
    name: `Customer ${id}`,
    link: '',
    owner: rest.owner === undefined ? owner : rest.owner,
    value: risk,
    label: 'eligible',
    band,
    evidence: risk === null ? 1 : 3,
    details: {
      standing: 'eligible',
      days_since: Math.round(30 * offRhythm),
      expected_gap: 30,
      off_rhythm: offRhythm,
      is_yearly: false,
      out_of_season: false,
      orders: 5,
      order_size: order,
      value: money,
      at_risk: risk === null ? null : money * risk,
      interval: null,
      baseline: null,
      log_odds: null,
      up: [],
      down: [],
      other: 0,
      moved: null,
      scenarios: [],
    },
  };
}

function contextOf(
  lines: readonly Line[],
  change: Partial<DigestContext> = {},
  lastOrders: Record<string, string> = {},
  late: readonly CustomerRow[] = [],
): DigestContext {
  const rows = lines.map(rowOf);
  const count = (band: string): number => rows.filter((row) => row.band === band).length;
  const summary = {
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
    customers: {
      total: 9,
      eligible: 9,
      lapsed: 0,
      too_new: 0,
      under_contract: 0,
      low: count('low'),
      medium: count('medium'),
      high: count('high'),
    },
    revenue_at_risk: 1,
    by_band: [],
    lapsed_value: 0,
    portfolio_gap: 30,
    yearly: 0,
  };
  const reader: PrivacyReader = {
    viewer: digestViewer('sales', 'sales', 'C1'),
    result: async (analysis) => ({ run, analysis, summary, model: null }),
    rows: async (_, analysis, query) => ({
      rows: (analysis === 'sequences' ? late : rows).filter((row) => row.band === query?.band),
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
    customer: async (_, customerId) => ({
      customerId,
      name: `Customer ${customerId}`,
      link: '',
      owner: null,
      industry: '',
      country: '',
      profiling: 'on',
      scores: {},
      purchases: lastOrders[customerId] === undefined ? [] : [{ day: lastOrders[customerId], amount: '10' }],
      purchasesInAll: 1,
      openTickets: 0,
    }),
  };
  const state = portalStateSchema.parse({});
  return {
    reader,
    state,
    language: 'en',
    timeZone: 'UTC',
    now: NOW,
    memory: null,
    findings: [],
    takenElsewhere: new Set(),
    ...change,
  };
}

const told = (line: Line, at: number, state: FindingRecord['state'] = 'new'): FindingRecord => ({
  key: `at-risk:${line.id}`,
  customerId: line.id,
  band: line.band,
  money: line.money.toFixed(2),
  digest: 'sales',
  state,
  at,
  actor: '',
  note: '',
});

/** A customer who bought a laptop and is late with the dock. */
function lateRow(id: string, productId = 'p2'): CustomerRow {
  const delay = { q1: 60, median: 90, q3: 120, longest: 300 };
  const step = { productId, product: 'Dock', after: ['Laptop'], waited: 140, starters: 50, followers: 20 };
  const details = { step: { ...step, confidence: 0.4, delay } };
  return { ...rowOf({ id, band: 'low', risk: null, money: 0 }), band: 'late', value: 0.4, details };
}

async function itemsOf(context: DigestContext): Promise<ReportItem[]> {
  const edition = await sales.build(context);
  return edition === null ? [] : edition.report.parts.filter((part) => part.kind === 'item');
}

const a: Line = { id: 'a', band: 'high', risk: 0.8, money: 1000 };
const b: Line = { id: 'b', band: 'medium', risk: 0.4, money: 9000 };
const late: Line = { id: 'l', band: 'low', risk: 0.1, money: 5000, offRhythm: 2 };
const onRhythm: Line = { id: 'z', band: 'low', risk: 0.1, money: 90_000, offRhythm: 0.2 };
const buyer: Line = { id: 'p', band: 'low', risk: 0.05, money: 1000, order: 200 };
const soon: Line = { id: 's', band: 'low', risk: 0.1, money: 1000, offRhythm: 2 / 3, order: 900 };
const memory = { runId: 'r0', high: 0, medium: 0, open: {} };

describe('the daily sales list', () => {
  it('ranks customers at risk and off rhythm by risk × money, and leaves out who is neither', async () => {
    const items = await itemsOf(contextOf([a, b, late, onRhythm]));
    expect(items.map((item) => item.title)).toEqual(['Customer b', 'Customer a', 'Customer l']);
    expect(items[0]!.text).toMatch(
      /40% risk of no order in the next 90 days · no order for 30 days; usual gap 30 · worth €9,000/,
    );
    expect(items[2]!.text).toMatch(/^late by their own rhythm/);
  });

  it('gives bands, and no probability, where the evidence carries none', async () => {
    const items = await itemsOf(contextOf([{ ...a, risk: null }]));
    expect(items[0]!.text).toMatch(/^high risk of no order in the next 90 days/);
    expect(items[0]!.text).not.toContain('%');
  });

  it('mentions an owner at the first of their customers alone', async () => {
    const other = { id: 'o2', name: 'Ben Ito', email: 'ben@kith.example' };
    const items = await itemsOf(contextOf([a, b, { ...late, owner: other }, { ...a, id: 'n', owner: null, money: 1 }]));
    expect(items.map((item) => item.owner?.mention)).toEqual([true, false, true, undefined]);
  });

  it('tells at most five', async () => {
    const many = Array.from({ length: 9 }, (_, i): Line => ({ ...a, id: `m${i}`, money: 100 + i }));
    const edition = await sales.build(contextOf(many));
    expect(edition!.told).toHaveLength(5);
  });

  it('is silent about a customer for 14 days, unless a band is crossed or the money doubles', async () => {
    const tell = (line: Line, finding: FindingRecord) => itemsOf(contextOf([line], { memory, findings: [finding] }));
    expect(await tell(a, told(a, NOW - 13 * DAY))).toEqual([]);
    expect(await tell(a, told(a, NOW - 14 * DAY))).toHaveLength(1);
    expect(await tell(a, told({ ...a, band: 'medium' }, NOW - DAY))).toHaveLength(1);
    expect(await tell(a, told({ ...a, money: 500 }, NOW - DAY))).toHaveLength(1);
    expect(await tell(a, told(a, NOW - 90 * DAY, 'not-useful'))).toEqual([]);
  });

  it('says nothing when there is nothing new, and introduces itself all the same the first time', async () => {
    expect(await sales.build(contextOf([onRhythm], { memory }))).toBeNull();
    const first = await sales.build(contextOf([onRhythm]));
    expect(first!.report.headline).toBe('Nobody is late or at risk today');
    expect(first!.report.parts[0]).toMatchObject({ text: expect.stringContaining('first') });
  });

  it('tells what changed, who should act, what became of the last ones, and one chart, in this order', async () => {
    const findings = [told({ ...a, id: 'x' }, NOW - DAY), told({ ...a, id: 'y' }, NOW - DAY)];
    const open = { 'at-risk:x': '2026-03-08', 'at-risk:y': '2026-03-08' };
    const edition = await sales.build(
      contextOf([a], { memory: { ...memory, open }, findings }, { x: '2026-03-09', y: '2026-03-08' }),
    );
    const { parts } = edition!.report;
    expect(parts.map((part) => (part.kind === 'heading' ? part.text : part.kind))).toEqual([
      'What changed since the last list',
      'facts',
      'Who should act',
      'item',
      'What became of the last ones',
      'text',
      'chart',
    ]);
    expect(parts[5]).toMatchObject({ text: 'Customer x ordered on 9 Mar 2026\n1 customer has not ordered yet' });
    expect(edition!.resolved).toMatchObject([{ finding: { key: 'at-risk:x' }, note: 'ordered 2026-03-09' }]);
    expect(edition!.memory).toMatchObject({ open: { 'at-risk:y': '2026-03-08', 'at-risk:a': '2026-03-09' } });
  });

  it('names who is likely to buy now or soon, by chance × usual order, and nobody who is late or not due yet', async () => {
    const edition = await sales.build(contextOf([buyer, soon, onRhythm, late]));
    const items = edition!.report.parts.filter((part) => part.kind === 'item');
    expect(items.map((item) => item.title)).toEqual(['Customer l', 'Customer s', 'Customer p']);
    expect(items[1]!.text).toBe(
      '90% chance of an order in 90 days · expected 19 Mar 2026, in 10 days · usually €900 an order',
    );
    expect(items[2]!.text).toBe(
      '95% chance of an order in 90 days · expected today (9 Mar 2026) · usually €200 an order',
    );
    expect(edition!.told.map(({ key, band, money }) => [key, band, money])).toEqual([
      ['at-risk:l', 'late', '5000.00'],
      ['likely:s', 'due-soon', '900.00'],
      ['likely:p', 'due-now', '200.00'],
    ]);
    expect(edition!.report.headline).toContain('2 customers are likely to order (€1,100)');
    expect(items.map((item) => item.owner?.mention)).toEqual([true, false, false]);
  });

  it('keeps two of five places for likely buyers, and all for them where nobody is at risk', async () => {
    const many = (line: Line) => Array.from({ length: 9 }, (_, i): Line => ({ ...line, id: `${line.id}${i}` }));
    const kinds = async (lines: readonly Line[]) =>
      (await sales.build(contextOf(lines)))!.told.map(({ key }) => key.split(':')[0]);
    expect(await kinds([...many(a), ...many(buyer)])).toEqual(['at-risk', 'at-risk', 'at-risk', 'likely', 'likely']);
    expect(await kinds([...many(a), buyer])).toEqual(['at-risk', 'at-risk', 'at-risk', 'at-risk', 'likely']);
    expect(await kinds([a, ...many(buyer)])).toEqual(['at-risk', 'likely', 'likely', 'likely', 'likely']);
    const edition = await sales.build(contextOf(many(buyer)));
    expect(edition!.told).toHaveLength(5);
    expect(edition!.report.parts.at(-1)).toMatchObject({ chart: { title: 'Usual amount of an order' } });
  });

  it('is silent about a likely buyer for 14 days, unless the order falls due or its amount doubles', async () => {
    const toldBefore = (line: Line, band: string, days: number): FindingRecord => ({
      ...told(line, NOW - days * DAY),
      key: `likely:${line.id}`,
      band,
      money: (line.order ?? 100).toFixed(2),
    });
    const tell = async (line: Line, finding: FindingRecord) =>
      (await sales.build(contextOf([line], { memory, findings: [finding] })))?.told.length ?? 0;
    expect(await tell(buyer, toldBefore(buyer, 'due-now', 13))).toBe(0);
    expect(await tell(buyer, toldBefore(buyer, 'due-now', 14))).toBe(1);
    expect(await tell(buyer, toldBefore(buyer, 'due-soon', 1))).toBe(1);
    expect(await tell(buyer, toldBefore({ ...buyer, order: 100 }, 'due-now', 1))).toBe(1);
  });

  it('gives no chance of an order where the evidence carries none', async () => {
    const items = await itemsOf(contextOf([{ ...buyer, risk: null }]));
    expect(items[0]!.text).toBe('expected today (9 Mar 2026) · usually €200 an order');
  });

  it('nudges about customers who are late with what others usually buy next, after those with money at stake', async () => {
    const edition = await sales.build(contextOf([a], {}, {}, [lateRow('k')]));
    const items = edition!.report.parts.filter((part) => part.kind === 'item');
    expect(items.map((item) => item.title)).toEqual(['Customer a', 'Customer k']);
    expect(items[1]!.text).toBe(
      'Late: bought Laptop 140 days ago and not Dock since. 20 of 50 customers (40%) bought it next, half of them within 90 days, three quarters within 120.',
    );
    expect(items[1]!.actions).toContainEqual({
      action: 'create-task',
      label: 'Create task',
      value: '["sequences","k","p2"]',
    });
    expect(items.map((item) => item.owner?.mention)).toEqual([true, false]);
    expect(edition!.told[1]).toEqual({ key: 'next-step:k:p2', customerId: 'k', band: 'late', money: null });
    const alone = await sales.build(contextOf([], { language: 'zh', memory }, {}, [lateRow('k'), lateRow('m')]));
    expect(alone!.report.headline).toBe('2 位客户尚未购买通常的后续产品');
  });

  it('is silent about a next step for 14 days, and tells of another product at once', async () => {
    const tell = async (days: number, productId = 'p2', state: FindingRecord['state'] = 'new') => {
      const finding = { ...told(a, NOW - days * DAY, state), key: 'next-step:k:p2', band: 'late', money: null };
      const edition = await sales.build(contextOf([], { memory, findings: [finding] }, {}, [lateRow('k', productId)]));
      return edition?.told.length ?? 0;
    };
    expect([await tell(13), await tell(14), await tell(1, 'p3'), await tell(90, 'p2', 'not-useful')]).toEqual([
      0, 1, 1, 0,
    ]);
  });

  it('keeps one of five places for a next step, gives it what the others leave, and names a customer once', async () => {
    const many = (line: Line) => Array.from({ length: 9 }, (_, i): Line => ({ ...line, id: `${line.id}${i}` }));
    const kinds = async (lines: readonly Line[], late: readonly CustomerRow[]) =>
      (await sales.build(contextOf(lines, {}, {}, late)))!.told.map(({ key }) => key.split(':')[0]);
    const late = ['k', 'm', 'n', 'o'].map((id) => lateRow(id));
    expect(await kinds([...many(a), ...many(buyer)], late)).toEqual([
      'at-risk',
      'at-risk',
      'likely',
      'likely',
      'next-step',
    ]);
    expect(await kinds([a], late)).toEqual(['at-risk', 'next-step', 'next-step', 'next-step']);
    expect(await kinds(many(a), [lateRow('a0')])).toEqual(['at-risk', 'at-risk', 'at-risk', 'at-risk', 'at-risk']);
  });

  it('says once that a customer ordered who was named for two things', async () => {
    const findings = [told(a, NOW - DAY), { ...told(a, NOW - DAY), key: 'next-step:a:p2', band: 'late' }];
    const open = { 'at-risk:a': '2026-03-08', 'next-step:a:p2': '2026-03-08' };
    const edition = await sales.build(contextOf([], { memory: { ...memory, open }, findings }, { a: '2026-03-09' }));
    expect(edition!.report.parts).toContainEqual({ kind: 'text', text: 'Customer a ordered on 9 Mar 2026' });
    expect(edition!.report.headline).toBe('1 customer from the last lists ordered; nobody new to call');
    expect(edition!.resolved).toHaveLength(2);
  });
});
