import { describe, expect, it } from 'vitest';
import type { ChurnInput } from '../../../src/analyses/churn-input.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { churnDetailsSchema, churnSummarySchema } from '../../../src/analyses/churn-summary.ts';
import type { Run } from '../../../src/domain/results.ts';
import { AMOUNT_SCALE } from '../../../src/features/purchase-history.ts';
import type { TermHistory } from '../../../src/features/renewals.ts';
import { seededRandom } from '../../../src/math/random.ts';
import type { Event } from '../features/history-fixture.ts';
import { ticketsOf } from '../features/history-fixture.ts';
import { computeChurn, inputOf, mixedPortal } from './churn-fixture.ts';

const DAYS = 1400;
const YEAR = 365;
const H = 90;

const run: Run = {
  id: 'r',
  startedAt: 0,
  finishedAt: 0,
  status: 'done',
  asOf: DAYS * 86_400_000,
  fingerprint: '',
  portfolio: { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: DAYS * 86_400_000, horizonDays: H, seed: 1 },
};
const answer = (summary: unknown, language: 'en' | 'zh' = 'en') =>
  churnRisk.present(summary, { language, run, rows: [], withheld: null, filter: '' });

/** Yearly contracts; whoever opens urgent tickets in the last quarter of one renews one time in five, the others nine in ten. */
function contractPortal(size: number): { input: ChurnInput; terms: TermHistory } {
  const random = seededRandom(9);
  const orders: Event[][] = [];
  const tickets: (readonly [number, number, number])[][] = [];
  const rows: { i: number; signed: number; end: number; amount: number }[] = [];
  for (let i = 0; i < size; i++) {
    const own: Event[] = [];
    const opened: (readonly [number, number, number])[] = [];
    let day = Math.floor(random() * YEAR);
    while (day <= DAYS) {
      const amount = 1000 + Math.round(random() * 9000);
      own.push([day, amount]);
      const end = day + YEAR - 1;
      rows.push({ i, signed: day, end, amount: amount * AMOUNT_SCALE });
      const isTroubled = random() < 0.4;
      if (isTroubled) for (let k = 0; k < 3; k++) opened.push([end - 130 + k * 10, end - 125 + k * 10, 4]);
      if (random() > (isTroubled ? 0.2 : 0.9)) break;
      day = end - Math.floor(random() * 5) + 1;
    }
    orders.push(own);
    tickets.push(opened.filter(([day]) => day <= DAYS));
  }
  const base = inputOf(orders, DAYS, H);
  const offsets = new Int32Array(size + 1);
  for (const { i } of rows) offsets[i + 1]! += 1;
  for (let i = 0; i < size; i++) offsets[i + 1]! += offsets[i]!;
  const terms: TermHistory = {
    customerIds: base.customerIds,
    offsets,
    signedDay: Int32Array.from(rows, ({ signed }) => signed),
    startDay: Int32Array.from(rows, ({ signed }) => signed),
    endDay: Int32Array.from(rows, ({ end }) => end),
    amount: Float64Array.from(rows, ({ amount }) => amount),
  };
  const contracts = { endProperty: null, termMonths: null };
  return {
    terms,
    input: {
      ...base,
      tickets: ticketsOf(tickets),
      choice: { kind: 'no-renewal', contracts, graceDays: 30 },
      outcome: { kind: 'no-renewal', terms, graceDays: 30 },
      business: { ...base.business, mode: 'contract', recurring_deals: rows.length, won_deals: rows.length },
    },
  };
}

describe('a business of contracts', () => {
  const { input, terms } = contractPortal(1200);
  const { summary, scores } = computeChurn(input, 1);
  const details = scores!.details.map((text) => churnDetailsSchema.parse(JSON.parse(text)));

  it('asks only about contracts that end in the horizon, and says who is bound for longer', () => {
    expect(churnSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    details.forEach((detail, i) => {
      let end = -1;
      for (let k = terms.offsets[i]!; k < terms.offsets[i + 1]!; k++) {
        if (terms.signedDay[k]! <= DAYS) end = Math.max(end, terms.endDay[k]!);
      }
      const isDue = end > DAYS && end <= DAYS + H;
      expect(detail.standing === 'eligible').toBe(isDue);
      if (end > DAYS + H) expect(detail.standing).toBe('under-contract');
      if (end + 30 < DAYS) expect(detail.standing).toBe('lapsed');
    });
    expect(summary.customers.under_contract).toBeGreaterThan(200);
  });

  it('learns who does not renew, says a rate per renewal, and speaks of renewals', () => {
    expect(summary.evidence_level).toBeGreaterThanOrEqual(2);
    expect(summary.model).not.toBe('base-rate');
    expect(summary.auc).toBeGreaterThan(0.7);
    expect(summary.renewals!.ended).toBeGreaterThan(200);
    const report = answer(summary);
    expect(report.headline).toMatch(/no renewal/);
    expect(JSON.stringify(report)).toMatch(/In the last year \d+ of \d+ contracts that ended were renewed/);
    expect(report.headline).not.toMatch(/no order/);
    expect(JSON.stringify(answer(summary, 'zh'))).toMatch(/续约/);
  });

  it('offers no order and no silence as a scenario', () => {
    const kinds = new Set(details.flatMap(({ scenarios }) => scenarios.map(({ kind }) => kind)));
    expect(kinds.has('order')).toBe(false);
    expect(kinds.has('silence')).toBe(false);
  });
});

describe('a business of projects', () => {
  it('scores nobody, says why, and lists whom to win back', () => {
    const once = Array.from({ length: 80 }, (_, i): Event[] => [[i * 10, 5000]]);
    const base = inputOf(once, DAYS, H);
    const input: ChurnInput = {
      ...base,
      choice: { kind: 'none' },
      outcome: { kind: 'none' },
      business: { ...base.business, mode: 'project', repeat_buyers: 2 },
    };
    const { summary, scores } = computeChurn(input, 1);
    expect([...scores!.value].every(Number.isNaN)).toBe(true);
    expect(summary.customers).toMatchObject({ eligible: 0, lapsed: 80 });
    expect(answer(summary).headline).toMatch(/business of projects: 80 past customers may be won back/);
    expect(summary.note).toMatch(/No score: a business of projects/);
  });
});

describe('a mixed business', () => {
  it('leaves those under contract out of the question who will order', () => {
    const base = inputOf(mixedPortal(seededRandom(3), 200, 720), 720, 60);
    const bound = base.customerIds
      .map((_, i) => i)
      .filter((i) => i % 4 === 0 && base.history.offsets[i + 1]! > base.history.offsets[i]!);
    const offsets = new Int32Array(base.customerIds.length + 1);
    for (const i of bound) offsets[i + 1]! += 1;
    for (let i = 0; i < base.customerIds.length; i++) offsets[i + 1]! += offsets[i]!;
    const terms: TermHistory = {
      customerIds: base.customerIds,
      offsets,
      signedDay: Int32Array.from(bound, () => 600),
      startDay: Int32Array.from(bound, () => 600),
      endDay: Int32Array.from(bound, () => 1000),
      amount: Float64Array.from(bound, () => 1),
    };
    const contracts = { endProperty: null, termMonths: null };
    const { scores } = computeChurn(
      { ...base, choice: { kind: 'no-order', contracts }, outcome: { kind: 'no-order', terms } },
      1,
    );
    for (const i of bound) expect(scores!.label[i]).toBe('under-contract');
    expect(scores!.label.filter((label) => label === 'eligible').length).toBeGreaterThan(0);
  });
});

describe('a portal that dates its leavers', () => {
  it('learns from these dates, and asks nothing of who has left', () => {
    const random = seededRandom(6);
    const customers = Array.from({ length: 900 }, () => {
      const pace = 10 + random() * 60;
      const leaves = random() < 0.45 ? Math.floor(200 + random() * 520) : null;
      const events: Event[] = [];
      for (
        let day = random() * 60;
        day <= Math.min(720, leaves === null ? 720 : leaves - pace);
        day += pace * (0.5 + random())
      ) {
        events.push([Math.floor(day), 100]);
      }
      return { events, leaves };
    });
    const base = inputOf(
      customers.map(({ events }) => events),
      720,
      60,
    );
    const churnDays = Float64Array.from(customers, ({ leaves }) =>
      leaves === null || leaves > 720 ? Number.NaN : leaves,
    );
    const { summary, scores } = computeChurn(
      {
        ...base,
        choice: { kind: 'churn-date', object: 'companies', property: 'churned_on' },
        outcome: { kind: 'churn-date', churnDays },
      },
      1,
    );
    customers.forEach(({ leaves }, i) => {
      if (leaves !== null && leaves <= 720) expect(scores!.label[i]).not.toBe('eligible');
    });
    expect(summary.model).not.toBeNull();
    expect(answer(summary).headline).toMatch(/leaving/);
  });
});
