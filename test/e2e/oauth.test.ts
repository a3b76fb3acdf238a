import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { demoWorkspace } from '../../demo/workspace.ts';
import { commandListings } from '../../src/app.ts';
import { connectionFile } from '../../src/store/connection-file.ts';
import { loadOrCreateKeys } from '../../src/store/identity-key-file.ts';
import { CLIENT, click } from '../integrations/hubspot/installation.ts';
import { type Ran, runKith, startKith, waitForWords } from './run-kith.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-oauth-'));
const elsewhere = mkdtempSync(join(tmpdir(), 'kith-oauth-cwd-'));
let hubspot: StandInHubspot;
let slack: StandInSlack;
let environment: Record<string, string>;

beforeAll(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  const { portal } = generatePortal({ seed: 7, companies: 120, asOf: Date.now() });
  hubspot = await startStandInHubspot({
    portal,
    token: 'pat-not-used',
    limits: { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 },
    app: { ...CLIENT, redirectUrls: [`http://localhost:${port}/hubspot/oauth/callback`] },
  });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', portal.owners, commandListings) });
  environment = {
    KITH_DATA_DIR: dataDir,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_CLIENT_ID: CLIENT.clientId,
    HUBSPOT_CLIENT_SECRET: CLIENT.clientSecret,
    KITH_HTTP_PORT: String(port),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  };
}, 60_000);

afterAll(async () => {
  await slack?.close();
  await hubspot?.close();
  for (const folder of [dataDir, elsewhere]) rmSync(folder, { recursive: true, force: true });
}, 60_000);

const kith = (words: readonly string[], more: Record<string, string> = {}) =>
  runKith(words, { ...environment, ...more }, elsewhere);

/** `kith connect hubspot`, and a click on its link. */
async function connect(): Promise<Ran & { page: string }> {
  const child = startKith(['connect', 'hubspot', '--json'], { ...environment, KITH_LOG_LEVEL: 'debug' }, elsewhere);
  let [out, err] = ['', ''];
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const over = new Promise<number>((done) => child.once('close', (code) => done(code ?? -1)));
  const [link] = await waitForWords(child, /http:\S+\/oauth\/authorize\S+/);
  const { page } = await click(link, 'allow');
  return { code: await over, out, err, page };
}

describe('Kith with an app in place of a token', () => {
  test('says what to do before it is connected, and makes nothing of the folder', async () => {
    const doctor = await kith(['doctor']);
    expect(doctor.out).toMatch(/✗ HubSpot\n {4}→ .*not connected.*kith connect hubspot/);
    expect(existsSync(join(dataDir, 'identity.key'))).toBe(false);
  }, 60_000);

  test('is connected by a click; then it syncs, and the doctor is told', async () => {
    const connected = await connect();
    expect(connected.page).toContain('Kith is connected to HubSpot portal');
    expect(connected.code, connected.err).toBe(0);
    const told = JSON.parse(connected.out);
    expect(told).toMatchObject({ portal: expect.stringMatching(/^\d+$/), not_granted: [] });

    const sync = await kith(['sync', '--json']);
    expect(sync.code, sync.err).toBe(0);
    expect(JSON.parse(sync.out).synced.companies).toBe(hubspot.portal.ids('companies').length);

    const doctor = await kith(['doctor', '--json']);
    const findings: { state: string; what: string }[] = JSON.parse(doctor.out).findings;
    const at = (start: string) => findings.find(({ what }) => what.startsWith(start));
    expect(at('HubSpot token')).toMatchObject({ state: 'ok', what: expect.stringContaining('OAuth') });
    expect(at('HubSpot scopes')).toMatchObject({ state: 'ok' });

    const stored = (await connectionFile(dataDir, () => loadOrCreateKeys(dataDir, null)).read())!;
    const secrets = [stored.accessToken, stored.refreshToken, CLIENT.clientSecret];
    for (const text of [connected, sync, doctor].flatMap(({ out, err }) => [out, err]))
      for (const secret of secrets) expect(text).not.toContain(secret);
    for (const name of readdirSync(dataDir, { recursive: true, withFileTypes: true }))
      if (name.isFile())
        for (const secret of secrets)
          expect(readFileSync(join(name.parentPath, name.name)).includes(secret), name.name).toBe(false);
  }, 180_000);

  test('connects again through a Kith that runs, on its own listener, without a restart', async () => {
    const bot = startKith(['start'], environment, elsewhere);
    const over = new Promise((done) => bot.once('close', done));
    try {
      await waitForWords(bot, /Kith is in Slack/);
      hubspot.oauth!.uninstall();
      expect((await connect()).code).toBe(0);
      const sync = await kith(['sync']);
      expect(sync.code, sync.err).toBe(0);
    } finally {
      bot.kill('SIGTERM');
      await over;
    }
  }, 180_000);

  test('forgets on demand', async () => {
    const gone = await kith(['disconnect', 'hubspot', '--json']);
    expect(JSON.parse(gone.out)).toMatchObject({ withdrawn: true });
    expect(existsSync(join(dataDir, 'hubspot-connection.json'))).toBe(false);
  }, 120_000);
});
