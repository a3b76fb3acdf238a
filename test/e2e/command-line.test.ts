import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { readPortalFolder } from '../../demo/portal/read-portal-folder.ts';
import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings } from '../../src/app.ts';
import { runKith, startKith, waitForWords } from './run-kith.ts';

const root = mkdtempSync(join(tmpdir(), 'kith-e2e-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function folder(files: Record<string, string> = {}): string {
  const path = join(root, `folder-${++folders}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

const PIPELINES =
  'object,pipeline_id,pipeline_label,stage_id,stage_label,is_closed,probability\ndeals,p,Sales,yes,Yes,true,1.0\ndeals,p,Sales,no,No,true,0.0\n';
const COMPANIES =
  'id,name,domain,createdate\n1,Acme,acme.example,2024-01-01T00:00:00Z\n2,Bolt & <Co>,bolt.example,2024-01-01T00:00:00Z\n3,李氏,li.example,2024-01-01T00:00:00Z\n4,Dyn,dyn.example,2024-01-01T00:00:00Z\n5,Eco,eco.example,2024-01-01T00:00:00Z\n';
const DEALS = `id,dealname,pipeline,dealstage,amount,deal_currency_code,createdate,closedate,company_id\n${Array.from({ length: 20 }, (_, i) => `${100 + i},D${i},p,yes,${100 + i}.50,EUR,2024-01-01T00:00:00Z,2024-${String((i % 12) + 1).padStart(2, '0')}-03T00:00:00Z,${(i % 5) + 1}`).join('\n')}\n`;
const small = (): string => folder({ 'pipelines.csv': PIPELINES, 'companies.csv': COMPANIES, 'deals.csv': DEALS });

/** One plain sentence, no stack, no raw code. */
function expectSentence(err: string, pattern: RegExp): void {
  const lines = err.split('\n').filter((line) => line.startsWith('kith: '));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(pattern);
  expect(err).not.toMatch(/\n\s+at /);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe('the command line on a folder of five customers', () => {
  const data = join(root, 'five');
  const environment = { KITH_DATA_DIR: data };

  test('imports, analyses and answers without a silly score', async () => {
    expect((await runKith(['import', small()], environment)).code).toBe(0);
    const analysed = await runKith(['analyse', '--json'], environment);
    expect(analysed.code).toBe(0);
    const summary = JSON.parse(analysed.out);
    expect(summary.revenue).toMatchObject({ ours: '2200.00', crm: '2200.00', currency: 'EUR', differences: [] });
    expect(summary.customers).toMatchObject({ total: 5, by_level: { 1: 0, 2: 0, 3: 0 } });
    expect(summary.churn).toMatchObject({ model: null, auc: null });
    const answered = await runKith(['report', 'churn-risk'], environment);
    expect(answered.code).toBe(0);
    expect(answered.out).not.toMatch(/\d+%/);
    expect(answered.out).toContain('evidence level 0');
  }, 120_000);

  test('answers in Chinese, as JSON and as a picture', async () => {
    const zh = await runKith(['report', 'customer', '李氏', '--lang', 'zh'], environment);
    expect(zh.out).toContain('数据截至');
    const png = join(root, 'chart.png');
    const json = await runKith(['report', 'loyalty', '--json', '--png', png], environment);
    expect(JSON.parse(json.out)).toMatchObject({ language: 'en' });
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
  }, 60_000);

  test('says what is wrong with an unknown customer, command or report, and exits with 2', async () => {
    const customer = await runKith(['report', 'customer', 'Acmee'], environment);
    expectSentence(customer.err, /Acme/);
    const command = await runKith(['report', 'churn-rsk'], environment);
    expectSentence(command.err, /There is no command 'churn-rsk'; did you mean 'churn-risk'\?/);
    expect([customer.code, command.code]).toEqual([2, 2]);
  }, 60_000);

  test('exports scores, backs up, and restores into an empty folder', async () => {
    const csv = join(root, 'csv');
    expect((await runKith(['export', csv], environment)).code).toBe(0);
    expect(readFileSync(join(csv, 'loyalty.csv'), 'utf8').split('\n')[0]).toContain('customer_id,customer');
    const copy = join(root, 'backup');
    expect((await runKith(['backup', copy], environment)).code).toBe(0);
    const elsewhere = { KITH_DATA_DIR: join(root, 'restored') };
    expect((await runKith(['restore', copy], elsewhere)).code).toBe(0);
    const [before, after] = await Promise.all([
      runKith(['report', 'segments'], environment),
      runKith(['report', 'segments'], elsewhere),
    ]);
    expect(after.out).toBe(before.out);
    expectSentence((await runKith(['restore', copy], elsewhere)).err, /already holds data/);
  }, 120_000);
});

describe('bad input', () => {
  test('a missing token, and nothing imported yet', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'none') };
    const sync = await runKith(['sync'], environment, folder());
    expectSentence(sync.err, /HUBSPOT_ACCESS_TOKEN is not set; .*kith import DIR/);
    const report = await runKith(['report', 'segments'], environment, folder());
    expectSentence(report.err, /There is no data yet; run 'kith import DIR'/);
    expect([sync.code, report.code]).toEqual([2, 2]);
  }, 60_000);

  test('a folder that is not there, is empty, or has rows that cannot be read', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'rows') };
    expectSentence((await runKith(['import', '/nowhere/at/all'], environment)).err, /\/nowhere\/at\/all/);
    const empty = await runKith(['import', folder()], environment);
    expectSentence(empty.err, /deals\.csv/);
    expect(empty.code).toBe(2);
    const deals = `${DEALS}900,Broken,p,yes,12 EUR,EUR,2024-01-01T00:00:00Z,2024-02-30T99:00:00Z,1\n`;
    const partly = await runKith(
      ['import', folder({ 'pipelines.csv': PIPELINES, 'companies.csv': COMPANIES, 'deals.csv': deals }), '--json'],
      environment,
    );
    expect(partly.code).toBe(0);
    const { synced, rejected, rejects } = JSON.parse(partly.out);
    expect([synced.deals, rejected]).toEqual([20, 1]);
    expect(rejects[0]).toMatchObject({ objectType: 'deals', recordId: '900', place: 'deals.csv:22' });
  }, 60_000);

  test('an empty portal is answered with facts, not with a crash', async () => {
    const environment = { KITH_DATA_DIR: join(root, 'empty') };
    expect(
      (await runKith(['import', folder({ 'companies.csv': 'id,name\n', 'deals.csv': 'id,amount\n' })], environment))
        .code,
    ).toBe(0);
    expect((await runKith(['analyse'], environment)).code).toBe(0);
    for (const name of ['churn-risk', 'segments', 'value', 'loyalty', 'basket', 'kith status']) {
      const { code, out } = await runKith(['report', ...name.split(' ')], environment);
      expect([name, code]).toEqual([name, 0]);
      expect(out).not.toMatch(/NaN|undefined|null|Infinity/);
    }
  }, 120_000);

  test('a damaged state file is refused, and left as it is', async () => {
    const data = folder({ 'state.json': '{ "version": 1, "portals": { "x": ' });
    const { code, err } = await runKith(['report', 'segments'], { KITH_DATA_DIR: data });
    expectSentence(err, /state\.json/);
    expect(code).toBe(1);
    expect(readFileSync(join(data, 'state.json'), 'utf8')).toBe('{ "version": 1, "portals": { "x": ');
  }, 60_000);

  test('a data folder that cannot be written', async () => {
    const file = join(folder({ file: 'a file, not a folder' }), 'file');
    const { code, err } = await runKith(['report', 'segments'], { KITH_DATA_DIR: join(file, 'data') });
    expectSentence(err, /cannot write to the data folder/);
    expect(code).toBe(1);
  }, 60_000);

  test('a setting that is wrong', async () => {
    const { code, err } = await runKith(['report', 'segments'], { KITH_HORIZON_DAYS: 'soon' });
    expectSentence(err, /KITH_HORIZON_DAYS: 'soon'/);
    expect(code).toBe(2);
  }, 60_000);
});

describe('the command line against a HubSpot', () => {
  let hubspot: StandInHubspot;
  beforeAll(async () => {
    const limits = { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 };
    hubspot = await startStandInHubspot({ portal: await readPortalFolder(small()), token: 'pat-right', limits });
  });
  afterAll(() => hubspot.close());

  test('a wrong token, and a server that cannot be reached', async () => {
    const wrong = await runKith(['sync'], {
      KITH_DATA_DIR: join(root, 'wrong'),
      HUBSPOT_ACCESS_TOKEN: 'pat-wrong',
      HUBSPOT_BASE_URL: hubspot.url,
    });
    expectSentence(wrong.err, /HUBSPOT_ACCESS_TOKEN|token/);
    expect(wrong.err).not.toContain('pat-wrong');
    const port = await freePort();
    const gone = await runKith(['sync'], {
      KITH_DATA_DIR: join(root, 'gone'),
      HUBSPOT_ACCESS_TOKEN: 'pat-right',
      HUBSPOT_BASE_URL: `http://127.0.0.1:${port}`,
    });
    expectSentence(gone.err, /reach/);
    expect([wrong.code, gone.code]).toEqual([1, 1]);
  }, 120_000);

  test('syncs, analyses, and writes back only once somebody has approved it', async () => {
    const environment = {
      KITH_DATA_DIR: join(root, 'synced'),
      HUBSPOT_ACCESS_TOKEN: 'pat-right',
      HUBSPOT_BASE_URL: hubspot.url,
    };
    expect((await runKith(['sync'], environment)).code).toBe(0);
    expect((await runKith(['analyse'], environment)).code).toBe(0);
    expectSentence((await runKith(['write-back'], environment)).err, /--dry-run/);
    const dry = JSON.parse((await runKith(['write-back', '--dry-run', '--json'], environment)).out);
    expect(dry).toMatchObject({ changed: 5, written: 0 });
    const wet = JSON.parse((await runKith(['write-back', '--yes', '--json'], environment)).out);
    expect(wet).toMatchObject({ changed: 5, written: 5 });
    const again = JSON.parse((await runKith(['write-back', '--yes', '--json'], environment)).out);
    expect(again).toMatchObject({ changed: 0, written: 0 });
    const undone = JSON.parse((await runKith(['write-back', 'undo', wet.batch, '--json'], environment)).out);
    expect(undone.leftAlone).toBe(0);
    expect(undone.restored).toBeGreaterThan(5);
    expectSentence(
      (await runKith(['write-back', 'undo', 'nothing'], environment)).err,
      /There is no write-back batch 'nothing'/,
    );
  }, 120_000);
});

describe('a running Kith', () => {
  test('starts with the first sync, serves its health, and stops on SIGTERM with nothing left behind', async () => {
    const limits = { perTenSeconds: 190, searchPerSecond: 5, daily: 250_000 };
    const hubspot = await startStandInHubspot({ portal: await readPortalFolder(small()), token: 'pat', limits });
    const slack = await startStandInSlack({ workspace: demoWorkspace('Test', [], commandListings) });
    const port = await freePort();
    const environment = {
      KITH_DATA_DIR: join(root, 'started'),
      HUBSPOT_ACCESS_TOKEN: 'pat',
      HUBSPOT_BASE_URL: hubspot.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      KITH_HTTP_PORT: String(port),
    };
    const doctor = await runKith(['doctor'], environment);
    expect([doctor.code, doctor.out]).toEqual([0, expect.stringContaining('✓ Slack: @')]);
    const child = startKith(['start'], environment);
    await waitForWords(child, /Kith is in Slack for/);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { ok: true, reason: '' }]);
    expect((await runKith(['analyse', '--json'], environment)).code).toBe(0);
    await slack.runCommand({ userId: PEOPLE.manager, channelId: 'C05GENERAL', command: '/segments', text: '' });
    await slack.waitForMessage(
      ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.manager && /segments|groups/i.test(text),
      30_000,
    );
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await Promise.all([slack.close(), hubspot.close()]);
    expect(readdirSync(environment.KITH_DATA_DIR).sort()).toEqual(['identity.key', 'store']);
  }, 180_000);

  test('says in one line that a Slack token is wrong', async () => {
    const slack = await startStandInSlack({ workspace: demoWorkspace('Test', [], commandListings) });
    const environment = {
      KITH_DATA_DIR: join(root, 'five'),
      SLACK_BOT_TOKEN: 'xoxb-wrong',
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      KITH_HTTP_PORT: '0',
    };
    const { code, err } = await runKith(['start'], environment);
    expectSentence(err, /SLACK_BOT_TOKEN/);
    expect(err).not.toContain('xoxb-wrong');
    expect(code).toBe(1);
    const doctor = await runKith(['doctor'], environment);
    expect(doctor.code).toBe(2);
    expect(doctor.out).toMatch(/✗ HubSpot token\n {4}→ Set HUBSPOT_ACCESS_TOKEN/);
    await slack.close();
  }, 60_000);

  test('answers commands typed beside it, stops on SIGTERM, and lets its folder go', async () => {
    const child = startKith(['demo', '--port', '0']);
    const found = await waitForWords(child, /KITH_DATA_DIR=(\S+)[\s\S]*Ctrl-C/);
    const environment = { KITH_DATA_DIR: found[1]! };
    const status = await runKith(['report', 'kith', 'status'], environment);
    expect(status.code).toBe(0);
    expect(status.out).toContain('Scheduled jobs');
    expect((await runKith(['report', 'no-such-thing'], environment)).code).toBe(2);
    const second = await runKith(['start'], environment);
    expectSentence(second.err, /in use by another Kith/);
    expect(second.code).toBe(1);
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const after = await runKith(['report', 'kith', 'status'], environment);
    expectSentence(after.err, /There is no data yet/);
  }, 300_000);
});
