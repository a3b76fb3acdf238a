import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Association, Deal, Engagement, LineItem } from '../../../src/domain/crm.ts';
import type { Portfolio } from '../../../src/domain/results.ts';
import { customerBaskets, readBoughtProducts, readDealBaskets } from '../../../src/features/baskets.ts';
import { readEngagementLoad } from '../../../src/features/engagement-load.ts';
import { readProductSequences } from '../../../src/features/product-sequences.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { readProductOrders, readProducts, readProductTotals } from '../../../src/privacy/product-facts.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';

const AS_OF = Date.parse('2026-03-01T12:00:00Z');
const portfolio: Portfolio = {
  unit: 'company',
  timeZone: 'UTC',
  currency: 'EUR',
  asOf: AS_OF,
  horizonDays: 90,
  seed: 1,
};
const base = { createdAt: Date.parse('2025-01-01T00:00:00Z'), updatedAt: 1, archived: false, extra: {} };

/** Deal id, company, closing day, amount, and its lines: product id, name, amount. */
const DEALS = [
  [
    'd1',
    'c1',
    '2026-01-05',
    '30',
    [
      ['p1', 'old lamp', '10'],
      ['p2', '', '10'],
      ['p1', 'again', '5'],
    ],
  ],
  [
    'd2',
    'c1',
    '2026-01-20',
    '30',
    [
      ['p3', '', '10'],
      ['', 'Gift Wrap', '1'],
      ['p2', '', '-10'],
    ],
  ],
  ['d3', 'c2', '2026-02-01', '-30', [['p1', '', '30']]],
  ['d4', 'c2', '2026-02-02', '9', [['p1', '', '9']]],
  ['d5', 'c2', '2026-03-05', '9', [['p2', '', '9']]],
] as const;

describe('baskets and engagements of a portal', () => {
  let dataDir: string;
  let store: Store;
  let portal: PortalStore;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'kith-baskets-'));
    store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
    portal = await store.portal('baskets');
    const { crm } = portal;
    const origin = { origin: 'list' } as const;
    const company = {
      ...base,
      name: '',
      domain: '',
      industry: '',
      country: '',
      employees: null,
      ownerId: '',
      parentCompanyId: '',
    };
    await crm.upsert(
      'companies',
      ['c1', 'c2', 'c3'].map((id) => ({ ...company, id })),
      origin,
    );
    await crm.upsert('products', [{ ...base, id: 'p1', name: 'Lamp', sku: '', price: null }], origin);
    const deals: Deal[] = [];
    const lines: LineItem[] = [];
    const links: Association[] = [];
    const link = (fromType: Association['fromType'], fromId: string, toType: Association['toType'], toId: string) =>
      links.push({ fromType, fromId, toType, toId, isPrimary: true });
    for (const [id, companyId, day, amount, items] of DEALS) {
      const closedAt = Date.parse(`${day}T10:00:00Z`);
      const money = { amount, currency: 'EUR', homeAmount: amount, exchangeRate: null };
      deals.push({
        ...base,
        ...money,
        id,
        name: id,
        pipelineId: 'p',
        stageId: 's',
        closedAt,
        ownerId: '',
        isClosedWon: true,
      });
      link('deals', id, 'companies', companyId);
      items.forEach(([productId, name, lineAmount], i) => {
        lines.push({
          ...base,
          id: `${id}-${i}`,
          productId,
          name,
          sku: '',
          quantity: '1',
          price: null,
          amount: lineAmount,
          recurringPeriod: '',
          recurringFrequency: '',
          startsAt: null,
          endsAt: null,
        });
        link('line_items', `${id}-${i}`, 'deals', id);
      });
    }
    const engagements: Engagement[] = ['2026-02-27', '2026-02-28', '2024-12-31', '2026-03-02'].map((day, i) => {
      link('engagements', `e${i}`, 'companies', 'c2');
      return {
        ...base,
        id: `e${i}`,
        type: 'call',
        at: Date.parse(`${day}T10:00:00Z`),
        direction: '',
        outcome: '',
        score: null,
      };
    });
    await crm.upsert('deals', deals, origin);
    await crm.upsert('line_items', lines, origin);
    await crm.upsert('engagements', engagements, origin);
    for (const [from, to] of [
      ['deals', 'companies'],
      ['line_items', 'deals'],
      ['engagements', 'companies'],
    ] as const) {
      const own = links.filter((found) => found.fromType === from);
      await crm.replaceAssociations(
        from,
        to,
        own.map((found) => found.fromId),
        own,
      );
    }
    await buildWonDeals(portal, { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: AS_OF });
  });
  afterAll(async () => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function named(per: 'deal' | 'customer'): Promise<string[][]> {
    const { products } = await readBoughtProducts(portal);
    const { offsets, items } =
      per === 'deal' ? await readDealBaskets(portal) : customerBaskets(await readProductSequences(portal));
    return Array.from({ length: offsets.length - 1 }, (_, b) =>
      [...items.subarray(offsets[b]!, offsets[b + 1]!)].map((item) => products[item]!.name),
    );
  }

  it('hold the distinct products of each won deal, without refunds, returned lines or what came later', async () => {
    expect(await named('deal')).toEqual([['Lamp', 'p2'], ['Gift Wrap', 'p3'], ['Lamp']]);
  });

  it('hold all that a customer has bought', async () => {
    expect(await named('customer')).toEqual([['Gift Wrap', 'Lamp', 'p2', 'p3'], ['Lamp']]);
  });

  it('tell when each customer bought what, for how much, with refunds and later days left out', async () => {
    const { products } = await readBoughtProducts(portal);
    const { customerIds, offsets, days, items } = await readProductSequences(portal);
    const told = customerIds.map((id, c) => [
      id,
      ...Array.from(days.subarray(offsets[c]!, offsets[c + 1]!), (day, i) => {
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        return `${date} ${products[items[offsets[c]! + i]!]!.name}`;
      }),
    ]);
    expect(told).toEqual([
      ['c1', '2026-01-05 Lamp', '2026-01-05 p2', '2026-01-20 Gift Wrap', '2026-01-20 p3'],
      ['c2', '2026-02-02 Lamp'],
    ]);
    // 15 on the first customer's day (two lines), 9 on the second's.
    expect(products.find(({ name }) => name === 'Lamp')!.usualAmount).toBe(12);
  });

  it('find the product of a line without an id by its SKU, then by its name, and count how', async () => {
    const other = await store.portal('mapping');
    const origin = { origin: 'list' } as const;
    await other.crm.upsert(
      'companies',
      [
        {
          ...base,
          id: 'c1',
          name: '',
          domain: '',
          industry: '',
          country: '',
          employees: null,
          ownerId: '',
          parentCompanyId: '',
        },
      ],
      origin,
    );
    await other.crm.upsert(
      'products',
      [
        { ...base, id: 'p1', name: 'Lamp', sku: 'L-1', price: null },
        { ...base, id: 'p2', name: 'Desk', sku: '', price: null },
      ],
      origin,
    );
    const deal = { ...base, id: 'd1', name: '', pipelineId: '', stageId: '', ownerId: '', isClosedWon: true } as const;
    const money = { amount: '50', currency: 'USD', homeAmount: '40', exchangeRate: '0.8' };
    await other.crm.upsert('deals', [{ ...deal, ...money, closedAt: Date.parse('2026-01-05T10:00:00Z') }], origin);
    const texts = [
      ['p1', 'whatever', ''],
      ['', 'no such name', ' l-1 '],
      ['', 'DESK ', ''],
      ['', 'Gift wrap', 'G-9'],
      ['', '', ''],
    ] as const;
    const line = (i: number) => ({
      ...base,
      id: `i${i}`,
      productId: texts[i]![0],
      name: texts[i]![1],
      sku: texts[i]![2],
      quantity: '2',
      price: '5',
      amount: null,
      recurringPeriod: '',
      recurringFrequency: '',
      startsAt: null,
      endsAt: null,
    });
    await other.crm.upsert(
      'line_items',
      texts.map((_, i) => line(i)),
      origin,
    );
    await other.crm.replaceAssociations(
      'deals',
      'companies',
      ['d1'],
      [{ fromType: 'deals', fromId: 'd1', toType: 'companies', toId: 'c1', isPrimary: true }],
    );
    const lines = texts.map((_, i) => `i${i}`);
    await other.crm.replaceAssociations(
      'line_items',
      'deals',
      lines,
      lines.map((fromId) => ({ fromType: 'line_items', fromId, toType: 'deals', toId: 'd1', isPrimary: true })),
    );
    await buildWonDeals(other, { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: AS_OF });
    const { products, mapping } = await readBoughtProducts(other);
    expect(mapping).toEqual({ id: 1, sku: 1, name: 1, own: 1 });
    // Two pieces at 5 dollars each, at 0.8; two such lines of the lamp.
    expect(products).toEqual([
      { id: 'g-9', name: 'Gift wrap', usualAmount: 8 },
      { id: 'p1', name: 'Lamp', usualAmount: 16 },
      { id: 'p2', name: 'Desk', usualAmount: 8 },
    ]);
    // An order whose line says only the SKU is an order of that product wherever one is asked about.
    const run = await other.results.begin({ asOf: AS_OF, startedAt: AS_OF, fingerprint: '', portfolio });
    expect(await readProducts(other, run)).toEqual([
      { id: 'p2', name: 'Desk' },
      { id: 'g-9', name: 'Gift wrap' },
      { id: 'p1', name: 'Lamp' },
    ]);
    await other.crm.upsert('line_items', [{ ...line(0), productId: '', sku: 'L-1' }], origin);
    await buildWonDeals(other, { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: AS_OF });
    expect((await readBoughtProducts(other)).mapping).toEqual({ id: 0, sku: 2, name: 1, own: 1 });
    expect([...(await readProductOrders(other, run, 'p1', ['c1']))]).toEqual([['c1', { orders: 1, held: 1 }]]);
    expect(await readProductTotals(other, run, 'p1')).toMatchObject({ customers: 1, orders: 1, held: 1 });
    expect(await readProductTotals(other, run, 'p9')).toMatchObject({ orders: 1, held: 0 });
  });

  it('are none in an empty portal', async () => {
    const empty = await store.portal('nothing');
    await buildWonDeals(empty, { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: AS_OF });
    const { products, mapping } = await readBoughtProducts(empty);
    const { offsets, items } = await readDealBaskets(empty);
    expect([products.length, offsets.length, items.length]).toEqual([0, 1, 0]);
    expect(mapping).toEqual({ id: 0, sku: 0, name: 0, own: 0 });
    const sequences = await readProductSequences(empty);
    expect([sequences.customerIds.length, sequences.offsets.length, sequences.days.length]).toEqual([0, 1, 0]);
    expect(await readEngagementLoad(empty, portfolio)).toHaveLength(0);
  });

  it('count the engagements of the year before the as-of, customer by customer', async () => {
    expect([...(await readEngagementLoad(portal, portfolio))]).toEqual([0, 2, 0]);
  });
});
