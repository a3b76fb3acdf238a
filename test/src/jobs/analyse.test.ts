import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyses } from '../../../src/analyses/index.ts';
import type { Association } from '../../../src/domain/crm.ts';
import { analyse } from '../../../src/jobs/analyse.ts';
import { createWorkerPool } from '../../../src/jobs/worker-pool.ts';
import { seededRandom } from '../../../src/math/random.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import { portalStateSchema } from '../../../src/state/portal-state.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { mixedPortal } from '../analyses/churn-fixture.ts';
import { company, deal, link, stage } from '../features/records-fixture.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-analyse-'));
const state = portalStateSchema.parse({});
const START = Date.UTC(2023, 0, 1);
const DAY = 86_400_000;
let store: Store;
let portal: PortalStore;
let runner: JobRunner;

const account = { name: 'x', timeZone: 'UTC', currency: 'EUR', recordUrl: '' };

async function fill(target: PortalStore, portalId: string): Promise<void> {
  await target.crm.saveAccount({ ...account, portalId });
  await target.crm.upsert('pipelines', [stage('won', true, 1)], { origin: 'list' });
  const customers = mixedPortal(seededRandom(5), 120, 700);
  await target.crm.upsert(
    'companies',
    customers.map((_, i) => company(`c${1000 + i}`)),
    { origin: 'list' },
  );
  const deals = customers.flatMap((events, i) =>
    events.map(([day, amount]) => ({
      record: deal(`d${i}-${day}`, { amount: String(amount), createdAt: START, closedAt: START + day * DAY }),
      company: `c${1000 + i}`,
    })),
  );
  await target.crm.upsert(
    'deals',
    deals.map(({ record }) => record),
    { origin: 'list' },
  );
  const links: Association[] = deals.map(({ record, company: id }) => link(record.id, id, true));
  await target.crm.replaceAssociations(
    'deals',
    'companies',
    links.map(({ fromId }) => fromId),
    links,
  );
}

beforeAll(async () => {
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()) });
  portal = await store.portal('folder-x');
  await fill(portal, 'folder-x');
  runner = createWorkerPool();
});

afterAll(async () => {
  await runner.close();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function options(
  target: PortalStore,
  more: Partial<Parameters<typeof analyse>[0]> = {},
): Parameters<typeof analyse>[0] {
  return {
    portal: target,
    runner,
    state,
    now: () => START + 800 * DAY,
    asOf: null,
    horizonDays: null,
    progress: { update: () => undefined },
    ...more,
  };
}

/** Everything a run said, without what names the run. */
async function said(target: PortalStore): Promise<string> {
  const all = [];
  for (const { name } of analyses) {
    const latest = (await target.results.latest(name))!;
    const scores = await target.results.scores(latest.run.id, name);
    all.push({ name, summary: latest.summary, model: latest.model, scores, portfolio: latest.run.portfolio });
  }
  return JSON.stringify(all);
}

describe('analyse', () => {
  it('saves every analysis of a run as of the last event of a folder, fitted in worker threads', async () => {
    const steps: number[] = [];
    const run = await analyse(options(portal, { progress: { update: (_, done) => steps.push(done) } }));
    expect(run.status).toBe('done');
    expect(run.asOf).toBe(await portal.crm.lastEventAt());
    expect(run.portfolio).toMatchObject({ unit: 'company', currency: 'EUR', timeZone: 'UTC' });
    expect(steps).toEqual(Array.from({ length: analyses.length + 2 }, (_, step) => step));
    for (const analysis of analyses) {
      const latest = (await portal.results.latest(analysis.name))!;
      expect(latest.run.id).toBe(run.id);
      const report = analysis.present(latest.summary, { language: 'zh', run, rows: [], withheld: null, filter: '' });
      expect(report.headline).not.toBe('');
    }
    expect(await portal.results.scores(run.id, 'churn-risk')).toHaveLength(120);
  });

  it('says the same bytes twice on the same data, under the same fingerprint', async () => {
    const twin = await store.portal('folder-twin');
    await fill(twin, 'folder-twin');
    const first = await analyse(options(twin));
    const other = await store.portal('folder-other');
    await fill(other, 'folder-other');
    const second = await analyse(options(other));
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(await said(other)).toBe(await said(twin));
  });

  it('takes the horizon of the call, then the portal’s, and the as-of it is told', async () => {
    const asOf = START + 500 * DAY;
    const told = await analyse(options(portal, { horizonDays: 45, asOf, only: ['portfolio'] }));
    expect(told.portfolio).toMatchObject({ horizonDays: 45, asOf });
    const set = await analyse(options(portal, { state: { ...state, horizonDays: 33 }, only: ['portfolio'] }));
    expect(set.portfolio.horizonDays).toBe(33);
  });

  it('computes the parts of a round beside one another, round after round, and then the rest from what they gave', async () => {
    const log: string[] = [];
    const logging: JobRunner = {
      ...runner,
      async run<Result>(...[task, input, options]: Parameters<JobRunner['run']>): Promise<Result> {
        const { part = 'rest' } = input as { part?: number };
        if (task === 'churn-risk') log.push(`${part} begins`);
        const result = await runner.run<Result>(task, input, options);
        if (task === 'churn-risk') log.push(`${part} ends`);
        return result;
      },
    };
    await analyse(options(portal, { runner: logging, only: ['churn-risk'] }));
    expect(log.slice(0, 4)).toEqual(['0 begins', '0 ends', '1 begins', '2 begins']);
    expect(log.slice(4, 6).toSorted()).toEqual(['1 ends', '2 ends']);
    expect(log.slice(6)).toEqual(['rest begins', 'rest ends']);
  });

  it('shows nothing of a run that fails', async () => {
    const before = await portal.results.latest('portfolio');
    const failing: JobRunner = {
      run: (task, input) => (task === 'loyalty' ? Promise.reject(new Error('out of memory')) : runner.run(task, input)),
      wake: async () => undefined,
      rest: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    await expect(analyse(options(portal, { runner: failing }))).rejects.toThrow('out of memory');
    expect((await portal.results.runs(1))[0]!.status).toBe('failed');
    expect((await portal.results.latest('portfolio'))!.run.id).toBe(before!.run.id);
  });

  it('brings a worker’s error back with its code', async () => {
    await expect(runner.run('no-such-analysis', { read: null, seed: 1 })).rejects.toMatchObject({
      code: 'usage',
      message: 'There is no analysis "no-such-analysis"',
    });
  });

  it('refuses an analysis that does not exist, and a portal that was never synced', async () => {
    await expect(analyse(options(portal, { only: ['churn'] }))).rejects.toThrow(
      /There is no analysis "churn"; choose from portfolio, /,
    );
    const empty = await store.portal('folder-empty');
    await expect(analyse(options(empty))).rejects.toMatchObject({ code: 'no-results' });
  });

  it('ends well on a portal that has an account and nothing else', async () => {
    const empty = await store.portal('folder-nothing');
    await empty.crm.saveAccount({ ...account, portalId: 'folder-nothing' });
    const run = await analyse(options(empty));
    expect(run.status).toBe('done');
    expect((await empty.results.latest('churn-risk'))!.summary).toMatchObject({ model: null, customers: { total: 0 } });
  });
});
