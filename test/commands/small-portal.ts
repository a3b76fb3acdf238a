import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisSettings } from '../../src/analyses/analysis.ts';
import { analyses } from '../../src/analyses/index.ts';
import type { Association, Company, CrmAccount, Deal, LineItem, Owner, Product } from '../../src/domain/crm.ts';
import type { Run } from '../../src/domain/results.ts';
import { buildWonDeals } from '../../src/features/won-deals.ts';
import { seededRandom } from '../../src/math/random.ts';
import { type PortalState, portalStateSchema } from '../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { PortalStore } from '../../src/store/portal-store.ts';

export const DAY = 24 * 60 * 60 * 1000;
export const AS_OF = Date.parse('2026-03-09T06:00:00Z');
export const SALES_CHANNEL = 'C0SALES';
export const MARKETING_CHANNEL = 'C0MARKET';

export const account: CrmAccount = {
  portalId: 'small',
  name: 'Small portal',
  timeZone: 'Europe/London',
  currency: 'GBP',
  recordUrl: 'https://crm.example/{type}/{id}',
};

export function stateOf(change: Partial<PortalState> = {}): PortalState {
  const channels = { sales: SALES_CHANNEL, marketing: MARKETING_CHANNEL };
  return { ...portalStateSchema.parse({ channels }), ...change };
}

export interface SmallPortal {
  readonly portal: PortalStore;
  /** A portal without records or runs. */
  readonly empty: PortalStore;
  /** Runs every analysis on what is stored, as of an instant. */
  analyse(asOf: number, tierOverrides?: AnalysisSettings['tierOverrides']): Promise<Run>;
  buy(companyId: string, at: number, amount: string): Promise<void>;
  close(): Promise<void>;
}

const base = { createdAt: Date.parse('2024-01-01T00:00:00Z'), updatedAt: 1, archived: false, extra: {} };
const NAMES = ['Acme Ltd', 'Acme Holdings', 'Birch & Sons', 'Zenith GmbH', '黄河贸易', 'O’Neil <b>Bikes</b>'];
const COMPANIES = 90;

/**
 * Ninety companies with a rhythm of their own over two years, every third of which stopped at some time; two owners; six
 * products, two of which go together. The first six companies have names of their own and the last has never bought.
 */
export async function openSmallPortal(): Promise<SmallPortal> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kith-small-'));
  const store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  const portal = await store.portal('small');
  const empty = await store.portal('empty');
  await empty.crm.saveAccount({ ...account, portalId: 'empty' });
  await portal.crm.saveAccount(account);
  const random = seededRandom(11);

  const owners: Owner[] = [
    { ...base, id: 'o1', email: 'anna@kith.example', firstName: 'Anna', lastName: 'Meyer' },
    { ...base, id: 'o2', email: 'ben@kith.example', firstName: 'Ben', lastName: 'Ito' },
  ];
  const companies: Company[] = Array.from({ length: COMPANIES }, (_, i) => ({
    ...base,
    id: `c${i + 1}`,
    name: NAMES[i] ?? `Company ${i + 1}`,
    domain: `company${i + 1}.example`,
    industry: i % 2 === 0 ? 'CONSUMER_GOODS' : '',
    country: 'GB',
    employees: null,
    ownerId: ['o1', 'o2', ''][i % 3]!,
    parentCompanyId: '',
  }));
  const products: Product[] = ['Desk', 'Lamp', 'Chair', 'Shelf', 'Rug', 'Clock'].map((name, i) => ({
    ...base,
    id: `p${i + 1}`,
    name,
    sku: `SKU-${i + 1}`,
    price: '10.00',
  }));
  const deals: Deal[] = [];
  const items: LineItem[] = [];
  const links: Association[] = [];
  const itemLinks: Association[] = [];

  const add = (companyId: string, at: number, amount: string, productIds: readonly string[]): void => {
    const id = `d${deals.length + 1}`;
    deals.push({ ...dealOf(id, at, amount) });
    links.push({ fromType: 'deals', fromId: id, toType: 'companies', toId: companyId, isPrimary: true });
    for (const productId of productIds) {
      const itemId = `i${items.length + 1}`;
      const price = {
        quantity: '1',
        price: '10.00',
        amount: '10.00',
        recurringPeriod: '',
        recurringFrequency: '',
        startsAt: null,
        endsAt: null,
      };
      items.push({ ...base, id: itemId, productId, name: '', sku: '', ...price });
      itemLinks.push({ fromType: 'line_items', fromId: itemId, toType: 'deals', toId: id, isPrimary: true });
    }
  };
  for (let i = 0; i < COMPANIES - 1; i++) {
    const gap = 20 + 40 * random();
    const stopsAfter = i % 3 === 2 ? AS_OF - 500 * DAY * random() : AS_OF;
    let at = AS_OF - 730 * DAY + gap * DAY * random();
    while (at < stopsAfter) {
      const extra = ['p3', 'p4', 'p5', 'p6'][Math.floor(4 * random())]!;
      add(`c${i + 1}`, at, (50 + 900 * random() * (1 + (i % 5))).toFixed(2), random() < 0.5 ? ['p1', 'p2'] : [extra]);
      at += gap * DAY * (0.7 + 0.6 * random());
    }
  }
  await portal.crm.upsert('owners', owners, { origin: 'list' });
  await portal.crm.upsert('companies', companies, { origin: 'list' });
  await portal.crm.upsert('products', products, { origin: 'list' });
  await portal.crm.upsert('deals', deals, { origin: 'list' });
  await portal.crm.upsert('line_items', items, { origin: 'list' });
  await portal.crm.replaceAssociations(
    'deals',
    'companies',
    deals.map((deal) => deal.id),
    links,
  );
  await portal.crm.replaceAssociations(
    'line_items',
    'deals',
    items.map((item) => item.id),
    itemLinks,
  );

  let bought = 0;
  return {
    portal,
    empty,
    analyse: (asOf, tierOverrides = {}) => analyseHere(portal, asOf, tierOverrides),
    async buy(companyId, at, amount) {
      bought += 1;
      const id = `later${bought}`;
      await portal.crm.upsert('deals', [dealOf(id, at, amount)], { origin: 'list' });
      await portal.crm.replaceAssociations(
        'deals',
        'companies',
        [id],
        [{ fromType: 'deals', fromId: id, toType: 'companies', toId: companyId, isPrimary: true }],
      );
    },
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function dealOf(id: string, at: number, amount: string): Deal {
  const pipeline = { pipelineId: 'default', stageId: 'won', ownerId: '', isClosedWon: true };
  const money = { amount, currency: 'GBP', homeAmount: amount, exchangeRate: null };
  return { ...base, id, name: id, ...pipeline, ...money, closedAt: Math.floor(at) };
}

async function analyseHere(
  portal: PortalStore,
  asOf: number,
  tierOverrides: AnalysisSettings['tierOverrides'],
): Promise<Run> {
  const { timeZone, currency } = account;
  const portfolio = { unit: 'company', timeZone, currency, asOf, horizonDays: 60, seed: 1 } as const;
  const settings = {
    horizonDays: 60,
    unit: null,
    businessMode: 'auto',
    contracts: { graceDays: 30, termMonths: null, endProperty: null },
    churnProperty: null,
    tierNames: ['Bronze', 'Silver', 'Gold', 'Platinum'],
    tierOverrides,
    segmentNames: {},
    valueThresholds: null,
    rfmCutPoints: null,
    minimumSupport: null,
    minimumConfidence: null,
  } as const;
  await buildWonDeals(portal, { unit: 'company', timeZone, currency, asOf });
  const run = await portal.results.begin({ asOf, startedAt: asOf, fingerprint: String(asOf), portfolio });
  for (const analysis of analyses) {
    const previous = await portal.results.latest(analysis.name);
    const input = await analysis.read({ portal, portfolio, settings, previous });
    const { summary, model, scores } = analysis.compute(input, 1);
    const none = { value: new Float64Array(), label: [], band: [], evidence: new Uint8Array(), details: [] };
    const rows = scores === null ? { customerIds: [], ...none } : { customerIds: input.customerIds, ...scores };
    await portal.results.save(run, analysis.name, { summary, model, scores: rows });
  }
  await portal.results.finish(run, 'done', asOf);
  return run;
}
