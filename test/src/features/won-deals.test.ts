import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseUnit } from '../../../src/features/customer-unit.ts';
import { readPurchaseHistory } from '../../../src/features/purchase-history.ts';
import { fromMillionths, reconcile, toMillionths } from '../../../src/features/reconciliation.ts';
import { readTicketHistory } from '../../../src/features/ticket-history.ts';
import { buildWonDeals, type WonDealsChoice } from '../../../src/features/won-deals.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { company, contact, deal, link, stage } from './records-fixture.ts';

const asOf = Date.UTC(2025, 5, 30, 23, 59, 59, 999);
const choice: WonDealsChoice = { unit: 'company', timeZone: 'Europe/Berlin', currency: 'EUR', asOf };
const portfolio = { ...choice, horizonDays: 60, seed: 1 };
const dataDir = mkdtempSync(join(tmpdir(), 'kith-won-'));
let store: Store;
let portal: PortalStore;

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  portal = await store.portal('42');
  const { crm } = portal;
  await crm.upsert('pipelines', [stage('won', true, 1), stage('lost', true, 0), stage('sure', false, 1)], {
    origin: 'list',
  });
  await crm.upsert(
    'companies',
    [company('a', { createdAt: 2000 }), company('b', { createdAt: 1000 }), company('never', { createdAt: 1 })],
    { origin: 'list' },
  );
  await crm.upsert('contacts', [contact('k')], { origin: 'list' });
  const deals = [
    // 23:30 in UTC is the next day in Berlin; in winter by one hour, in summer by two.
    deal('d01', { closedAt: Date.UTC(2025, 0, 15, 23, 30) }),
    deal('d02', { closedAt: Date.UTC(2025, 5, 15, 22, 30), amount: '20.10' }),
    deal('d03', { closedAt: Date.UTC(2025, 2, 30, 1, 30), currency: 'EUR', amount: '0.10' }),
    deal('d04', { currency: 'USD', amount: '100', homeAmount: '91.23' }),
    deal('d05', { currency: 'CHF', amount: '100', exchangeRate: '1.05' }),
    deal('d06', { currency: 'JPY', amount: '5000' }),
    deal('d07', { amount: null }),
    deal('d08', { closedAt: null, amount: '7' }),
    deal('d09', { closedAt: asOf + 1, amount: '8' }),
    deal('d10', { amount: '9' }),
    deal('d11', { amount: '-4.05', closedAt: Date.UTC(2025, 0, 16, 8) }),
    deal('d12', { amount: '11', closedAt: Date.UTC(2025, 1, 1) }),
    deal('d13', { stageId: 'lost' }),
    deal('d14', { stageId: 'sure' }),
    deal('d15', { stageId: 'lost', isClosedWon: true, amount: '1', closedAt: Date.UTC(2025, 1, 2) }),
    deal('d16', { archived: true, amount: '1000' }),
  ];
  await crm.upsert('deals', deals, { origin: 'list' });
  const links = [
    ...['d01', 'd02', 'd03', 'd04', 'd05', 'd06', 'd07', 'd08', 'd09', 'd11', 'd15'].map((id) => link(id, 'a')),
    // Several and none primary: the oldest. Several with a primary: that one.
    link('d12', 'a'),
    link('d12', 'b'),
  ];
  const ids = deals.map(({ id }) => id);
  await crm.replaceAssociations('deals', 'companies', ids, [
    ...links.filter(({ fromId }) => fromId !== 'd15'),
    link('d15', 'a', true),
    link('d15', 'b'),
  ]);
  await crm.upsert(
    'line_items',
    ['i1', 'i2', 'i3'].map((id, k) => ({
      id,
      createdAt: 0,
      updatedAt: 0,
      archived: false,
      extra: {},
      productId: k === 2 ? 'p2' : 'p1',
      name: '',
      sku: '',
      quantity: '1',
      price: null,
      amount: null,
      recurringPeriod: '',
      recurringFrequency: '',
      startsAt: null,
      endsAt: null,
    })),
    { origin: 'list' },
  );
  await crm.replaceAssociations(
    'line_items',
    'deals',
    ['i1', 'i2', 'i3'],
    [
      { fromType: 'line_items', fromId: 'i1', toType: 'deals', toId: 'd01', isPrimary: false },
      { fromType: 'line_items', fromId: 'i2', toType: 'deals', toId: 'd02', isPrimary: false },
      { fromType: 'line_items', fromId: 'i3', toType: 'deals', toId: 'd02', isPrimary: false },
    ],
  );
  await crm.upsert(
    'tickets',
    [
      { id: 't1', createdAt: Date.UTC(2025, 0, 15, 23, 30), closedAt: asOf + 1, satisfaction: null, priority: 'HIGH' },
      {
        id: 't2',
        createdAt: Date.UTC(2025, 3, 1, 9),
        closedAt: Date.UTC(2025, 3, 2, 9),
        satisfaction: 4,
        priority: '',
      },
      { id: 't3', createdAt: asOf + 5, closedAt: null, satisfaction: null, priority: '' },
    ].map((ticket) => ({
      updatedAt: 0,
      archived: false,
      extra: {},
      subject: '',
      pipelineId: '',
      stageId: '',
      ownerId: '',
      ...ticket,
    })),
    { origin: 'list' },
  );
  await crm.replaceAssociations(
    'tickets',
    'companies',
    ['t1', 't2', 't3'],
    ['t1', 't2', 't3'].map((fromId) => ({
      fromType: 'tickets',
      fromId,
      toType: 'companies',
      toId: 'b',
      isPrimary: false,
    })),
  );
  await buildWonDeals(portal, choice);
});

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Won {
  deal_id: string;
  customer_id: string;
  day: string;
  amount: string | null;
  cause: string;
  is_contested: boolean;
}

async function won(): Promise<Map<string, Won>> {
  const rows = await portal.query<Won>(
    `SELECT deal_id, customer_id, toString(toDate32(day)) AS day, toString(amount) AS amount, cause, is_contested
     FROM {db:Identifier}.won_deals ORDER BY deal_id`,
  );
  return new Map(rows.map((row) => [row.deal_id, row]));
}

describe('won deals', () => {
  it('are told by the stage’s closed flag and probability or the CRM’s own flag, never by a name', async () => {
    const ids = [...(await won()).keys()];
    expect(ids).not.toContain('d13');
    expect(ids).not.toContain('d14');
    expect(ids).not.toContain('d16');
    expect(ids).toContain('d15');
  });

  it('fall on the day in the portal’s zone, in winter, in summer and in the night the clocks change', async () => {
    const rows = await won();
    expect(['d01', 'd02', 'd03'].map((id) => rows.get(id)!.day)).toEqual(['2025-01-16', '2025-06-16', '2025-03-30']);
  });

  it('belong to the primary company, the only one, or the oldest of several, which is flagged', async () => {
    const rows = await won();
    expect([rows.get('d01')!.customer_id, rows.get('d12')!.customer_id, rows.get('d15')!.customer_id]).toEqual([
      'a',
      'b',
      'a',
    ]);
    expect([rows.get('d01')!.is_contested, rows.get('d12')!.is_contested, rows.get('d15')!.is_contested]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('are in the portal’s currency exactly, or excluded with the cause', async () => {
    const rows = await won();
    expect(['d01', 'd04', 'd05', 'd06'].map((id) => rows.get(id)!.amount)).toEqual(['10', '91.23', '105', null]);
    const causes = [...rows.values()].filter(({ cause }) => cause !== '').map(({ deal_id, cause }) => [deal_id, cause]);
    expect(causes).toEqual([
      ['d06', 'no_rate'],
      ['d07', 'no_amount'],
      ['d08', 'no_close_date'],
      ['d09', 'after_as_of'],
      ['d10', 'no_customer'],
    ]);
  });

  it('are the same when built again', async () => {
    const before = await won();
    await buildWonDeals(portal, choice);
    expect(await won()).toEqual(before);
  });
});

describe('reconciliation', () => {
  // 10 + 20.10 + 0.10 + 91.23 + 7 + 8 + 9 − 4.05 + 11 + 1: everything the CRM has an amount in euro for.
  const raw = { currency: 'EUR', amount: '153.38', deals: 10, unconverted: [] };

  it('explains the difference to the cent, by cause', async () => {
    const { ours, crm, differences } = await reconcile(portal, raw, 'EUR');
    expect([ours, crm]).toEqual(['234.38', '153.38']);
    expect(differences).toEqual([
      { cause: 'after_as_of', count: 1, amount: '8.00' },
      { cause: 'no_amount', count: 1, amount: '0.00' },
      { cause: 'no_close_date', count: 1, amount: '7.00' },
      { cause: 'no_customer', count: 1, amount: '9.00' },
      { cause: 'no_rate', count: 1, amount: '0.00' },
      { cause: 'converted_here', count: 1, amount: '-105.00' },
    ]);
    const sum = differences.reduce((total, { amount }) => total + toMillionths(amount), 0n);
    expect(fromMillionths(sum)).toBe(fromMillionths(toMillionths(crm!) - toMillionths(ours)));
  });

  it('calls unexplained what is left, and only then', async () => {
    const { differences } = await reconcile(portal, { ...raw, amount: '153.39', deals: 11 }, 'EUR');
    expect(differences.at(-1)).toEqual({ cause: 'unexplained', count: 1, amount: '0.01' });
    expect((await reconcile(portal, null, 'EUR')).crm).toBeNull();
  });

  it('compares the CRM’s sum with what the store came to at the same time, and tells later changes apart', async () => {
    const at = Date.UTC(2030, 0, 1);
    const found = async (amount: string, inStore: string) => {
      const { crm_at, differences } = await reconcile(
        portal,
        { ...raw, amount, taken: { at, inStore, deals: 10 } },
        'EUR',
      );
      expect(crm_at).toBe(at);
      return differences.filter(({ cause }) => cause === 'unexplained' || cause === 'changed_since');
    };
    // Nothing changed.
    expect(await found('153.38', '153.38')).toEqual([]);
    // The store has had 5 more since then.
    expect(await found('148.38', '148.38')).toEqual([{ cause: 'changed_since', count: 0, amount: '-5.00' }]);
    // A cent was missing then, and 5 came since.
    expect(await found('148.39', '148.38')).toEqual([
      { cause: 'changed_since', count: 0, amount: '-5.00' },
      { cause: 'unexplained', count: 0, amount: '0.01' },
    ]);
    // A deal changed minutes before the sum: the copy may not have had it, so that nothing is unexplained.
    await portal.crm.upsert('deals', [deal('d-open', { stageId: 'none', updatedAt: at - 60_000 })], {
      origin: 'by-id',
    });
    expect(await found('148.39', '148.38')).toEqual([{ cause: 'changed_since', count: 1, amount: '-4.99' }]);
  });
});

describe('histories', () => {
  it('hold every customer, its days with their net amount, and products bought for the first time', async () => {
    const history = await readPurchaseHistory(portal);
    expect(history.customerIds).toEqual(['a', 'b', 'never']);
    expect([...history.offsets]).toEqual([0, 5, 6, 6]);
    const days = [...history.day].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    expect(days).toEqual(['2025-01-15', '2025-01-16', '2025-02-02', '2025-03-30', '2025-06-16', '2025-02-01']);
    expect([...history.amount]).toEqual([1962300, 59500, 10000, 1000, 201000, 110000]);
    expect([...history.newProducts]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it('of some customers are theirs alone', async () => {
    const history = await readPurchaseHistory(portal, { customerIds: ['b', 'nobody'] });
    expect([history.customerIds, [...history.offsets], [...history.amount]]).toEqual([['b'], [0, 1], [110000]]);
    const tickets = await readTicketHistory(portal, portfolio, { customerIds: ['b'] });
    expect([...tickets.offsets]).toEqual([0, 2]);
  });

  it('know a ticket as open until the as-of, and none that came later', async () => {
    const tickets = await readTicketHistory(portal, portfolio);
    expect([...tickets.offsets]).toEqual([0, 0, 2, 2]);
    expect([...tickets.closedDay]).toEqual([-1, Date.UTC(2025, 3, 2) / 86_400_000]);
    expect([...tickets.openedDay][0]).toBe(Date.UTC(2025, 0, 16) / 86_400_000);
    expect([...tickets.priority]).toEqual([3, 0]);
    expect([...tickets.satisfaction]).toEqual([Number.NaN, 4]);
  });
});

describe('the customer unit', () => {
  it('is the company when at least half of the won deals have one', async () => {
    expect(await chooseUnit(portal)).toBe('company');
  });
});
