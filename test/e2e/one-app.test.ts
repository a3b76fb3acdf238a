import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { OPTIONAL_SCOPES } from '../../integrations/slack/scopes.ts';
import { commandListings } from '../../src/app.ts';
import { portalStateSchema } from '../../src/state/portal-state.ts';
import { click, CLIENT as HUBSPOT_APP } from '../integrations/hubspot/installation.ts';
import { ALL_SCOPES, addKith, CLIENT as SLACK_APP } from '../integrations/slack/installation.ts';
import { runKith, startKith, waitForWords } from './run-kith.ts';
import { freePort } from './small-crm.ts';

const LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };
const SIGNING_SECRET = 'one-signing-secret';
const folder = await mkdtemp(join(tmpdir(), 'kith-one-app-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A company with a HubSpot account and a Slack workspace of its own, in both of which the same apps may be installed. */
async function company(name: string, place: number, publicUrl: string) {
  const { portal } = generatePortal({ seed: 3 + place, companies: 25, years: 2, asOf: Date.now() - 3_600_000 });
  const portalId = 700 + place;
  const hubspot = await startStandInHubspot({
    portal: { ...portal, account: { ...portal.account, portalId } },
    token: 'pat-not-used',
    limits: LIMITS,
    app: { ...HUBSPOT_APP, redirectUrls: [`${publicUrl}/hubspot/oauth/callback`] },
  });
  for (const [row, id] of hubspot.portal.ids('companies').entries())
    hubspot.portal.edit('companies', id, { name: `${name} Ltd ${row}` });
  const slack = await startStandInSlack({
    workspace: { ...demoWorkspace(name, portal.owners, commandListings), teamId: `T0${name.toUpperCase()}` },
    app: {
      ...SLACK_APP,
      redirectUrls: [`${publicUrl}/slack/oauth_redirect`],
      scopes: ALL_SCOPES,
      optionalScopes: OPTIONAL_SCOPES,
    },
    signingSecret: SIGNING_SECRET,
    requestUrl: `${publicUrl}/slack/events`,
  });
  hubspot.webhooks.subscribe({ url: `${publicUrl}/hubspot/webhooks`, secret: HUBSPOT_APP.clientSecret });
  return {
    name,
    hubspot,
    slack,
    file: `HUBSPOT_BASE_URL=${hubspot.url}\nSLACK_API_URL=${slack.apiUrl}\n`,
    async decide() {
      const empty = portalStateSchema.parse({});
      // The first analysis is made at once where there is to be one at all.
      const schedules = {
        ...Object.fromEntries(Object.keys(empty.schedules).map((key) => [key, ''])),
        analyse: '0 4 1 1 *',
      };
      const own = join(folder, 'data', 'tenants', name);
      await mkdir(own, { recursive: true, mode: 0o700 });
      const portals = { [portalId]: { ...demoState(empty), schedules } };
      await writeFile(join(own, 'state.json'), JSON.stringify({ version: 1, portals }));
    },
    async close() {
      await slack.close();
      await hubspot.close();
    },
  };
}

it('serves two companies through one app each of Slack and HubSpot: installed, called and told apart at one address, the second without a restart', {
  timeout: 300_000,
}, async () => {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const acme = await company('acme', 1, publicUrl);
  const bolt = await company('bolt', 2, publicUrl);
  const stranger = await startStandInSlack({
    workspace: { ...demoWorkspace('stranger', [], commandListings), teamId: 'T0STRANGER' },
    signingSecret: SIGNING_SECRET,
    requestUrl: `${publicUrl}/slack/events`,
  });
  const tenantsDir = join(folder, 'tenants.d');
  await mkdir(tenantsDir);
  await acme.decide();
  await bolt.decide();
  await writeFile(join(tenantsDir, 'acme.env'), acme.file);
  const environment = {
    KITH_DATA_DIR: join(folder, 'data'),
    KITH_TENANTS_DIR: tenantsDir,
    KITH_HTTP_PORT: String(port),
    KITH_PUBLIC_URL: publicUrl,
    KITH_LOG_LEVEL: 'info',
    SLACK_MODE: 'http',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_CLIENT_ID: SLACK_APP.clientId,
    SLACK_CLIENT_SECRET: SLACK_APP.clientSecret,
    HUBSPOT_CLIENT_ID: HUBSPOT_APP.clientId,
    HUBSPOT_CLIENT_SECRET: HUBSPOT_APP.clientSecret,
  };
  const kith = startKith(['start'], environment);
  let log = '';
  kith.stderr!.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });

  /** From the file to the first answer, with the process running. */
  async function connect({ name, slack }: typeof acme): Promise<void> {
    await waitForWords(kith, new RegExp(`"tenant":"${name}"[^\\n]*waits to be connected to HubSpot`));
    const served = waitForWords(kith, new RegExp(`"tenant":"${name}"[^\\n]*Kith runs for`));
    const connecting = startKith(['connect', 'hubspot'], { ...environment, KITH_TENANT: name });
    const [link] = await waitForWords(connecting, /http:\S+\/oauth\/authorize\S+/);
    expect((await click(link, 'allow')).page).toContain('Kith is connected to HubSpot portal');
    await served;
    const connected = waitForWords(kith, new RegExp(`"tenant":"${name}"[^\\n]*connected to Slack`));
    const added = await addKith(`${publicUrl}/${name}/slack/install`);
    expect(new URL(added.back).pathname).toBe('/slack/oauth_redirect');
    expect(added.page).toContain(`Kith was added to ${name}`);
    await connected;
    // The first analysis is under way by itself.
    await expect
      .poll(async () => (await ask(slack)).text, { timeout: 90_000, interval: 1_000 })
      .toContain(`${name} Ltd`);
  }

  async function ask(slack: typeof stranger): Promise<{ text: string }> {
    const asked = { userId: PEOPLE.manager, channelId: CHANNELS.sales, command: '/value', text: '' };
    const before = slack.messages().length;
    const { response } = await slack.runCommand(asked);
    if (response?.text !== undefined && slack === stranger) return { text: String(response.text) };
    await slack.waitForMessage(() => slack.messages().length > before && slack.messages().at(-1)!.blocks.length > 1);
    return { text: JSON.stringify(slack.messages().slice(before)) };
  }

  try {
    await connect(acme);
    // The second comes while the first is served.
    const waits = connect(bolt);
    await writeFile(join(tenantsDir, 'bolt.env'), bolt.file);
    await waits;
    const [ours, theirs] = [await ask(acme.slack), await ask(bolt.slack)];
    expect(ours.text).toContain('acme Ltd');
    expect(ours.text).not.toContain('bolt Ltd');
    expect(theirs.text).toContain('bolt Ltd');
    expect(theirs.text).not.toContain('acme Ltd');
    expect(acme.slack.messages().some((message) => JSON.stringify(message).includes('bolt Ltd'))).toBe(false);

    const refused = await ask(stranger);
    expect(refused.text).toMatch(/Kith is not set up for this workspace yet/);
    expect(refused.text).not.toMatch(/acme|bolt/);

    const [oursBefore, theirsBefore] = [acme.hubspot.calls(), bolt.hubspot.calls()];
    bolt.hubspot.portal.edit('companies', bolt.hubspot.portal.ids('companies')[0]!, { industry: 'RETAIL' });
    expect(await bolt.hubspot.webhooks.send()).toEqual([204]);
    // The record is read again, of the one that it is of.
    await expect.poll(() => bolt.hubspot.calls()).toBeGreaterThan(theirsBefore);
    expect(acme.hubspot.calls()).toBe(oursBefore);

    // Taken out of Slack, one waits and the other goes on.
    const left = waitForWords(kith, /"tenant":"acme"[^\n]*taken out of the Slack workspace acme/);
    await acme.slack.uninstall();
    await left;
    expect((await ask(bolt.slack)).text).toContain('bolt Ltd');

    // Gone with its file.
    const ended = waitForWords(kith, /A tenant is not served any more/);
    await rm(join(tenantsDir, 'acme.env'));
    await ended;
    expect((await runKith(['tenants'], environment)).out).not.toContain('acme');
    for (const secret of [SIGNING_SECRET, SLACK_APP.clientSecret, HUBSPOT_APP.clientSecret, bolt.slack.botToken])
      expect(log).not.toContain(secret);
    const sealed = await readFile(join(folder, 'data', 'tenants', 'bolt', 'slack-connection.json'), 'utf8');
    expect(sealed).not.toContain(bolt.slack.botToken);
  } finally {
    kith.kill('SIGTERM');
    await new Promise((done) => kith.once('close', done));
    await Promise.all([acme.close(), bolt.close(), stranger.close()]);
  }
});
