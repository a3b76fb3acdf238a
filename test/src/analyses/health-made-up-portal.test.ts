import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthReport } from '../../../commands/shared/health-report.ts';
import { generatePortal } from '../../../demo/portal/generate-portal.ts';
import { writePortalFolder } from '../../../demo/portal/write-portal-folder.ts';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import type { AnalysisSettings } from '../../../src/analyses/analysis.ts';
import { customers } from '../../../src/analyses/customers.ts';
import { customersSummarySchema } from '../../../src/analyses/customers-summary.ts';
import { health } from '../../../src/analyses/health.ts';
import { type HealthKind, healthSummarySchema } from '../../../src/analyses/health-summary.ts';
import type { Viewer } from '../../../src/domain/people.ts';
import type { Portfolio } from '../../../src/domain/results.ts';
import { buildWonDeals } from '../../../src/features/won-deals.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { createReader } from '../../../src/privacy/create-reader.ts';
import { commandLineViewer } from '../../../src/privacy/viewer.ts';
import type { Report } from '../../../src/report/report.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-health-'));
const { portal: made, truths } = generatePortal({ seed: 5, companies: 600 });
const state = portalStateSchema.parse({});
const settings: AnalysisSettings = state;
const asOf = Date.parse(truths.asOf);
let store: Store;
let portal: PortalStore;

beforeAll(async () => {
  await writePortalFolder(made, truths, join(folder, 'portal'));
  store = await openStore({ dataDir: join(folder, 'data'), keys: parseIdentityKeys(newIdentityKey()) });
  const { source } = await openCsvFolder(join(folder, 'portal'));
  portal = await store.portal((await source.account()).portalId);
  await sync({ source, portal, progress: { update: () => undefined }, now: () => 0, full: true });
  await source.close();
  const { timeZone, currency } = (await portal.crm.account())!;
  const portfolio: Portfolio = { unit: 'company', timeZone, currency, asOf, horizonDays: 90, seed: 1 };
  await buildWonDeals(portal, portfolio);
  const run = await portal.results.begin({ asOf, startedAt: 0, fingerprint: '', portfolio });
  const none = {
    customerIds: [],
    value: new Float64Array(),
    label: [],
    band: [],
    evidence: new Uint8Array(),
    details: [],
  };
  for (const analysis of [health, customers]) {
    const input = await analysis.read({ portal, portfolio, settings, previous: null });
    const { summary, model } = analysis.compute(input, 1);
    await portal.results.save(run, analysis.name, { summary, model, scores: none });
  }
  await portal.results.finish(run, 'done', 0);
}, 120_000);

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const summaryOf = async () => healthSummarySchema.parse((await portal.results.latest('health'))!.summary);
const finding = async (kind: HealthKind) => (await summaryOf()).findings.find((found) => found.kind === kind);

async function reportFor(viewer: Viewer, language: 'en' | 'zh' = 'en'): Promise<Report> {
  const account = { ...(await portal.crm.account())!, recordUrl: 'https://crm.example/{type}/{id}' };
  const reader = createReader({ portal, account, state, viewer });
  return healthReport({ language, reader } as Parameters<typeof healthReport>[0]);
}

const manager = (department: 'marketing' | 'finance' | 'sales'): Viewer => ({
  userId: 'U1',
  role: 'manager',
  department,
  ownerIds: [],
  place: { kind: 'department', department, channelId: 'C1' },
});

describe('the health of a made-up portal', () => {
  it('finds the planted duplicates: every one of them, and no other', async () => {
    const companies = await finding('same_company');
    expect(companies?.count).toBe(truths.duplicates.companies.length);
    const pairs = truths.duplicates.companies.map((pair) => [...pair].sort().join());
    for (const group of companies!.examples) expect(pairs).toContain([...group].sort().join());
    expect((await finding('same_email'))?.count).toBe(truths.duplicates.contactsByEmail.length);
    expect((await finding('same_phone'))?.count).toBe(truths.duplicates.contactsByPhone.length);
  });

  it('names the duplicates and suggests to merge them, which it never does itself', async () => {
    const text = JSON.stringify(await reportFor(commandLineViewer()));
    const [first] = (await finding('same_company'))!.examples;
    const rows = await portal.query<{ name: string }>(
      'SELECT name FROM {db:Identifier}.companies FINAL WHERE id IN {ids:Array(String)}',
      { ids: first! },
    );
    for (const { name } of rows) expect(text).toContain(JSON.stringify(name).slice(1, -1));
    expect(text).toContain(' ↔ ');
    expect(text).toContain('Kith merges nothing by itself');
    expect(text).toContain('https://crm.example/contact/');
    expect(text).toContain('https://crm.example/deal/');
  });

  it('names the currency gap, to the cent, in its own currency', async () => {
    const { currency, deals, amount } = truths.currencyGap;
    const gap = await finding('no_rate');
    expect(gap).toMatchObject({ count: deals, money: null, parts: [{ name: currency, count: deals, amount }] });
    const text = JSON.stringify(await reportFor(commandLineViewer()));
    expect(text).toContain(`${deals} won deals are in a currency without a rate`);
    expect(text).toContain(` ${currency} in ${deals} deals`);
  });

  it('says what deals without a customer, a close date or an amount cost, and reconciles to the cent', async () => {
    for (const { cause, deals, amount } of truths.reconciliation.differences) {
      expect(await finding(cause === 'no-customer' ? 'no_customer' : 'no_close_date')).toMatchObject({
        count: deals,
        money: amount,
      });
    }
    expect(await finding('no_amount')).toMatchObject({ count: truths.reconciliation.withoutAmount, money: null });
    expect(await finding('negative')).toMatchObject({ count: truths.refunds.deals, money: truths.refunds.amount });
    const { uncounted, revenue, won } = await summaryOf();
    const lost = Number(truths.reconciliation.crm) - Number(truths.reconciliation.ours);
    expect(Number(uncounted.money)).toBeCloseTo(lost, 2);
    expect([revenue.ours, revenue.crm, won.amount]).toEqual([
      truths.reconciliation.ours,
      truths.reconciliation.crm,
      truths.reconciliation.ours,
    ]);
    expect(revenue.differences.map(({ cause }) => cause)).not.toContain('unexplained');
  });

  it('puts the most money first, in the list and in the picture', async () => {
    const { findings } = await summaryOf();
    const money = findings.map((found) => Math.abs(Number(found.money ?? 0)));
    expect(money).toEqual([...money].sort((a, b) => b - a));
    const report = await reportFor(commandLineViewer());
    const chart = report.parts.find((part) => part.kind === 'chart')!.chart;
    const values = 'series' in chart ? chart.series[0]!.values.map(Number) : [];
    expect(values.length).toBe(2);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it('counts missing values with the money behind them, and lists limits and medians', async () => {
    const { fields, outliers, imputed, buyers } = await summaryOf();
    const bare = truths.duplicates.companies.length;
    const industry = fields.find(({ object, field }) => object === 'companies' && field === 'industry');
    // Second records have no industry and no deals of their own.
    expect(industry).toMatchObject({ missing: bare, of: 600 + bare, money: '0.00' });
    const employees = fields.find(({ field }) => field === 'employees')!;
    expect(employees.missing).toBeGreaterThan(600 / 11 - 1);
    expect(Number(employees.money)).toBeGreaterThan(0);
    expect(fields.find(({ object, field }) => object === 'contacts' && field === 'phone')?.missing).toBeGreaterThan(0);
    for (const { below, above } of outliers) expect(below + above).toBeLessThanOrEqual(0.021 * buyers + 2);
    expect(outliers.map(({ feature }) => feature)).toContain('value');
    expect(imputed.find(({ feature }) => feature === 'satisfaction')?.missing).toBeGreaterThan(0);
  });

  it('shows no contact to marketing and finance, and masks names in a channel', async () => {
    const people = await portal.identity.read(truths.duplicates.contactsByEmail.flat());
    const names = [...people.values()].map(({ lastName }) => lastName);
    for (const department of ['marketing', 'finance'] as const) {
      const text = JSON.stringify(await reportFor(manager(department)));
      expect(text).toContain('data about single contacts is not shown');
      expect(text).not.toContain('/contact/');
      expect(text).not.toContain('•••');
    }
    const sales = JSON.stringify(await reportFor(manager('sales')));
    expect(sales).toContain('•••');
    for (const name of names) expect(sales).not.toContain(`${name} ↔`);
    for (const { email } of people.values()) expect(sales).not.toContain(email);
  });

  it('keeps no contact in its results, so that an erasure leaves nothing behind', async () => {
    const kept = JSON.stringify(await summaryOf());
    for (const id of truths.duplicates.contactsByEmail.flat()) expect(kept).not.toContain(`"${id}"`);
  });

  it('speaks Chinese', async () => {
    const report = await reportFor(commandLineViewer(), 'zh');
    expect(report.headline).toMatch(/笔赢单未计入任何客户，已知金额/);
    expect(JSON.stringify(report)).not.toMatch(/undefined|NaN|won deal/);
  });
});

describe('the portfolio of a made-up portal', () => {
  it('has months and cohorts that agree with one another and with the won revenue', async () => {
    const summary = customersSummarySchema.parse((await portal.results.latest('customers'))!.summary);
    const { buyers, period, cohorts, months } = summary;
    expect(period).toBe('quarter');
    expect(cohorts).toHaveLength(12);
    for (const { customers: size, active } of cohorts) expect(active[0] ?? size).toBe(size);
    expect(cohorts.reduce((sum, { customers: size }) => sum + size, 0)).toBeLessThanOrEqual(buyers);
    // A triangle: each cohort is seen one period less than the one before it.
    expect(cohorts.map(({ active }) => active.length)).toEqual(
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => n - cohortGap(cohorts)),
    );
    for (const { active, fresh, returning } of months) expect(fresh + returning).toBe(active);
    expect(months).toHaveLength(24);
    const tenth = summary.concentration!.top.find(({ share }) => share === 0.1)!;
    expect(tenth.ofMoney).toBeGreaterThan(0.1);
    expect(summary.spread.reduce((sum, bar) => sum + bar.buyers, 0)).toBe(buyers);
  });
});

/** Whether the newest cohort's own period is over (0) or still runs (1). */
function cohortGap(cohorts: readonly { readonly active: readonly number[] }[]): number {
  return 12 - cohorts[0]!.active.length;
}
