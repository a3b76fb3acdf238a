import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Portfolio } from '../../../src/domain/results.ts';
import { readCohorts, readMonths } from '../../../src/features/cohorts.ts';
import { readLooseRecords, readMissingFields, readProblemDeals } from '../../../src/features/data-health.ts';
import { readSameDomains, readSharedIdentities } from '../../../src/features/duplicates.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { company, contact, deal, link, stage } from './records-fixture.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-data-health-'));
const asOf = Date.UTC(2025, 5, 30, 12);
const portfolioOf = (unit: 'company' | 'contact'): Portfolio => ({
  unit,
  timeZone: 'UTC',
  currency: 'EUR',
  asOf,
  horizonDays: 60,
  seed: 1,
});
let store: Store;
let companies: PortalStore;
let people: PortalStore;

const at = (text: string): number => Date.parse(`${text}T12:00:00Z`);

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  companies = await store.portal('companies');
  await companies.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  await companies.crm.upsert(
    'companies',
    [
      company('a', { name: 'Acme', domain: 'WWW.Acme.com', industry: 'Steel', ownerId: '7', createdAt: 1 }),
      company('b', { name: 'Acme Ltd', domain: 'acme.com', createdAt: 2 }),
      company('c', { name: 'Birch', domain: 'birch.com' }),
    ],
    { origin: 'list' },
  );
  const deals = [
    deal('good', { amount: '100.00', closedAt: at('2025-01-15') }),
    deal('again', { amount: '40.00', closedAt: at('2025-03-10') }),
    deal('back', { amount: '-15.50', closedAt: at('2025-03-20') }),
    deal('other', { amount: '60.00', closedAt: at('2025-02-01') }),
    deal('old', { amount: '7.00', closedAt: at('1931-05-05') }),
    deal('free', { amount: '0', closedAt: at('2025-04-04') }),
    deal('future', { amount: '500.00', closedAt: at('2031-01-01') }),
    deal('undated', { amount: '300.00', closedAt: null }),
    deal('nobody', { amount: '20.25', closedAt: at('2025-01-20') }),
    deal('nothing', { amount: null, closedAt: at('2025-01-20') }),
    deal('yuan', { amount: '1000.00', currency: 'CNY', closedAt: at('2025-01-20') }),
    deal('both', { amount: '9.00', closedAt: at('2025-05-05') }),
  ];
  await companies.crm.upsert('deals', deals, { origin: 'list' });
  const owner: Record<string, string> = { other: 'b', old: 'c' };
  await companies.crm.replaceAssociations(
    'deals',
    'companies',
    deals.map(({ id }) => id),
    deals
      .filter(({ id }) => id !== 'nobody')
      .flatMap(({ id }) => (id === 'both' ? [link(id, 'a'), link(id, 'b')] : [link(id, owner[id] ?? 'a', true)])),
  );
  const base = { createdAt: 0, updatedAt: 0, archived: false, extra: {} };
  const item = { ...base, sku: '', quantity: '1', price: '1', amount: '1', recurringPeriod: '' };
  const blank = { recurringFrequency: '', startsAt: null, endsAt: null };
  await companies.crm.upsert(
    'line_items',
    ['i1', 'i2', 'i3'].map((id) => ({ ...item, ...blank, id, productId: id === 'i3' ? '' : 'p', name: '' })),
    { origin: 'list' },
  );
  await companies.crm.replaceAssociations(
    'line_items',
    'deals',
    ['i1', 'i2', 'i3'],
    [
      { fromType: 'line_items', fromId: 'i1', toType: 'deals', toId: 'good', isPrimary: false },
      { fromType: 'line_items', fromId: 'i2', toType: 'deals', toId: 'gone', isPrimary: false },
    ],
  );
  await companies.crm.reject([{ objectType: 'deals', recordId: 'x', place: 'deals.csv:17', reason: 'no id' }]);
  await buildWonDeals(companies, portfolioOf('company'));

  people = await store.portal('people');
  await people.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  await people.crm.upsert(
    'contacts',
    [
      { ...contact('1'), email: 'Ann@example.com', phone: '+44 20 1' },
      { ...contact('2'), email: ' ann@example.com', phone: '+44 20 1' },
      { ...contact('3'), email: 'bob@example.com', phone: '+44 (20) 1' },
      { ...contact('4'), email: '', phone: '' },
    ],
    { origin: 'list' },
  );
  const bought = [deal('d1', { amount: '100.00' }), deal('d2', { amount: '30.00' }), deal('d3', { amount: '5.00' })];
  await people.crm.upsert('deals', bought, { origin: 'list' });
  await people.crm.replaceAssociations(
    'deals',
    'contacts',
    ['d1', 'd2', 'd3'],
    bought.map(({ id }) => ({ ...link(id, id.slice(1), true), toType: 'contacts' as const })),
  );
  await buildWonDeals(people, portfolioOf('contact'));
});

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('what is wrong with won deals', () => {
  it('is counted by cause with its money and the largest examples', async () => {
    const found = await readProblemDeals(companies);
    expect(found.map(({ problem, deals, money, examples }) => [problem, deals, money, examples])).toEqual([
      ['no_amount', 1, null, ['nothing']],
      ['no_rate', 1, null, ['yuan']],
      ['no_customer', 1, '20.25', ['nobody']],
      ['no_close_date', 1, '300', ['undated']],
      ['after_as_of', 1, '500', ['future']],
      ['before_1990', 1, '7', ['old']],
      ['negative', 1, '-15.5', ['back']],
      ['zero_amount', 1, '0', ['free']],
      ['several_customers', 1, '9', ['both']],
    ]);
  });
});

describe('missing values', () => {
  it('are told with the won money of the customers that lack them', async () => {
    const fields = await readMissingFields(companies, portfolioOf('company'));
    const of = (object: string, field: string) =>
      fields.find((found) => found.object === object && found.field === field);
    expect(of('companies', 'industry')).toMatchObject({ missing: 2, of: 3, money: '67' });
    expect(of('companies', 'owner')).toMatchObject({ missing: 2, money: '67' });
    expect(of('companies', 'domain')).toBeUndefined();
    expect(of('deals', 'currency')).toMatchObject({ missing: 7, of: 7 });
    expect(of('line_items', 'product')).toMatchObject({ missing: 1, of: 3, money: null });
    const contacts = await readMissingFields(people, portfolioOf('contact'));
    expect(contacts.find(({ object, field }) => object === 'contacts' && field === 'email')).toMatchObject({
      missing: 1,
      of: 4,
      money: '0',
    });
  });
});

describe('loose records', () => {
  it('are line items of no deal, and what could not be read', async () => {
    const loose = await readLooseRecords(companies);
    expect(loose).toEqual({ orphanItems: 2, backwardTickets: 0, quarantined: [{ object: 'deals', records: 1 }] });
  });
});

describe('duplicates', () => {
  it('are contacts of one e-mail however it is spelt, and of one phone under different e-mails, with the money apart', async () => {
    const { email, phone } = await readSharedIdentities(people, portfolioOf('contact'));
    expect(email).toEqual({ groups: 1, extra: 1, money: '30' });
    // 1 and 2 are one person already; 3 has another e-mail.
    expect(phone).toEqual({ groups: 1, extra: 1, money: '5' });
    const none = await readSharedIdentities(companies, portfolioOf('company'));
    expect(none.email).toEqual({ groups: 0, extra: 0, money: null });
  });

  it('are companies of one domain, whatever its case and www., the oldest first', async () => {
    expect(await readSameDomains(companies, portfolioOf('company'))).toEqual([
      { id: 'a', name: 'Acme', domain: 'acme.com', money: 133.5 },
      { id: 'b', name: 'Acme Ltd', domain: 'acme.com', money: 60 },
    ]);
  });
});

describe('months and cohorts', () => {
  it('count who bought, for the first time or again, and take refunds off in their own month', async () => {
    const months = (await readMonths(companies, portfolioOf('company'))).filter(({ month }) => month > '2000');
    expect(months).toEqual([
      { month: '2025-01', active: 1, fresh: 1, revenue: 100 },
      { month: '2025-02', active: 1, fresh: 1, revenue: 60 },
      { month: '2025-03', active: 1, fresh: 0, revenue: 24.5 },
      { month: '2025-04', active: 0, fresh: 0, revenue: 0 },
      { month: '2025-05', active: 1, fresh: 0, revenue: 9 },
    ]);
  });

  it('follow customers from the period of their first purchase, the newest cohorts alone', async () => {
    const cells = await readCohorts(companies, portfolioOf('company'), 'month', 2);
    expect(cells.filter(({ active }) => active > 0)).toEqual([
      { cohort: '2025-01-01', since: 0, active: 1, revenue: 100 },
      { cohort: '2025-01-01', since: 2, active: 1, revenue: 24.5 },
      { cohort: '2025-01-01', since: 4, active: 1, revenue: 9 },
      { cohort: '2025-02-01', since: 0, active: 1, revenue: 60 },
    ]);
    const quarters = await readCohorts(companies, portfolioOf('company'), 'quarter', 12);
    expect(quarters.filter(({ cohort }) => cohort > '2000')).toEqual([
      { cohort: '2025-01-01', since: 0, active: 2, revenue: 184.5 },
      { cohort: '2025-01-01', since: 1, active: 1, revenue: 9 },
    ]);
  });
});
