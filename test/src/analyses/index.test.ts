import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalysisSettings } from '../../../src/analyses/analysis.ts';
import { analyses } from '../../../src/analyses/index.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { seededRandom } from '../../../src/math/random.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { Store } from '../../../src/store/portal-store.ts';
import { type AnalysedPortal, testAnalysis } from '../../contracts/test-analysis.ts';
import { company, deal, link, stage } from '../features/records-fixture.ts';
import { mixedPortal } from './churn-fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2023, 0, 1);
const dataDir = mkdtempSync(join(tmpdir(), 'kith-analyses-'));
const portals = new Map<string, AnalysedPortal>();
let store: Store;

type Customers = readonly (readonly (readonly [day: number, amount: number])[])[];

const LAST_DAY = 600;
const mixed = (size: number): Customers => mixedPortal(seededRandom(9), size, LAST_DAY).map(withoutProducts);
const withoutProducts = (events: readonly (readonly [number, number, number?])[]) =>
  events.map(([day, amount]) => [day, amount] as const);
const every = (gap: number, amount: number) =>
  Array.from({ length: Math.floor(LAST_DAY / gap) }, (_, k) => [k * gap, amount] as const);

/** Portals on which a careless reading divides by zero, sees ahead or finds one outcome only. */
const PORTALS: Readonly<Record<string, Customers>> = {
  '150 customers': mixed(150),
  '5 customers': mixed(5),
  'no customer': [],
  'one customer with one purchase': [[[300, 50]]],
  '60 customers who are all equal': Array.from({ length: 60 }, () => every(30, 100)),
  '60 customers who never came back': Array.from({ length: 60 }, (_, i) => [[i * 3, 20 + i] as const]),
  'customers with more refunds than purchases': mixed(60).map((events) =>
    events.flatMap(([day, amount], k) => [
      [day, amount] as const,
      ...(k % 2 === 0 ? [[Math.min(LAST_DAY - 1, day + 1), -3 * amount] as const] : []),
    ]),
  ),
  'amounts of nothing, of a cent and of a trillion': mixed(60).map((events, i) =>
    events.map(([day]) => [day, [0, 0.01, 1e12][i % 3]!] as const),
  ),
  'deals that close after the as-of': mixed(150).map((events) => [
    ...events,
    [LAST_DAY + 1, 1e6],
    [LAST_DAY + 400, -1e6],
  ]),
};

async function open(name: string, customers: Customers): Promise<AnalysedPortal> {
  const portal = await store.portal(name);
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  await portal.crm.upsert(
    'companies',
    customers.map((_, i) => company(`c${1000 + i}`)),
    { origin: 'list' },
  );
  const deals = customers.flatMap((events, i) => events.map(([day, sum]) => ({ i, day, sum })));
  await portal.crm.upsert(
    'deals',
    deals.map(({ i, day, sum }) => deal(`d${i}-${day}`, { amount: sum.toFixed(2), closedAt: START + day * DAY })),
    { origin: 'list' },
  );
  const links = deals.map(({ i, day }) => link(`d${i}-${day}`, `c${1000 + i}`, true));
  await portal.crm.replaceAssociations(
    'deals',
    'companies',
    links.map(({ fromId }) => fromId),
    links,
  );
  const shared = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: START + LAST_DAY * DAY } as const;
  await buildWonDeals(portal, shared);
  const state = portalStateSchema.parse({});
  const settings: AnalysisSettings = state;
  return { portal, portfolio: { ...shared, horizonDays: 60, seed: 1 }, settings };
}

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  for (const [name, customers] of Object.entries(PORTALS)) {
    portals.set(name, await open(name.replaceAll(/[^a-z0-9]+/g, '-'), customers));
  }
}, 240_000);

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe.each(analyses.map((analysis) => [analysis.name, analysis] as const))('analysis %s', (_, analysis) => {
  describe.each(Object.keys(PORTALS))('on %s', (name) => {
    testAnalysis(analysis, () => portals.get(name)!);
  });
});

describe('what has not happened yet', () => {
  // What is in the records at all is what the health of the data and its sums are about.
  const told = analyses.filter(({ name }) => !['health', 'portfolio'].includes(name));

  it.each(told.map((analysis) => [analysis.name, analysis] as const))(
    'changes nothing that %s says',
    async (_, analysis) => {
      const [with_, without] = await Promise.all(
        ['deals that close after the as-of', '150 customers'].map(async (name) =>
          analysis.compute(await analysis.read({ ...portals.get(name)!, previous: null }), 7),
        ),
      );
      expect(JSON.stringify(with_) === JSON.stringify(without)).toBe(true);
    },
  );
});

describe('the registry', () => {
  it('holds every analysis of the folder, in the order in which a run asks them', () => {
    expect(analyses.map(({ name }) => name)).toEqual([
      'portfolio',
      'customers',
      'churn-risk',
      'segments',
      'value',
      'loyalty',
      'basket',
      'sequences',
      'recommend',
      'anomalies',
      'forecast',
      'service',
      'health',
    ]);
    const folder = new URL('../../../src/analyses/', import.meta.url);
    const defined = readdirSync(folder).filter((file) =>
      /= defineAnalysis[<(]/.test(readFileSync(new URL(file, folder), 'utf8')),
    );
    expect(defined.map((file) => file.replace('.ts', '')).sort()).toEqual(analyses.map(({ name }) => name).sort());
  });

  it('gives no two properties one name', () => {
    const names = analyses.flatMap(({ properties }) => properties.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });
});
