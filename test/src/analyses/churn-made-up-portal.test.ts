import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePortal } from '../../../demo/portal/generate-portal.ts';
import { writePortalFolder } from '../../../demo/portal/write-portal-folder.ts';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import { churnRisk } from '../../../src/analyses/churn-risk.ts';
import { churnSummarySchema } from '../../../src/analyses/churn-summary.ts';
import { portfolioSummarySchema } from '../../../src/analyses/portfolio-summary.ts';
import { analyse } from '../../../src/jobs/analyse.ts';
import { sync } from '../../../src/jobs/sync.ts';
import { createWorkerPool } from '../../../src/jobs/worker-pool.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-made-up-'));
const { portal: made, truths } = generatePortal({ seed: 3, companies: 500 });
let store: Store;
let portal: PortalStore;
let runner: JobRunner;

beforeAll(async () => {
  await writePortalFolder(made, truths, join(folder, 'portal'));
  store = await openStore({ dataDir: join(folder, 'data'), keys: parseIdentityKeys(newIdentityKey()) });
  const { source } = await openCsvFolder(join(folder, 'portal'));
  portal = await store.portal((await source.account()).portalId);
  const progress = { update: () => undefined };
  await sync({ source, portal, progress, now: () => 0, full: true });
  await source.close();
  runner = createWorkerPool();
  await analyse({
    portal,
    runner,
    state: portalStateSchema.parse({}),
    now: () => 0,
    asOf: Date.parse(truths.asOf),
    ownAsOf: Date.parse(truths.asOf),
    horizonDays: null,
    only: ['portfolio', 'churn-risk'],
    progress,
  });
});

afterAll(async () => {
  await runner.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the planted truths of a made-up portal', () => {
  it('the driver of leaving is found and named: urgent tickets are kept and weigh upwards', async () => {
    const result = (await portal.results.latest('churn-risk'))!;
    const summary = churnSummarySchema.parse(result.summary);
    expect(summary.kept.map(({ feature }) => feature)).toContain('log_severe_tickets');
    expect(summary.auc).toBeGreaterThan(0.7);
    const scores = await portal.results.scores(result.run.id, 'churn-risk', { order: 'value-desc' });
    const reasons = churnRisk.properties.find(({ name }) => name === 'kith_reasons')!;
    const troubled = scores.filter((score) => reasons.value(score, result.run)?.includes('urgent support tickets'));
    expect(troubled.length).toBeGreaterThan(0);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const risks = (rows: typeof scores) => rows.flatMap(({ value, label }) => (label === 'eligible' ? [value!] : []));
    expect(mean(risks(troubled))).toBeGreaterThan(mean(risks(scores)));
  });

  it('won revenue reconciles to the cent, and the currency gap is named', async () => {
    const summary = portfolioSummarySchema.parse((await portal.results.latest('portfolio'))!.summary);
    const { ours, crm, differences } = summary.revenue;
    expect([ours, crm]).toEqual([truths.reconciliation.ours, truths.reconciliation.crm]);
    for (const { cause, deals, amount } of truths.reconciliation.differences) {
      expect(differences).toContainEqual({ cause: cause.replaceAll('-', '_'), count: deals, amount });
    }
    expect(differences.map(({ cause }) => cause)).not.toContain('unexplained');
    const gap = summary.warnings.find(({ kind }) => kind === 'unconverted')!;
    expect(gap.count).toBe(truths.currencyGap.deals);
    // Thousands stand apart for whoever reads them.
    expect(gap.en.replaceAll(',', '')).toContain(`${truths.currencyGap.amount} ${truths.currencyGap.currency}`);
  });
});
