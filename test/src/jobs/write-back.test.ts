import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openCsvFolder } from '../../../integrations/csv/open-csv-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import type { RegisteredAnalysis } from '../../../src/analyses/analysis.ts';
import { writeBack } from '../../../src/jobs/write-back.ts';
import { createAudit } from '../../../src/ledger/audit.ts';
import { createWriteBackLog } from '../../../src/ledger/write-back-log.ts';
import type { CrmSink } from '../../../src/ports/crm.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { PortalStore, Store } from '../../../src/store/portal-store.ts';
import { virtualTime } from '../../integrations/hubspot/virtual-time.ts';
import { synced } from './write-back-fixture.ts';

const COMPANIES = 230;
const ids = Array.from({ length: COMPANIES }, (_, n) => `${n + 1}`);

/** Tiers and risks as an analysis has them; nothing is computed here. */
const tiers: RegisteredAnalysis = {
  name: 'tiers',
  title: { en: 'Tiers', zh: '等级' },
  read: async () => ({ customerIds: [] }),
  compute: () => ({ summary: {}, model: null, scores: null, matrix: null }),
  rounds: [],
  part: () => null,
  draft: () => ({ summary: {}, model: null, scores: null, matrix: null }),
  present: () => {
    throw new Error('not presented here');
  },
  properties: [
    {
      name: 'kith_tier',
      label: 'Kith tier',
      description: 'The tier',
      type: 'enumeration',
      options: ['Gold', 'Silver', 'Bronze'].map((value) => ({ value, label: value })),
      value: (score) => (score.label === '' ? null : score.label),
    },
    {
      name: 'kith_risk',
      label: 'Kith risk',
      description: 'A probability',
      type: 'number',
      value: (score) => (score.value === null ? null : score.value.toFixed(2)),
      isSame: (current, next) => Math.abs(Number(current) - Number(next)) <= 0.05,
    },
  ],
};

let dataDir: string;
let folder: string;
let store: Store;
let server: StandInHubspot;
let hubspot: CrmSink;
const time = virtualTime();
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kith-write-back-'));
  folder = await mkdtemp(join(tmpdir(), 'kith-write-back-crm-'));
  await writeFile(join(folder, 'companies.csv'), `id,name\n${ids.map((id) => `${id},Company ${id}`).join('\n')}\n`);
  store = await openStore({ dataDir, keys: parseIdentityKeys(newIdentityKey()), now: time.now });
  server = await startStandInHubspot({
    portal: await readPortalFolder(folder),
    token: 't',
    limits: { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 },
    now: time.now,
  });
  hubspot = (await openHubspot({ accessToken: 't', basePath: server.url, ...time, random: () => 0.5 })).sink;
});
afterAll(async () => {
  await server.close();
  await store.close();
  await rm(dataDir, { recursive: true });
  await rm(folder, { recursive: true });
});

const portalOf = async (name: string): Promise<PortalStore> => synced(await store.portal(name), ids);

async function scored(
  portal: PortalStore,
  label: (id: string) => string,
  risk: (id: string) => number,
  customers = ids,
) {
  const at = time.now();
  const portfolio = { unit: 'company', timeZone: 'UTC', currency: 'EUR', asOf: at, horizonDays: 90, seed: 1 } as const;
  const run = await portal.results.begin({ asOf: at, startedAt: at, fingerprint: 'f', portfolio });
  await portal.results.save(run, 'tiers', {
    summary: {},
    model: null,
    scores: {
      customerIds: customers,
      value: Float64Array.from(customers, risk),
      label: customers.map(label),
      band: customers.map(() => ''),
      evidence: new Uint8Array(customers.length),
      details: customers.map(() => '{}'),
    },
  });
  await portal.results.finish(run, 'done', at);
  await time.sleep(1000);
}

function write(portal: PortalStore, sink: CrmSink, options: { dryRun?: boolean; signal?: AbortSignal } = {}) {
  return writeBack({
    sink,
    portal,
    log: createWriteBackLog(portal, time.now),
    audit: createAudit(portal, time.now),
    analyses: [tiers],
    now: () => {
      void time.sleep(1);
      return time.now();
    },
    dryRun: false,
    ...options,
    progress: { update: () => undefined },
  });
}

it('says that there is nothing to write before the first analysis', async () => {
  await expect(write(await store.portal('empty'), hubspot)).rejects.toMatchObject({ code: 'no-results' });
});

it('plans without writing, writes, writes nothing the second time, and then only what changed', async () => {
  const portal = await portalOf('hubspot');
  await scored(
    portal,
    () => 'Gold',
    () => 0.5,
  );
  const before = server.calls();
  const plan = await write(portal, hubspot, { dryRun: true });
  expect(plan).toMatchObject({
    dryRun: true,
    objectType: 'companies',
    examined: COMPANIES,
    changed: COMPANIES,
    written: 0,
    byProperty: { kith_tier: COMPANIES, kith_risk: COMPANIES },
  });
  expect(plan.sample[0]).toEqual({ id: '1', property: 'kith_tier', before: '', after: 'Gold' });
  // Three for the records, one for the definitions.
  expect(server.calls() - before).toBe(4);
  expect(await createWriteBackLog(portal, time.now).batches(5)).toEqual([]);

  const first = await write(portal, hubspot);
  expect(first).toMatchObject({ changed: COMPANIES, written: COMPANIES, failed: 0, leftAlone: 0 });
  expect(server.portal.properties('companies', '7')).toMatchObject({ kith_tier: 'Gold', kith_risk: '0.50' });
  expect(server.portal.properties('companies', '7')?.kith_scored_at).not.toBeNull();

  expect(await write(portal, hubspot)).toMatchObject({ changed: 0, written: 0 });

  await scored(
    portal,
    (id) => (id === '7' ? 'Silver' : 'Gold'),
    (id) => (id === '8' ? 0.9 : 0.52),
  );
  const second = await write(portal, hubspot);
  expect(second).toMatchObject({ changed: 2, written: 2, byProperty: { kith_tier: 1, kith_risk: 1 } });
  expect(server.portal.properties('companies', '7')).toMatchObject({ kith_tier: 'Silver', kith_risk: '0.50' });

  const log = createWriteBackLog(portal, time.now);
  expect(await log.batches(5)).toMatchObject([
    { batch: second.batch, records: 2, written: 4, failed: 0 },
    { batch: first.batch, records: COMPANIES, written: COMPANIES * 3, failed: 0 },
  ]);
  const audit = await portal.query<{ act: string; subject: string }>(
    'SELECT act, subject FROM {db:Identifier}.audit ORDER BY seq',
  );
  expect(audit).toHaveLength(3);
  expect(audit[2]).toEqual({ act: 'wrote-back', subject: second.batch });
});

it('leaves what a person changed and lists it, and goes on writing the rest of that record', async () => {
  const portal = await portalOf('person');
  await scored(
    portal,
    () => 'Bronze',
    () => 0.1,
  );
  await write(portal, hubspot);
  server.portal.edit('companies', '3', { kith_tier: 'Silver' });
  await scored(
    portal,
    () => 'Bronze',
    () => 0.8,
  );
  const report = await write(portal, hubspot);
  expect(report).toMatchObject({ changed: COMPANIES, leftAlone: 1, byProperty: { kith_risk: COMPANIES } });
  expect(report.leftAloneSample).toEqual([
    { id: '3', property: 'kith_tier', theirs: 'Silver', ours: 'Bronze', reason: 'edited' },
  ]);
  expect(server.portal.properties('companies', '3')).toMatchObject({ kith_tier: 'Silver', kith_risk: '0.80' });
});

it('goes on when some records cannot be written, and says which and why', async () => {
  const portal = await portalOf('partly');
  await scored(
    portal,
    () => 'Silver',
    (id) => (id === '5' ? 0.33 : 0.3),
    [...ids, '99999'],
  );
  const stubborn: CrmSink = {
    ...hubspot,
    write: async (type, writes) => {
      server.portal.purge('companies', '5');
      return hubspot.write(type, writes);
    },
  };
  const report = await write(portal, stubborn);
  expect(report).toMatchObject({ examined: COMPANIES + 1, missing: 1, written: COMPANIES - 1, failed: 1 });
  expect(report.failures).toEqual([{ id: '5', reason: expect.stringMatching(/\S/) }]);
  const log = createWriteBackLog(portal, time.now);
  const outcomes = (await log.writes(report.batch))
    .filter(({ recordId }) => recordId === '5')
    .map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['failed']));
});

it('ends between two batches when Kith is told to stop, knows what it sent, and writes the rest later', async () => {
  const portal = await portalOf('stopped');
  await scored(
    portal,
    () => 'Bronze',
    () => 0.7,
  );
  const stop = new AbortController();
  let batches = 0;
  const stopping: CrmSink = {
    ...hubspot,
    write: async (type, writes) => {
      batches += 1;
      stop.abort();
      return hubspot.write(type, writes);
    },
  };
  await expect(write(portal, stopping, { signal: stop.signal })).rejects.toThrow(/abort/i);
  expect(batches).toBe(1);
  expect(await createWriteBackLog(portal, time.now).open(), 'nothing is of unknown outcome').toEqual([]);
  const [broken] = await createWriteBackLog(portal, time.now).batches(1);
  expect(broken).toMatchObject({ records: 100, failed: 0 });
  const rest = await write(portal, hubspot);
  expect(rest.written).toBe(rest.changed);
  expect(rest.written + 100).toBe((await write(portal, hubspot, { dryRun: true })).examined - rest.missing);
});

it('may be cut short and run again: what had arrived is known as its own', async () => {
  const portal = await portalOf('crash');
  const crm = await openCsvFolder(folder, time.now);
  await scored(
    portal,
    () => 'Gold',
    () => 0.2,
  );
  const crashing: CrmSink = {
    ...crm.sink,
    write: async (type, writes) => {
      await crm.sink.write(type, writes);
      throw new Error('power cut');
    },
  };
  await expect(write(portal, crashing)).rejects.toThrow('power cut');
  await scored(
    portal,
    () => 'Silver',
    () => 0.2,
  );
  const report = await write(portal, crm.sink);
  expect(report).toMatchObject({ leftAlone: 0, changed: COMPANIES, written: COMPANIES });
  const annotations = await readFile(join(folder, 'annotations.csv'), 'utf8');
  expect(annotations.match(/kith_tier,Silver/g)).toHaveLength(COMPANIES);
});

it('waits while somebody is forgotten, and then writes nothing of them; an erasure waits for what is on its way', async () => {
  const portal = await portalOf('forgotten');
  await scored(
    portal,
    () => 'Gold',
    () => 0.2,
  );
  const happened: string[] = [];
  const erasures: Promise<unknown>[] = [];
  const forget = (begun: () => void): void => {
    const erasure = portal.erasures.erasing(async () => {
      begun();
      // As the erasure of a contact does.
      await portal.command(
        `ALTER TABLE {db:Identifier}.write_backs DELETE WHERE record_id = '50' SETTINGS mutations_sync = 2`,
      );
      happened.push('forgotten');
    });
    erasures.push(erasure);
  };
  const sink: CrmSink = {
    ...hubspot,
    async prepare(...given) {
      await hubspot.prepare(...given);
      await new Promise<void>(forget);
    },
    async write(type, writes) {
      if (erasures.length === 1) forget(() => undefined);
      happened.push(`${writes.length}`);
      expect(writes.map(({ id }) => id)).not.toContain('50');
      return hubspot.write(type, writes);
    },
  };
  const report = await write(portal, sink);
  await Promise.all(erasures);
  expect(report).toMatchObject({ written: report.changed - 1, failed: 0 });
  expect(happened).toEqual(['forgotten', '100', '100', `${report.written - 200}`, 'forgotten']);
});
