import { describe, expect, it } from 'vitest';
import type { PresentedRow } from '../../../src/analyses/analysis.ts';
import { whole } from '../../../src/analyses/analysis.ts';
import type { ChurnDetails } from '../../../src/analyses/churn-summary.ts';
import { computeService, type ServiceInput, service } from '../../../src/analyses/service.ts';
import { riskText } from '../../../src/analyses/service-item.ts';
import { type PatternName, testPatterns } from '../../../src/analyses/service-patterns.ts';
import {
  atStakeOf,
  type RowReader,
  rankQueue,
  readServiceQueue,
  type ServedCustomer,
} from '../../../src/analyses/service-queue.ts';
import {
  type ServiceDetails,
  serviceDetailsSchema,
  serviceSummarySchema,
} from '../../../src/analyses/service-summary.ts';
import { ENGAGEMENT_TYPES } from '../../../src/domain/crm.ts';
import { type RandomSource, seededRandom } from '../../../src/math/random.ts';
import { wilsonInterval } from '../../../src/models/difference-of-shares.ts';
import { type Event, engagementsOf, historyOf, type Touch } from '../features/history-fixture.ts';
import { inputOf as churnInput, computeChurn, mixedPortal } from './churn-fixture.ts';
import { run, stored } from './make-history.ts';

/** The as-of; the last complete day is the one before, and the newest complete cut-off a horizon before that. */
const TODAY = 800;
const HORIZON = 90;
const CUT_OFF = TODAY - 1 - HORIZON;
const FEEDBACK = ENGAGEMENT_TYPES.indexOf('feedback');

interface Ticket {
  readonly opened: number;
  /** -1 while it is open. */
  readonly closed: number;
  readonly priority?: number;
  readonly satisfaction?: number;
  readonly isUndated?: boolean;
}

interface Life {
  readonly events: readonly Event[];
  readonly tickets: readonly Ticket[];
  readonly feedback?: readonly Touch[];
}

function inputOf(lives: readonly Life[], more: Partial<ServiceInput> = {}): ServiceInput {
  const history = historyOf(lives.map(({ events }) => events));
  const tickets = lives.map((life) => life.tickets.toSorted((a, b) => a.opened - b.opened));
  const rows = tickets.flat();
  const offsets = new Int32Array(lives.length + 1);
  tickets.forEach((own, i) => {
    offsets[i + 1] = offsets[i]! + own.length;
  });
  return {
    customerIds: history.customerIds,
    history,
    tickets: {
      customerIds: history.customerIds,
      offsets,
      openedDay: Int32Array.from(rows, ({ opened }) => opened),
      closedDay: Int32Array.from(rows, ({ closed }) => closed),
      priority: Int8Array.from(rows, ({ priority }) => priority ?? 0),
      satisfaction: Float64Array.from(rows, ({ satisfaction }) => satisfaction ?? Number.NaN),
    },
    undated: Uint8Array.from(rows, ({ isUndated }) => (isUndated === true ? 1 : 0)),
    engagements: engagementsOf(lives.map(({ feedback }) => feedback ?? [])),
    horizonDays: HORIZON,
    asOfDay: TODAY,
    lastCompleteDay: TODAY - 1,
    choice: { kind: 'no-order', contracts: null },
    outcome: { kind: 'no-order', terms: null },
    ...more,
  };
}

/** Orders every 30 days or so, until the day on which the customer stops. */
function ordersUntil(random: RandomSource, stop: number): Event[] {
  const events: Event[] = [];
  for (let day = Math.floor(30 * random()); day <= Math.min(stop, TODAY); day += 25 + Math.floor(10 * random())) {
    events.push([day, 100]);
  }
  return events;
}

const ticketIn = (random: RandomSource, from: number, to: number): Ticket => {
  const opened = Math.floor(from + (to - from) * random());
  const closed = opened + Math.floor((random() < 0.1 ? 80 : 12) * random());
  return {
    opened,
    closed: closed > TODAY ? -1 : closed,
    priority: 1 + Math.floor(4 * random()),
    satisfaction: random() < 0.5 ? 1 + Math.floor(5 * random()) : Number.NaN,
  };
};

/** Tickets at random through the years and, of those with trouble, four more in the 60 days before the cut-off. */
function portal(seed: number, size: number, leaving: { readonly trouble: number; readonly others: number }): Life[] {
  const random = seededRandom(seed);
  return Array.from({ length: size }, (_, i) => {
    const isTroubled = i % 6 === 0;
    const leaves = random() < (isTroubled ? leaving.trouble : leaving.others);
    const tickets: Ticket[] = [];
    for (let day = 300 * random(); day < TODAY; day += 300 * random()) tickets.push(ticketIn(random, day, day + 1));
    for (let k = 0; isTroubled && k < 4; k++) tickets.push(ticketIn(random, CUT_OFF - 60, CUT_OFF));
    const feedback: Touch[] = random() < 0.3 ? [[CUT_OFF - 10, FEEDBACK, 0, 0, Math.floor(11 * random())]] : [];
    return { events: ordersUntil(random, leaves ? CUT_OFF : TODAY), tickets, feedback };
  });
}

/** Every pattern again, from its definition and one life at a time. */
function patternsByHand({ tickets, feedback = [] }: Life, day: number): Record<PatternName, boolean> {
  const known = tickets.filter(({ opened }) => opened <= day);
  const isClosed = ({ closed }: Ticket) => closed !== -1 && closed <= day;
  const recent = known.filter(({ opened }) => opened > day - 90);
  const inHorizon = known.filter(({ opened }) => opened > day - HORIZON).length;
  const before = known.filter(({ opened }) => opened <= day - HORIZON && opened > day - 2 * HORIZON).length;
  const bad = [
    ...known.filter(isClosed).filter(({ closed, satisfaction = 9 }) => closed > day - 90 && satisfaction < 3),
    ...feedback.filter(([at, , , , score]) => at <= day && at > day - 90 && score! < 5),
  ];
  return {
    'any-ticket': recent.length > 0,
    'many-tickets': recent.length >= 3,
    'more-tickets': inHorizon >= 3 && inHorizon >= 2 * before,
    'urgent-ticket': recent.some(({ priority }) => priority! >= 3),
    'long-open': known.some((one) => !isClosed(one) && one.isUndated !== true && day - one.opened > 14),
    'slow-close': known.some((one) => isClosed(one) && one.closed > day - 90 && one.closed - one.opened > 7),
    'came-back': recent.some((one) =>
      known.some(
        (other) =>
          other !== one &&
          known.indexOf(other) < known.indexOf(one) &&
          other.closed !== -1 &&
          other.closed <= one.opened &&
          one.opened <= other.closed + 14,
      ),
    ),
    dissatisfied: bad.length > 0,
  };
}

const nobody = { language: 'en', run, rows: [], withheld: null, filter: '' } as const;

describe('patterns of tickets that precede leaving', () => {
  it('are counted like a count by hand, customer by customer, and a planted one is found', () => {
    const lives = portal(3, 420, { trouble: 0.6, others: 0.1 });
    const test = testPatterns(inputOf(lives), TODAY - 1)!;
    expect(test.cutOffDay).toBe(CUT_OFF);
    const active = lives.filter(({ events }) => events.some(([day]) => day <= CUT_OFF && day > CUT_OFF - 60));
    const isGone = ({ events }: Life) => !events.some(([day]) => day > CUT_OFF && day <= CUT_OFF + HORIZON);
    expect(test).toMatchObject({ customers: active.length, left: active.filter(isGone).length });
    for (const result of test.results) {
      const having = active.filter(
        (life) =>
          patternsByHand({ ...life, tickets: life.tickets.toSorted((a, b) => a.opened - b.opened) }, CUT_OFF)[
            result.pattern
          ],
      );
      expect(result.with, result.pattern).toEqual({ customers: having.length, left: having.filter(isGone).length });
      expect(result.without).toEqual({
        customers: active.length - having.length,
        left: active.filter(isGone).length - having.filter(isGone).length,
      });
      expect(having.length, result.pattern).toBeGreaterThan(0);
      expect(result.share.with).toEqual(wilsonInterval({ some: result.with.left, all: result.with.customers }));
    }
    const many = test.results.find(({ pattern }) => pattern === 'many-tickets')!;
    expect(many.precedes).toBe(true);
    expect(many.adjusted_p).toBeLessThan(1e-6);
    expect(many.difference!.low).toBeGreaterThan(0.2);
    const { summary } = computeService(inputOf(lives));
    expect(serviceSummarySchema.parse(stored(summary))).toEqual(stored(summary));
    const told = JSON.stringify(service.present(stored(summary), nobody));
    expect(told).toContain(`${many.with.left}/${many.with.customers}`);
    expect(told).toContain('was associated with leaving; it does not say');
    expect(told).not.toMatch(/because/i);
  });

  it('are hardly ever told where tickets have nothing to do with leaving', () => {
    let told = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const test = testPatterns(inputOf(portal(1000 + seed, 150, { trouble: 0.25, others: 0.25 })), TODAY - 1)!;
      if (test.results.some(({ precedes }) => precedes)) told++;
    }
    expect(told).toBeLessThanOrEqual(10);
  });

  it('know nothing of what happened to tickets after the cut-off', () => {
    const lives = portal(5, 300, { trouble: 0.5, others: 0.15 });
    const later = lives.map(
      (life, i): Life => ({
        ...life,
        tickets: [
          ...life.tickets.filter(({ opened }) => opened <= CUT_OFF).map((one) => ({ ...one, ...after(one) })),
          { opened: CUT_OFF + 1 + (i % 60), closed: -1, priority: 4 },
        ],
        feedback: [
          ...life.feedback!.filter(([day]) => day <= CUT_OFF),
          [CUT_OFF + 5, FEEDBACK, 0, 0, i % 2 === 0 ? 100 : 0],
        ],
      }),
    );
    expect(testPatterns(inputOf(later), TODAY - 1)).toEqual(testPatterns(inputOf(lives), TODAY - 1));
  });

  it('are counted and not tested where there are too few, or all did the same', () => {
    const stayed = testPatterns(inputOf(portal(7, 100, { trouble: 0, others: 0 })), TODAY - 1)!;
    expect(stayed.left).toBe(0);
    expect(stayed.results.every(({ adjusted_p: p, precedes }) => p === null && !precedes)).toBe(true);
    const few = computeService(inputOf(portal(7, 20, { trouble: 1, others: 0 }))).summary;
    expect(few.patterns!.results.find(({ pattern }) => pattern === 'many-tickets')).toMatchObject({
      with: { customers: 4, left: 4 },
      adjusted_p: null,
      precedes: false,
    });
    const told = JSON.stringify(
      service.present(stored(computeService(inputOf(portal(7, 8, { trouble: 1, others: 0 }))).summary), nobody),
    );
    expect(told).toContain('Too few to test a pattern');
    expect(told).toContain('too few');
  });

  it('are not asked for in a business of projects, nor before anybody was active', () => {
    const lives = portal(7, 30, { trouble: 0, others: 0 });
    const projects = computeService(inputOf(lives, { choice: { kind: 'none' }, outcome: { kind: 'none' } })).summary;
    expect(projects.patterns).toBeNull();
    expect(JSON.stringify(service.present(stored(projects), nobody))).toContain('In a business of projects');
    expect(testPatterns(inputOf(lives.map((life) => ({ ...life, events: [] }))), TODAY - 1)).toBeNull();
  });
});

/** The same ticket with its end moved, where that was after the cut-off. */
function after({ closed }: Ticket): Partial<Ticket> {
  return closed === -1 || closed > CUT_OFF ? { closed: closed === -1 ? TODAY - 2 : -1, satisfaction: 1 } : {};
}

describe('the state of service today', () => {
  const lives: Life[] = [
    {
      events: [[700, 100]],
      tickets: [
        { opened: TODAY - 40, closed: -1, priority: 2 },
        { opened: TODAY - 3, closed: -1, priority: 4 },
        { opened: TODAY - 300, closed: -1, isUndated: true },
      ],
    },
    { events: [[700, 100]], tickets: [{ opened: TODAY - 30, closed: TODAY - 20, satisfaction: 1 }] },
    {
      events: [[700, 100]],
      tickets: [{ opened: TODAY - 30, closed: TODAY - 20, satisfaction: 2 }],
      feedback: [[TODAY - 5, FEEDBACK, 0, 0, 10]],
    },
    { events: [], tickets: [{ opened: TODAY - 130, closed: TODAY - 120, satisfaction: 5 }] },
  ];

  it('says who waits, for how long, at which priority, and leaves out what was closed without a date', () => {
    const { summary, scores } = computeService(inputOf(lives));
    expect(summary).toMatchObject({
      tickets: 6,
      undated: 1,
      open: { tickets: 2, customers: 1, oldest: 40, long: 1, urgent: 1 },
      unhappy: 1,
    });
    expect(scores!.label).toEqual(['open', '', '', '']);
    expect([...scores!.value]).toEqual([40, Number.NaN, Number.NaN, Number.NaN]);
    expect(JSON.parse(whole({ summary, model: null, scores, matrix: null }).scores!.details[0]!)).toMatchObject({
      open: 2,
      oldest: 40,
      priority: 4,
      recent: 2,
    });
    expect(service.present(stored(summary), nobody).headline).toBe(
      '1 customer waits on 2 open tickets, 1 of them for more than 14 days',
    );
  });

  it('calls unhappy whose newest answer is dissatisfied, and gives shares and means on each scale', () => {
    const { summary, scores } = computeService(inputOf(lives));
    expect(scores!.band).toEqual(['', 'unhappy', '', '']);
    expect(JSON.parse(whole({ summary, model: null, scores, matrix: null }).scores!.details[2]!).answer).toMatchObject({
      mood: 'satisfied',
      source: 'feedback',
      highest: 10,
    });
    expect(summary.satisfaction).toMatchObject([
      {
        source: 'tickets',
        lowest: 1,
        highest: 5,
        satisfied_from: 4,
        now: { answers: 2, satisfied: 0, dissatisfied: 2, mean: 1.5 },
        before: { answers: 1, satisfied: 1, mean: 5 },
      },
      {
        source: 'feedback',
        highest: 10,
        now: { answers: 1, satisfied: 1, mean: 10 },
        before: { answers: 0, mean: null },
      },
    ]);
    expect(JSON.stringify(service.present(stored(summary), nobody))).toContain('0%, 0–66% satisfied (4 or more of 5)');
  });

  it('says what is missing where no tickets are copied', () => {
    const { summary } = computeService(inputOf(lives.map((life) => ({ ...life, tickets: [], feedback: [] }))));
    const report = service.present(stored(summary), nobody);
    expect(report.headline).toBe('No tickets are copied');
    expect(JSON.stringify(report.parts)).toContain('the scope `tickets`');
    expect(service.present(stored(summary), { ...nobody, language: 'zh' }).headline).toBe('没有复制到工单');
  });
});

describe('the queue', () => {
  const details: ServiceDetails = { open: 1, oldest: 3, priority: 0, recent: 1, answer: null, patterns: [] };
  const row = (customerId: string, more: Partial<PresentedRow> = {}): PresentedRow => ({
    customerId,
    name: customerId,
    link: '',
    owner: null,
    value: null,
    label: '',
    band: '',
    evidence: 3,
    details: {},
    ...more,
  });
  const served = (id: string, value: number | null, probability: number | null, band: string, oldest = 3) =>
    ({
      row: row(id),
      details: { ...details, oldest },
      value,
      valueClass: '',
      risk: probability === null && band === '' ? null : { band, probability, details: {} },
    }) as unknown as ServedCustomer;
  const order = (list: readonly ServedCustomer[]) => list.map((one) => one.row.customerId);

  it('puts value × risk first, then value, then the age of the oldest ticket', () => {
    const list = [
      served('small', 100, 0.9, 'high'),
      served('large', 1000, 0.2, 'low'),
      served('lapsed', 5000, null, 'lapsed'),
      served('new', null, null, ''),
      served('older', null, null, '', 9),
    ];
    expect(order(rankQueue(list, 'chance'))).toEqual(['large', 'small', 'lapsed', 'older', 'new']);
    expect(order(rankQueue(list, 'band'))).toEqual(['small', 'large', 'lapsed', 'older', 'new']);
    expect(order(rankQueue(list, 'value'))).toEqual(['lapsed', 'large', 'small', 'older', 'new']);
  });

  it('takes its rows from the reader alone, and says why some are missing', async () => {
    const asked: string[] = [];
    const withheld = { en: 'not here', zh: '不显示' };
    const reader: RowReader = {
      result: async () => null,
      async rows(_, analysis, query) {
        asked.push(`${analysis} ${JSON.stringify(query)}`);
        if (analysis === 'service') return { rows: [row('a', { details }), row('b', { details })], withheld };
        return analysis === 'value'
          ? { rows: [row('b', { value: 10, label: 'high' })], withheld: null }
          : { rows: [], withheld: null };
      },
    };
    const queue = await readServiceQueue(reader, run, { label: 'open' });
    expect(asked).toEqual([
      'service {"order":"value-desc","label":"open"}',
      'churn-risk {"customerIds":["a","b"]}',
      'value {"customerIds":["a","b"]}',
    ]);
    expect(queue).toMatchObject({ basis: 'value', withheld });
    expect(order(queue.customers)).toEqual(['b', 'a']);
    expect(serviceDetailsSchema.parse(queue.customers[0]!.row.details)).toEqual(details);
  });

  it('leaves nobody out, however many wait', async () => {
    const ids = Array.from({ length: 12_000 }, (_, i) => `c${i}`);
    const reader: RowReader = {
      result: async () => null,
      async rows(_, analysis, { customerIds, limit }) {
        if (analysis === 'service') {
          return { rows: ids.slice(0, limit).map((id) => row(id, { details })), withheld: null };
        }
        expect(customerIds!.length).toBeLessThanOrEqual(5_000);
        return { rows: customerIds!.map((id) => row(id, { value: Number(id.slice(1)) })), withheld: null };
      },
    };
    const { customers } = await readServiceQueue(reader, run, { label: 'open' });
    expect(customers).toHaveLength(12_000);
    // Who is worth most was read last.
    expect(customers[0]).toMatchObject({ value: 11_999, row: { customerId: 'c11999' } });
  });

  it('puts once-a-year buyers outside their season after those at risk, and says when they are expected', async () => {
    const { summary } = computeChurn(churnInput(mixedPortal(seededRandom(3), 150, 720), 720, 90), 1);
    const risk: Partial<ChurnDetails> = {
      standing: 'eligible',
      days_since: 100,
      expected_gap: 365,
      off_rhythm: 0.27,
      is_yearly: true,
      orders: 4,
      order_size: 500,
      value: 0,
      at_risk: 0,
      interval: null,
      baseline: null,
      log_odds: 4.6,
      up: [],
      down: [],
      other: 0,
      moved: null,
      scenarios: [],
    };
    const churn = (id: string, value: number, more: Partial<ChurnDetails>) =>
      row(id, { value, label: 'eligible', band: 'low', details: { ...risk, ...more } });
    const reader: RowReader = {
      result: async () => ({ summary }),
      async rows(_, analysis) {
        const rows =
          analysis === 'service'
            ? [row('yearly', { details }), row('other', { details })]
            : analysis === 'value'
              ? [row('yearly', { value: 9000 }), row('other', { value: 100 })]
              : [
                  churn('yearly', 0.99, { out_of_season: true }),
                  churn('other', 0.2, { is_yearly: false, out_of_season: false }),
                ];
        return { rows, withheld: null };
      },
    };
    const queue = await readServiceQueue(reader, run, { label: 'open' });
    expect(queue.basis).toBe('chance');
    expect(order(queue.customers)).toEqual(['other', 'yearly']);
    const yearly = queue.customers[1]!;
    expect(atStakeOf(yearly)).toBe(0);
    const view = { run, currency: 'EUR', horizonDays: 90, churn: queue.churn };
    expect(riskText({ ...view, language: 'en' }, yearly)).toBe(
      'outside its season: no order expected before 21 Nov 2026',
    );
    expect(riskText({ ...view, language: 'zh' }, yearly)).toBe('不在采购季：2026年11月21日 之前预计不会下单');
  });
});
