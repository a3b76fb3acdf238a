import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { erase } from '../../src/jobs/erase.ts';
import type { Kith, Workspace } from '../../src/kith.ts';
import { createLogger } from '../../src/lib/logger.ts';

const GENERAL = 'C05GENERAL';
const dataDir = mkdtempSync(join(tmpdir(), 'kith-bot-'));
const quiet = { update: () => undefined };
let hubspot: StandInHubspot;
let slack: StandInSlack;
let kith: Kith;
let at: Workspace;
let bot: Bot;

beforeAll(async () => {
  const { portal } = generatePortal({ seed: 7, companies: 400, asOf: Date.now() });
  const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
  hubspot = await startStandInHubspot({ portal, token: 'pat', limits });
  slack = await startStandInSlack({ workspace: demoWorkspace('Test', portal.owners, commandListings) });
  const base = loadConfig({
    KITH_DATA_DIR: dataDir,
    HUBSPOT_BASE_URL: hubspot.url,
    HUBSPOT_ACCESS_TOKEN: 'pat',
    KITH_HTTP_PORT: '0',
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
}, 180_000);

afterAll(async () => {
  await bot?.stop();
  await kith?.close();
  await slack?.close();
  await hubspot?.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

const ask = (userId: string, channelId: string, command: string, text = '') =>
  slack.runCommand({ userId, channelId, command, text });
const answersIn = (channelId: string) =>
  slack.messages(channelId).filter(({ user, ephemeralFor }) => user === slack.botUserId && ephemeralFor === null);

describe('the bot', () => {
  test('answers in a department’s channel for everybody, with a picture and its words', async () => {
    const before = answersIn(CHANNELS.sales).length;
    const { outcome, afterMs } = await ask(PEOPLE.manager, CHANNELS.sales, '/churn-risk');
    expect(outcome).toBe('acknowledged');
    expect(afterMs).toBeLessThan(1_000);
    await slack.waitForMessage(() => answersIn(CHANNELS.sales).length > before, 30_000);
    const answer = answersIn(CHANNELS.sales).at(-1)!;
    const image = answer.blocks.find(({ type }) => type === 'image');
    expect(image?.alt_text).toMatch(/\d/);
    expect(answer.text).toContain('at risk');
  }, 60_000);

  test('answers elsewhere to the person who asked alone, with a native chart, in their own language', async () => {
    await ask(PEOPLE.marketer, GENERAL, '/segments');
    const answer = await slack.waitForMessage(
      ({ channel, ephemeralFor, blocks }) =>
        channel === GENERAL && ephemeralFor === PEOPLE.marketer && blocks.length > 2,
      30_000,
    );
    expect(answer.blocks.map(({ type }) => type)).toContain('data_visualization');
    expect(answer.text).toMatch(/客户/);
  }, 60_000);

  test('tells somebody about their own things alone, in their own language, also in a department’s channel', async () => {
    const before = answersIn(CHANNELS.marketing).length;
    const told = async (text: string, start: RegExp) => {
      await ask(PEOPLE.marketer, CHANNELS.marketing, '/kith', text);
      const answer = await slack.waitForMessage(
        (message) =>
          message.channel === CHANNELS.marketing &&
          message.ephemeralFor === PEOPLE.marketer &&
          start.test(message.text),
        30_000,
      );
      expect(answer.threadTs).toBeNull();
      return answer.blocks;
    };
    await told('subscribe marketing weekdays 09:00', /^已订阅/);
    const blocks = await told('订阅', /^您订阅了 1 份摘要/);
    expect(JSON.stringify(blocks)).not.toContain('share');
    await told('subscribe marketing off', /^已取消订阅/);
    const text = `<@${slack.botUserId}> /kith subscribe`;
    await slack.postAsUser({ userId: PEOPLE.marketer, channelId: CHANNELS.marketing, text });
    await slack.waitForMessage(
      (message) =>
        message.channel === CHANNELS.marketing &&
        message.ephemeralFor === PEOPLE.marketer &&
        /No digest comes to you yet|您还没有订阅/.test(message.text),
      30_000,
    );
    expect(answersIn(CHANNELS.marketing)).toHaveLength(before);
  }, 60_000);

  test('calls people and channels by name on Home and in lists', async () => {
    await slack.openHome(PEOPLE.controller);
    await expect.poll(() => JSON.stringify(slack.home(PEOPLE.controller)), { timeout: 30_000 }).toContain('@ana');
    const home = JSON.stringify(slack.home(PEOPLE.controller)?.definition);
    expect(home).toContain('#sales');
    await ask(PEOPLE.controller, GENERAL, '/kith', 'people');
    const people = await slack.waitForMessage(
      ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.controller && text.includes('@ana'),
      30_000,
    );
    await ask(PEOPLE.controller, GENERAL, '/kith', 'settings');
    const settings = await slack.waitForMessage(
      ({ ephemeralFor, text }) => ephemeralFor === PEOPLE.controller && text.includes('channels.sales'),
      30_000,
    );
    for (const shown of [home, people.text, settings.text]) {
      for (const id of [...Object.values(PEOPLE), ...Object.values(CHANNELS)]) expect(shown).not.toContain(id);
    }
    expect(settings.text).toContain('#sales');
  }, 60_000);

  test('says why, to whoever clicks, with their own rights', async () => {
    const list = answersIn(CHANNELS.sales).at(-1)!;
    const click = { userId: PEOPLE.manager, channelId: CHANNELS.sales, ts: list.ts, label: 'Why?' };
    expect((await slack.clickButton(click)).outcome).toBe('acknowledged');
    const why = await slack.waitForMessage(
      ({ ephemeralFor, blocks }) =>
        ephemeralFor === PEOPLE.manager && JSON.stringify(blocks).includes('ssociated with'),
      30_000,
    );
    expect(why.text).not.toMatch(/because/i);
  }, 60_000);

  test('posts a digest once, however often it runs', async () => {
    await bot.runJob('marketing');
    const posted = answersIn(CHANNELS.marketing).length;
    expect(posted).toBeGreaterThan(0);
    await bot.runJob('marketing');
    expect(answersIn(CHANNELS.marketing)).toHaveLength(posted);
  }, 60_000);

  test('acknowledges within a second while analyses run', async () => {
    let running = true;
    const analysing = kith.analyse(at, { asOf: null, only: [], progress: quiet }).finally(() => {
      running = false;
    });
    const delays: number[] = [];
    while (running && delays.length < 40) {
      const { outcome, afterMs } = await ask(PEOPLE.agent, GENERAL, '/kith', 'status');
      expect(outcome).toBe('acknowledged');
      delays.push(afterMs);
    }
    await analysing;
    expect(delays.length).toBeGreaterThan(3);
    expect(Math.max(...delays)).toBeLessThan(1_000);
  }, 120_000);

  test('acknowledges fifty commands at once while an analysis runs, each within the time that Slack allows', async () => {
    let isOver = false;
    const analysing = kith.analyse(at, { asOf: null, only: [], progress: quiet }).finally(() => {
      isOver = true;
    });
    const people = Object.values(PEOPLE);
    const commands = ['/churn-risk', '/segments', '/kith', '/customers'];
    const acks = await Promise.all(
      Array.from({ length: 50 }, (_, i) => ask(people[i % people.length]!, GENERAL, commands[i % commands.length]!)),
    );
    expect(isOver).toBe(false);
    expect(acks.map(({ outcome }) => outcome)).toEqual(Array(50).fill('acknowledged'));
    await analysing;
  }, 120_000);

  test('writes tiers and risks onto the CRM records, once', async () => {
    const first = await kith.writeBack(at, { dryRun: false, progress: quiet });
    expect(first.written).toBeGreaterThan(100);
    const [id] = hubspot.portal
      .ids('companies')
      .filter((one) => hubspot.portal.properties('companies', one)?.kith_loyalty_tier);
    expect(hubspot.portal.properties('companies', id!)).toMatchObject({
      kith_scored_at: expect.any(String),
      kith_segment: expect.any(String),
    });
    expect((await kith.writeBack(at, { dryRun: false, progress: quiet })).written).toBe(0);
    expect((await at.audit.verify()).ok).toBe(true);
  }, 60_000);

  test('forgets a person, and a later sync does not bring them back', async () => {
    const id = hubspot.portal.ids('contacts')[0]!;
    const email = hubspot.portal.properties('contacts', id)!.email!;
    expect(await at.portal.identity.findByEmail(email)).toContain(id);
    const receipt = await erase({ ...at, who: email, actor: 'test', now: Date.now });
    expect(receipt.contactIds).toContain(id);
    await kith.sync({ full: true, progress: quiet });
    expect(await at.portal.identity.findByEmail(email)).toEqual([]);
    expect(
      await at.portal.query('SELECT id FROM {db:Identifier}.contacts FINAL WHERE id = {id:String}', { id }),
    ).toEqual([]);
  }, 120_000);
});
