import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Kith } from '../../src/kith.ts';
import { createLogger } from '../../src/lib/logger.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'kith-approve-'));
const quiet = { update: () => undefined };
let later = 0;
let hubspot: StandInHubspot;
let slack: StandInSlack;
let kith: Kith;
let bot: Bot;

beforeAll(async () => {
  const { portal } = generatePortal({ seed: 7, companies: 120, asOf: Date.now() });
  const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
  hubspot = await startStandInHubspot({ portal, token: 'pat', limits });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', portal.owners, commandListings) });
  const environment = { KITH_DATA_DIR: dataDir, HUBSPOT_BASE_URL: hubspot.url, HUBSPOT_ACCESS_TOKEN: 'pat' };
  const base = loadConfig({ ...environment, KITH_HTTP_PORT: '0' });
  const config: Config = {
    ...base,
    slack: { ...base.slack, botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
  };
  kith = await openApp({ config, logger: createLogger('silent'), now: () => Date.now() + later, asOf: 'now' });
  const at = (await kith.sync({ full: true, progress: quiet })).workspace;
  await at.updateState((state) => ({ ...demoState(state), writeBackApproved: false }));
  await kith.analyse(at, { asOf: null, only: [], progress: quiet });
  bot = await startBot(kith, at, quiet);
}, 180_000);

afterAll(async () => {
  await bot?.stop();
  await kith?.close();
  await slack?.close();
  await hubspot?.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const annotated = (): string[] =>
  hubspot.portal
    .ids('companies')
    .filter((id) => (hubspot.portal.properties('companies', id)?.kith_loyalty_tier ?? null) !== null);

test('a plan of the schedule is approved in Slack by who may, written, and undone there', async () => {
  // A portal's first week is a dry run.
  later = 8 * 24 * 60 * 60 * 1000;
  await bot.runJob('write-back');
  const plan = await slack.waitForMessage(
    ({ channel, text }) => channel === CHANNELS.finance && text.includes('Write-back would change'),
    30_000,
  );
  expect(annotated()).toEqual([]);
  const click = { channelId: CHANNELS.finance, ts: plan.ts, label: 'Approve and write' };
  await slack.clickButton({ ...click, userId: PEOPLE.rep });
  await slack.waitForMessage(
    ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.rep && text.includes('for admins and managers'),
    30_000,
  );
  expect(annotated()).toEqual([]);
  await slack.clickButton({ ...click, userId: PEOPLE.controller });
  const done = await slack.waitForMessage(
    ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.controller && text.includes('annotated in the CRM'),
    60_000,
  );
  const written = annotated();
  expect(written.length).toBeGreaterThan(50);
  hubspot.portal.edit('companies', written[0]!, { kith_reasons: 'I know them' });
  await slack.clickButton({
    userId: PEOPLE.controller,
    channelId: CHANNELS.finance,
    ts: done.ts,
    label: 'Undo',
  });
  const undone = await slack.waitForMessage(
    ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.controller && text.includes('hold what they held before'),
    60_000,
  );
  expect(JSON.stringify(undone.blocks)).toContain('I know them');
  expect(annotated()).toEqual([]);
  expect(hubspot.portal.properties('companies', written[0]!)?.kith_reasons).toBe('I know them');
}, 180_000);
