import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { churnDetailsSchema } from '../../src/analyses/churn-summary.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Kith, Workspace } from '../../src/kith.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { commandLineViewer } from '../../src/privacy/viewer.ts';

const PUBLIC_URL = 'https://kith.example';
const SECRET = 'app-secret';
const dataDir = mkdtempSync(join(tmpdir(), 'kith-webhooks-'));
const quiet = { update: () => undefined };
let hubspot: StandInHubspot;
let slack: StandInSlack;
let kith: Kith;
let at: Workspace;
let bot: Bot;

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  const { portal } = generatePortal({ seed: 7, companies: 400, asOf: Date.now() });
  const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
  hubspot = await startStandInHubspot({ portal, token: 'pat', limits });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', portal.owners, commandListings) });
  const port = await freePort();
  const base = loadConfig({
    KITH_DATA_DIR: dataDir,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: 'pat',
    HUBSPOT_CLIENT_SECRET: SECRET,
    KITH_PUBLIC_URL: PUBLIC_URL,
    KITH_HTTP_PORT: String(port),
  });
  const config: Config = {
    ...base,
    slack: { ...base.slack, botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
  };
  kith = await openApp({ config, logger: createLogger('silent'), now: Date.now, asOf: 'now' });
  at = (await kith.sync({ full: true, progress: quiet })).workspace;
  await at.updateState(demoState);
  await kith.analyse(at, { asOf: null, only: [], progress: quiet });
  bot = await startBot(kith, at, quiet);
  const path = '/hubspot/webhooks';
  hubspot.webhooks.subscribe({
    url: `http://127.0.0.1:${port}${path}`,
    secret: SECRET,
    publicUrl: `${PUBLIC_URL}${path}`,
  });
}, 180_000);

afterAll(async () => {
  await bot?.stop();
  await kith?.close();
  await slack?.close();
  await hubspot?.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const told = () => slack.messages(CHANNELS.sales).filter(({ text }) => text.includes('no-order risk is now'));

describe('a change in the CRM', () => {
  test('is known within a minute: the customer is scored again, and the owner told once that a band was crossed', async () => {
    const reader = at.reader(commandLineViewer());
    const { run } = (await reader.result('churn-risk'))!;
    const { rows } = await reader.rows(run, 'churn-risk', { band: 'high' });
    // Who buys once a year in a season of their own is not expected again soon, also after an order.
    const isYearly = (details: unknown): boolean => churnDetailsSchema.parse(details).is_yearly;
    const customer = rows.find(({ owner, details }) => owner !== null && !isYearly(details))!;
    expect(customer).toBeDefined();
    const stage = hubspot.portal.portal.stages.find((one) => one.object === 'deals' && Number(one.probability) === 1)!;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    const startedAt = performance.now();
    for (let i = 0; i < 3; i++) {
      const id = hubspot.portal.create('deals', {
        dealname: `Order ${i}`,
        pipeline: stage.pipelineId,
        dealstage: stage.stageId,
        amount: '900',
        closedate: yesterday,
      });
      hubspot.portal.link('deals', id, 'companies', customer.customerId, true);
    }
    expect(await hubspot.webhooks.send({ seed: 1 })).toEqual([204]);
    const message = await slack.waitForMessage(() => told().length > 0, 60_000);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(message.channel).toBe(CHANNELS.sales);
    expect(told()[0]!.text).toContain(customer.name);
    const now = (await reader.rows(run, 'churn-risk', { customerIds: [customer.customerId] })).rows[0]!;
    expect(now.band).not.toBe('high');

    // The same events once more, and one about a property of Kith's own.
    for (const id of hubspot.portal.ids('deals').slice(-3)) hubspot.portal.edit('deals', id, { amount: '900' });
    hubspot.portal.edit('companies', customer.customerId, { kith_risk_band: 'low' });
    await hubspot.webhooks.send({ seed: 2 });
    await bot.runJob('webhooks').catch(() => undefined);
    expect(told()).toHaveLength(1);

    const { outcome } = await slack.runCommand({
      userId: PEOPLE.manager,
      channelId: CHANNELS.sales,
      command: '/kith',
      text: 'status',
    });
    expect(outcome).toBe('acknowledged');
  }, 120_000);
});
