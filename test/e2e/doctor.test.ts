import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings } from '../../src/app.ts';
import { NO_LIMITS, smallPortal, TOKEN } from '../demo/hubspot/small-portal.ts';
import { runKith, startKith, waitForWords } from './run-kith.ts';

const root = mkdtempSync(join(tmpdir(), 'kith-doctor-e2e-'));
let hubspot: StandInHubspot;
let slack: StandInSlack;
let environment: Record<string, string>;

beforeAll(async () => {
  hubspot = await startStandInHubspot({ portal: smallPortal(), token: TOKEN, limits: NO_LIMITS });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', [], commandListings) });
  environment = {
    KITH_DATA_DIR: join(root, 'data'),
    HUBSPOT_ACCESS_TOKEN: TOKEN,
    HUBSPOT_BASE_URL: hubspot.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    KITH_HTTP_PORT: '0',
  };
});
afterAll(async () => {
  await Promise.all([hubspot?.close(), slack?.close()]);
  rmSync(root, { recursive: true, force: true });
});

describe('kith doctor', () => {
  test('before anything is copied: looks at everything, makes no store, and says what comes next', async () => {
    const { code, out } = await runKith(['doctor'], environment);
    expect(code).toBe(0);
    expect(out).toMatch(/! Data: nothing has been copied yet\n {4}→ Run 'kith sync'/);
    expect(out).toContain('✓ HubSpot scopes: all ');
    expect(out).toContain('✓ Deal pipelines: 1; won stages: Orders › Paid');
    expect(out).toContain('✓ Slack: @kith in Test');
    expect(out).not.toContain('Slack scope missing');
    expect(readdirSync(environment.KITH_DATA_DIR!)).toEqual([]);
  }, 60_000);

  test('opens the store for a moment when nobody has it, and lets it go', async () => {
    expect((await runKith(['sync', '--json'], environment)).code).toBe(0);
    const { code, out } = await runKith(['doctor', '--json'], environment);
    expect(code).toBe(0);
    const { ok, findings } = JSON.parse(out);
    expect(ok).toBe(true);
    const what = findings.map((finding: { what: string }) => finding.what);
    expect(what).toContainEqual(expect.stringMatching(/^Last sync: \d minutes? ago$/));
    expect(what).toContainEqual(expect.stringMatching(/^Won deals: 7; with a company 100%/));
    expect(existsSync(join(environment.KITH_DATA_DIR!, 'kith.lock'))).toBe(false);
  }, 60_000);

  test('lists a record that cannot be read until it is mended in the CRM', async () => {
    hubspot.portal.edit('deals', '504', { amount: 'a lot' });
    const broken = JSON.parse((await runKith(['sync', '--report', '--json'], environment)).out);
    expect(broken.rejects).toEqual([
      {
        objectType: 'deals',
        recordId: '504',
        place: expect.any(String),
        reason: 'amount "a lot" is not a decimal number',
      },
    ]);
    expect((await runKith(['report', 'kith', 'status'], environment)).out).toMatch(/Unreadable records +1\n/);
    expect((await runKith(['doctor'], environment)).out).toContain('! Quarantine: 1 record could not be read');
    hubspot.portal.edit('deals', '504', { amount: '400.50' });
    const mended = JSON.parse((await runKith(['sync', '--report', '--json'], environment)).out);
    expect(mended).toMatchObject({ rejected: 0, rejects: [] });
  }, 120_000);

  test('beside a running Kith: asks it for what only the store tells, and answers in Slack too', async () => {
    const child = startKith(['start'], environment);
    await waitForWords(child, /Kith is in Slack for/);
    const beside = await runKith(['doctor'], { ...environment, KITH_LANGUAGE: 'zh' });
    expect([beside.code, beside.out]).toEqual([0, expect.stringMatching(/✓ 上次同步：\d+ 分钟前/)]);
    expect(beside.out).toContain('✓ 赢单：7 笔');
    await slack.runCommand({ userId: PEOPLE.manager, channelId: 'C05GENERAL', command: '/kith', text: 'doctor' });
    const answer = await slack.waitForMessage(
      ({ ephemeralFor, blocks }) =>
        ephemeralFor === PEOPLE.manager && /Won deals.{1,200}?✓ 7/s.test(JSON.stringify(blocks)),
      30_000,
    );
    expect(answer.text).toMatch(/All is well/);
    expect(JSON.stringify(answer.blocks)).toContain('Put the content of identity.key into');
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 120_000);
});
