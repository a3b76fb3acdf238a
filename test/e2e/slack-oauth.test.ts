import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoWorkspace } from '../../demo/workspace.ts';
import { OPTIONAL_SCOPES } from '../../integrations/slack/scopes.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config.ts';
import { createJobRecords } from '../../src/jobs/job.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { loadOrCreateKeys } from '../../src/store/identity-key-file.ts';
import { installationFile } from '../../src/store/installation-file.ts';
import { freePort } from '../integrations/slack/free-port.ts';
import { ALL_SCOPES, addKith, CLIENT } from '../integrations/slack/installation.ts';
import { type Ran, runKith, startKith, waitForWords } from './run-kith.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-slack-e2e-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'kith-slack-cwd-'));
let hubspot: StandInHubspot;
let slack: StandInSlack;
let environment: Record<string, string>;
let installUrl: string;

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  installUrl = `${publicUrl}/slack/install`;
  const { portal } = generatePortal({ seed: 7, companies: 120, asOf: Date.now() });
  const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
  hubspot = await startStandInHubspot({ portal, token: 'pat', limits });
  slack = await startStandInSlack({
    workspace: demoWorkspace('Test', portal.owners, commandListings),
    app: {
      ...CLIENT,
      redirectUrls: [`${publicUrl}/slack/oauth_redirect`],
      scopes: ALL_SCOPES,
      optionalScopes: OPTIONAL_SCOPES,
    },
  });
  environment = {
    KITH_DATA_DIR: dataDir,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: 'pat',
    KITH_HTTP_PORT: String(port),
    KITH_PUBLIC_URL: publicUrl,
    SLACK_CLIENT_ID: CLIENT.clientId,
    SLACK_CLIENT_SECRET: CLIENT.clientSecret,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  };
}, 60_000);

afterAll(async () => {
  await slack?.close();
  await hubspot?.close();
  for (const folder of [dataDir, elsewhere]) rmSync(folder, { recursive: true, force: true });
}, 60_000);

const kith = (words: readonly string[]) => runKith(words, environment, elsewhere);

/** `kith connect slack`, and the clicks of a person. */
async function connect(): Promise<Ran & { page: string }> {
  const child = startKith(['connect', 'slack', '--json'], { ...environment, KITH_LOG_LEVEL: 'debug' }, elsewhere);
  let [out, err] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const over = new Promise<number>((done) => child.once('close', (code) => done(code ?? -1)));
  const [url] = await waitForWords(child, /http:\S+\/slack\/install/);
  const { page } = await addKith(url);
  return { code: await over, out, err, page };
}

async function slackFindings(): Promise<{ state: string; what: string; next: string }[]> {
  const { out } = await kith(['doctor', '--json']);
  const { findings } = JSON.parse(out) as { findings: { state: string; what: string; next: string }[] };
  return findings.filter(({ what }) => what.startsWith('Slack'));
}

describe('Kith with an app in Slack in place of a bot token', () => {
  test('says where it is added before it is, and makes nothing of the folder', async () => {
    expect(await slackFindings()).toEqual([
      {
        state: 'problem',
        what: 'Slack',
        next: expect.stringContaining(`not added to a Slack workspace yet; open ${installUrl}`),
      },
    ]);
    expect(existsSync(join(dataDir, 'identity.key'))).toBe(false);
  }, 60_000);

  test('is added by a click; the doctor is told, and no secret is anywhere', async () => {
    const connected = await connect();
    expect(connected.page).toContain('Kith was added to Test');
    expect(connected.code, connected.err).toBe(0);
    expect(JSON.parse(connected.out)).toMatchObject({ workspace: 'Test (T0KITHDEMO)', not_granted: [] });
    const found = await slackFindings();
    expect(found[0]).toMatchObject({ state: 'ok', what: 'Slack: @kith in Test' });
    expect(found.map(({ what }) => what)).toContain('Slack scopes: all granted');
    const secrets = [slack.botToken, CLIENT.clientSecret];
    for (const text of [connected.out, connected.err, JSON.stringify(found)])
      for (const secret of secrets) expect(text).not.toContain(secret);
    for (const name of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
      if (name.isFile())
        for (const secret of secrets)
          expect(readFileSync(join(name.parentPath, name.name)).includes(secret), name.name).toBe(false);
  }, 120_000);

  test('runs, survives being taken out, says so, and speaks again once it is added on its own page', async () => {
    const sync = await kith(['sync']);
    expect(sync.code, sync.err).toBe(0);
    const bot = startKith(['start'], environment, elsewhere);
    const over = new Promise((done) => bot.once('close', done));
    try {
      await waitForWords(bot, /Kith is in Slack/);
      const told = waitForWords(bot, /taken out of the Slack workspace Test/);
      await slack.uninstall();
      await told;
      await expect.poll(slack.connections).toBe(0);
      const status = await kith(['report', 'kith', 'status']);
      expect(status.out).toMatch(/taken out of Test on .*messages wait/s);
      expect((await connect()).code).toBe(0);
      await slack.waitForConnection();
      const rotated = await kith(['rotate-key', '--json']);
      expect(rotated.code, rotated.err).toBe(0);
      const kept = await installationFile(dataDir, () => loadOrCreateKeys(dataDir, null)).read();
      expect(kept?.botToken).toBe(slack.botToken);
      const [current] = readFileSync(join(dataDir, 'identity.key'), 'utf8').split(':');
      expect(JSON.parse(readFileSync(join(dataDir, 'slack-connection.json'), 'utf8'))).toMatchObject({ key: current });
    } finally {
      bot.kill('SIGTERM');
      await over;
    }
  }, 240_000);

  test('starts without being in Slack; what is to be said waits, and is said once it is added', async () => {
    const gone = await kith(['disconnect', 'slack', '--json']);
    expect(JSON.parse(gone.out)).toMatchObject({ workspace: 'Test (T0KITHDEMO)', withdrawn: true });
    expect(existsSync(join(dataDir, 'slack-connection.json'))).toBe(false);
    const app = await openApp({
      config: loadConfig(environment),
      logger: createLogger('silent'),
      now: Date.now,
      asOf: 'now',
    });
    const at = await app.workspace();
    const report = { language: 'en' as const, headline: 'It waited', parts: [], trust: '' };
    await at.outbox.enqueue({ key: 'waits', channelId: CHANNELS.sales, kind: 'digest', report });
    const bot = await startBot(app, at, { update: () => undefined });
    try {
      expect(bot.isInSlack()).toBe(false);
      await bot.runJob('deliver');
      expect((await at.outbox.byKey('waits'))?.state).toBe('pending');
      expect((await createJobRecords(at.portal).last('deliver'))?.note.en).toBe('Kith is not in Slack: 1 waiting');
      expect((await addKith(installUrl)).status).toBe(200);
      await expect.poll(bot.isInSlack).toBe(true);
      await bot.runJob('deliver');
      expect(slack.messages(CHANNELS.sales).some(({ text }) => text.includes('It waited'))).toBe(true);
    } finally {
      await bot.stop();
      await app.close();
    }
  }, 120_000);
});
