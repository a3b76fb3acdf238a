import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCsvFolder } from '../../integrations/csv/open-csv-folder.ts';
import { customers } from '../../src/analyses/customers.ts';
import { customersSummarySchema } from '../../src/analyses/customers-summary.ts';
import { health } from '../../src/analyses/health.ts';
import { healthSummarySchema } from '../../src/analyses/health-summary.ts';
import { buildWonDeals } from '../../src/features/won-deals.ts';
import { sync } from '../../src/jobs/sync.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../src/store/identity-keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/portal-store.ts';

const folder = join(process.env.KITH_REFERENCE ?? '../shared', 'portals/crm-sales');
const isHere = existsSync(folder);
const dataDir = mkdtempSync(join(tmpdir(), 'kith-reference-health-'));
let store: Store;
const summaries = new Map<string, unknown>();

describe.skipIf(!isHere)(`crm-sales${isHere ? '' : ` (skipped: no portal in ${folder})`}`, () => {
  beforeAll(async () => {
    store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
    const { source } = await openCsvFolder(folder);
    const { portalId, timeZone, currency } = await source.account();
    const portal = await store.portal(portalId);
    await sync({ source, portal, progress: { update: () => undefined }, now: () => 0, full: true });
    await source.close();
    const asOf = (await portal.crm.lastEventAt())!;
    const portfolio = { unit: 'company', timeZone, currency, asOf, horizonDays: 60, seed: 1 } as const;
    await buildWonDeals(portal, portfolio);
    for (const analysis of [health, customers]) {
      const settings = portalStateSchema.parse({});
      const input = await analysis.read({ portal, portfolio, settings, previous: null });
      summaries.set(analysis.name, analysis.compute(input, 1).summary);
    }
  }, 120_000);

  afterAll(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('has nothing doubled or uncounted, and its 4,238 won deals reconcile to the cent', () => {
    const { won, findings, uncounted, revenue } = healthSummarySchema.parse(summaries.get('health'));
    expect(won).toMatchObject({ deals: 4238, amount: '10005534.00' });
    expect(findings).toEqual([]);
    expect(uncounted).toEqual({ deals: 0, money: '0.00' });
    expect(revenue).toMatchObject({ ours: '10005534.00', crm: '10005534.00', differences: [] });
  });

  it('has months whose revenue and new customers add up to all of it', () => {
    const { months, buyers, cohorts } = customersSummarySchema.parse(summaries.get('customers'));
    expect(months.reduce((sum, { revenue }) => sum + revenue, 0)).toBeCloseTo(10_005_534, 2);
    expect(months.reduce((sum, { fresh }) => sum + fresh, 0)).toBe(buyers);
    expect(cohorts.reduce((sum, { customers: size }) => sum + size, 0)).toBe(buyers);
  });
});
