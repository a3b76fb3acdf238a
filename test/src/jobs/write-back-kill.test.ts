import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startStandInHubspot } from '../../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../../demo/portal/read-portal-folder.ts';
import { openHubspot } from '../../../integrations/hubspot/open-hubspot.ts';
import { createWriteBackLog } from '../../../src/ledger/write-back-log.ts';
import { newIdentityKey, parseIdentityKeys } from '../../../src/store/identity-keys.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { runnable } from '../../runnable.ts';
import { write } from './write-back-fixture.ts';

const WRITER = await runnable(new URL('./write-back-killed.ts', import.meta.url));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('is killed between a write and its outcome: the ledger tells, and the next run heals and repeats nothing', async () => {
  const ids = Array.from({ length: 250 }, (_, n) => `${1001 + n}`);
  const [dataDir, folder] = await Promise.all(
    ['kith-killed-', 'kith-killed-crm-'].map((name) => mkdtemp(join(tmpdir(), name))),
  );
  closing.push(
    () => rm(dataDir!, { recursive: true }),
    () => rm(folder!, { recursive: true }),
  );
  await writeFile(join(folder!, 'companies.csv'), `id,name\n${ids.map((id) => `${id},C${id}`).join('\n')}\n`);
  const limits = { perTenSeconds: 10_000, searchPerSecond: 5, daily: 250_000 };
  const server = await startStandInHubspot({ portal: await readPortalFolder(folder!), token: 't', limits });
  closing.push(server.close);
  const key = newIdentityKey();
  const words = JSON.stringify({ dataDir, key, url: server.url, ids });
  const child = spawn(process.execPath, [...WRITER.execArgv, WRITER.file, words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.once('close', (...how) => done(how)),
  );
  expect([code === 137 ? 'SIGKILL' : signal, said]).toEqual(['SIGKILL', '']);

  const store = await openStore({ dataDir: dataDir!, keys: parseIdentityKeys(key) });
  closing.push(store.close);
  const portal = await store.portal('killed');
  const log = createWriteBackLog(portal, Date.now);
  const [cut] = await log.open();
  expect(new Set(cut?.writes.map(({ recordId }) => recordId))).toEqual(new Set(ids.slice(100, 200)));
  expect(await log.batches(5)).toMatchObject([{ batch: cut?.batch, records: 200, written: 300, failed: 0 }]);

  const { sink } = await openHubspot({ accessToken: 't', basePath: server.url });
  // A plan alone tells what became of it: where all had arrived, nothing more would ever be written.
  expect(await write(portal, sink, Date.now, { dryRun: true })).toMatchObject({ changed: 50, written: 0 });
  expect(await log.open()).toEqual([]);
  const audited = await portal.query<{ subject: string; details: string }>(
    `SELECT subject, details FROM {db:Identifier}.audit WHERE act = 'wrote-back' ORDER BY seq`,
  );
  expect(audited.map(({ subject, details }) => [subject, JSON.parse(details)])).toEqual([
    [cut?.batch, { written: 100, failed: 0, error: 'Kith was stopped' }],
  ]);
  const healed = await write(portal, sink, Date.now);
  expect(healed).toMatchObject({ changed: 50, written: 50, failed: 0, leftAlone: 0 });
  expect(await log.open()).toEqual([]);
  expect(await log.batches(5)).toMatchObject([
    { batch: healed.batch, records: 50, written: 150 },
    { batch: cut?.batch, records: 200, written: 600, failed: 0 },
  ]);
  const companies = server.portal.object('companies');
  for (const id of ids) {
    expect(companies.history(companies.rowOf(id), 'kith_loyalty_tier')).toMatchObject([{ value: 'Gold' }]);
  }
  expect(await write(portal, sink, Date.now)).toMatchObject({ changed: 0, written: 0 });
}, 120_000);
