import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engagement, LineItem } from '../../../src/domain/crm.ts';
import type { Portfolio } from '../../../src/domain/results.ts';
import { businessModeOf, readModeFacts } from '../../../src/features/business-mode.ts';
import { readChurnDates } from '../../../src/features/churn-dates.ts';
import { readEngagementHistory } from '../../../src/features/engagement-history.ts';
import { readEngagementLoad } from '../../../src/features/engagement-load.ts';
import { readTerms } from '../../../src/features/renewals.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { company, deal, link, stage } from './records-fixture.ts';

const portfolio: Portfolio = {
  unit: 'company',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  asOf: Date.UTC(2025, 11, 31, 22),
  horizonDays: 60,
  seed: 1,
};
const dataDir = mkdtempSync(join(tmpdir(), 'kith-contracts-'));
let store: Store;
let portal: PortalStore;

function item(id: string, more: Partial<LineItem>): LineItem {
  return {
    id,
    createdAt: 0,
    updatedAt: 0,
    archived: false,
    extra: {},
    productId: 'p',
    name: '',
    sku: '',
    quantity: '1',
    price: null,
    amount: null,
    recurringPeriod: '',
    recurringFrequency: '',
    startsAt: null,
    endsAt: null,
    ...more,
  };
}

function engagement(id: string, type: Engagement['type'], at: number, more: Partial<Engagement> = {}): Engagement {
  const base = { createdAt: at, updatedAt: 0, archived: false, extra: {} };
  return { ...base, id, type, at, direction: '', outcome: '', score: null, ...more };
}

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  portal = await store.portal('42');
  const { crm } = portal;
  const list = { origin: 'list' } as const;
  await crm.upsert('pipelines', [stage('won', true, 1)], list);
  const churned = ['2025-03-09', '2025-03-09T23:30:00Z', String(Date.UTC(2025, 2, 9, 12)), 'soon', '2026-03-01', ''];
  await crm.upsert(
    'companies',
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id, k) => company(id, { extra: { churn_date: churned[k]! } })),
    list,
  );
  const closedAt = Date.UTC(2025, 0, 15, 23, 30);
  const extra = { contract_end: '2025-06-30' };
  await crm.upsert(
    'deals',
    [
      deal('dated', { closedAt }),
      deal('period', { closedAt }),
      deal('named', { closedAt, extra }),
      deal('endless', { closedAt, amount: '99.5' }),
      deal('once', { closedAt }),
    ],
    list,
  );
  await crm.replaceAssociations(
    'deals',
    'companies',
    ['dated', 'period', 'named', 'endless', 'once'],
    [link('dated', 'a'), link('period', 'b'), link('named', 'c'), link('endless', 'd'), link('once', 'e')],
  );
  const starts = Date.UTC(2025, 1, 1);
  await crm.upsert(
    'line_items',
    [
      item('i1', { recurringFrequency: 'monthly', startsAt: starts, endsAt: Date.UTC(2026, 0, 31) }),
      item('i2', { recurringPeriod: 'P1Y6M', recurringFrequency: 'annually', startsAt: starts }),
      item('i3', { recurringFrequency: 'monthly' }),
      item('i4', {}),
    ],
    list,
  );
  const of = (fromId: string, toId: string) =>
    ({ fromType: 'line_items', fromId, toType: 'deals', toId, isPrimary: false }) as const;
  await crm.replaceAssociations(
    'line_items',
    'deals',
    ['i1', 'i2', 'i3', 'i4'],
    [of('i1', 'dated'), of('i2', 'period'), of('i3', 'endless'), of('i4', 'once')],
  );
  const touches = [
    engagement('calls/1', 'call', Date.UTC(2025, 5, 1, 23), { direction: 'INBOUND', outcome: 'NO_ANSWER' }),
    engagement('feedback_submissions/1', 'feedback', Date.UTC(2025, 6, 1), { score: 7 }),
    engagement('emails/1', 'email', Date.UTC(2024, 6, 1), { direction: 'INCOMING_EMAIL' }),
    engagement('meetings/1', 'meeting', portfolio.asOf + 1),
  ];
  await crm.upsert('engagements', touches, list);
  await crm.replaceAssociations(
    'engagements',
    'companies',
    touches.map(({ id }) => id),
    touches.map(({ id }) => ({
      fromType: 'engagements',
      fromId: id,
      toType: 'companies',
      toId: 'b',
      isPrimary: false,
    })),
  );
  await buildWonDeals(portal, portfolio);
});

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const isoOf = (days: ArrayLike<number>) =>
  Array.from(days, (day) => (Number.isNaN(day) ? null : new Date(day * 86_400_000).toISOString().slice(0, 10)));

describe('contracts in the store', () => {
  it('end when their items do, when the named property says, or after their billing period', async () => {
    const terms = await readTerms(portal, portfolio, { endProperty: 'contract_end', termMonths: null });
    expect([...terms.offsets]).toEqual([0, 1, 2, 3, 3, 3, 3]);
    expect(isoOf(terms.signedDay)).toEqual(['2025-01-16', '2025-01-16', '2025-01-16']);
    expect(isoOf(terms.startDay)).toEqual(['2025-02-01', '2025-02-01', '2025-01-16']);
    expect(isoOf(terms.endDay)).toEqual(['2026-01-31', '2026-07-31', '2025-06-30']);
  });

  it('run for as long as people say where a recurring deal names no end; a deal that does not recur has none', async () => {
    const terms = await readTerms(
      portal,
      portfolio,
      { endProperty: null, termMonths: 12 },
      { customerIds: ['d', 'e'] },
    );
    expect([[...terms.customerIds], [...terms.offsets]]).toEqual([
      ['d', 'e'],
      [0, 1, 1],
    ]);
    expect([isoOf(terms.startDay), isoOf(terms.endDay)]).toEqual([['2025-01-16'], ['2026-01-15']]);
    expect([...terms.amount]).toEqual([995_000]);
  });

  it('run for as long as people say in a pipeline of subscriptions too', async () => {
    const label = (pipelineLabel: string) =>
      portal.crm.upsert('pipelines', [{ ...stage('won', true, 1), pipelineLabel }], { origin: 'list' });
    await label('Subscriptions');
    const choice = { endProperty: null, termMonths: 12 };
    const terms = await readTerms(portal, portfolio, choice, { customerIds: ['e'] });
    const facts = await readModeFacts(portal, portfolio, null);
    await label('Sales');
    expect(isoOf(terms.endDay)).toEqual(['2026-01-15']);
    expect([facts.inRenewalPipeline, facts.recurringDeals]).toEqual([5, 5]);
  });

  it('make the business one of contracts, and the counts say why', async () => {
    const facts = await readModeFacts(portal, portfolio, 'contract_end');
    expect(facts).toEqual({
      buyers: 5,
      repeatBuyers: 0,
      wonDeals: 5,
      recurringDeals: 4,
      withRecurringItems: 3,
      inRenewalPipeline: 0,
      withEnd: 2,
    });
    expect(businessModeOf(facts)).toBe('contract');
    expect((await readModeFacts(portal, portfolio, null)).recurringDeals).toBe(3);
  });
});

describe('the business mode', () => {
  const facts = {
    buyers: 100,
    repeatBuyers: 25,
    wonDeals: 200,
    recurringDeals: 0,
    withRecurringItems: 0,
    inRenewalPipeline: 0,
    withEnd: 0,
  };

  it('is transactional from a quarter of repeat buyers on, a project business below, mixed with some contracts', () => {
    expect(businessModeOf(facts)).toBe('transactional');
    expect(businessModeOf({ ...facts, repeatBuyers: 24 })).toBe('project');
    expect(businessModeOf({ ...facts, recurringDeals: 20 })).toBe('mixed');
    expect(businessModeOf({ ...facts, recurringDeals: 100 })).toBe('contract');
    expect(businessModeOf({ ...facts, buyers: 0, repeatBuyers: 0, wonDeals: 0 })).toBe('project');
  });
});

describe('the portal’s own churn date', () => {
  it('is read as a day in the portal’s zone; what is no date, or lies ahead, is none', async () => {
    const days = await readChurnDates(portal, portfolio, { object: 'companies', property: 'churn_date' });
    expect(isoOf(days)).toEqual(['2025-03-09', '2025-03-10', '2025-03-09', null, null, null]);
    const some = await readChurnDates(
      portal,
      portfolio,
      { object: 'companies', property: 'churn_date' },
      { customerIds: ['b', 'f'] },
    );
    expect(isoOf(some)).toEqual(['2025-03-10', null]);
  });

  it('of another kind of record than the customers is refused', async () => {
    const wrong = readChurnDates(portal, portfolio, { object: 'contacts', property: 'churn_date' });
    await expect(wrong).rejects.toThrow('name a property of companies');
  });
});

describe('engagements in the store', () => {
  it('are each customer’s in order of days, with who called and whether anybody was reached', async () => {
    const history = await readEngagementHistory(portal, portfolio);
    expect([...history.offsets]).toEqual([0, 0, 3, 3, 3, 3, 3]);
    expect(isoOf(history.day)).toEqual(['2024-07-01', '2025-06-02', '2025-07-01']);
    expect([...history.type]).toEqual([2, 0, 4]);
    expect([...history.isInbound]).toEqual([1, 1, 0]);
    expect([...history.isMissed]).toEqual([0, 1, 0]);
    expect([...history.score]).toEqual([Number.NaN, Number.NaN, 7]);
    expect([...(await readEngagementLoad(portal, portfolio))]).toEqual([0, 2, 0, 0, 0, 0]);
  });
});
