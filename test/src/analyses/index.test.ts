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

async function open(name: string, size: number): Promise<AnalysedPortal> {
  const portal = await store.portal(name);
  await portal.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  const customers = mixedPortal(seededRandom(9), size, 600);
  await portal.crm.upsert(
    'companies',
    customers.map((_, i) => company(`c${1000 + i}`)),
    { origin: 'list' },
  );
  const deals = customers.flatMap((events, i) => events.map(([day, sum]) => ({ i, day, sum })));
  await portal.crm.upsert(
    'deals',
    deals.map(({ i, day, sum }) => deal(`d${i}-${day}`, { amount: String(sum), closedAt: START + day * DAY })),
    { origin: 'list' },
  );
  const links = deals.map(({ i, day }) => link(`d${i}-${day}`, `c${1000 + i}`, true));
  await portal.crm.replaceAssociations(
    'deals',
    'companies',
    links.map(({ fromId }) => fromId),
    links,
  );
  const shared = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: START + 600 * DAY } as const;
  await buildWonDeals(portal, shared);
  const state = portalStateSchema.parse({});
  const settings: AnalysisSettings = state;
  return { portal, portfolio: { ...shared, horizonDays: 60, seed: 1 }, settings };
}

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  for (const [name, size] of [
    ['150 customers', 150],
    ['5 customers', 5],
    ['no customer', 0],
  ] as const) {
    portals.set(name, await open(name.replace(' ', '-'), size));
  }
});

afterAll(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe.each(analyses.map((analysis) => [analysis.name, analysis] as const))('analysis %s', (_, analysis) => {
  describe.each(['150 customers', '5 customers', 'no customer'])('on %s', (name) => {
    testAnalysis(analysis, () => portals.get(name)!);
  });
});

describe('the registry', () => {
  it('holds every analysis of the folder, in the order in which a run asks them', () => {
    expect(analyses.map(({ name }) => name)).toEqual([
      'portfolio',
      'churn-risk',
      'segments',
      'value',
      'loyalty',
      'basket',
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
