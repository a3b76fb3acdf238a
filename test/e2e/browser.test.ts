import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StandInHubspot, startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { type StandInSlack, startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoState, demoWorkspace, GENERAL, PEOPLE } from '../../demo/workspace.ts';
import { commandListings, openApp } from '../../src/app.ts';
import { type Bot, startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config.ts';
import type { Kith } from '../../src/kith.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { CHROMIUM, hasBrowser, launchBrowser, newPage } from '../demo/slack/with-browser.ts';

const quiet = { update: () => undefined };

describe.skipIf(!hasBrowser)(`Kith in a browser (skipped without ${CHROMIUM})`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kith-browser-'));
  let hubspot: StandInHubspot;
  let slack: StandInSlack;
  let kith: Kith;
  let bot: Bot;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let later = 0;

  beforeAll(async () => {
    const { portal } = generatePortal({ seed: 7, companies: 150, asOf: Date.now() });
    const limits = { perTenSeconds: 100_000, searchPerSecond: 100, daily: 1_000_000 };
    hubspot = await startStandInHubspot({ portal, token: 'pat', limits });
    slack = await startStandInSlack({ workspace: demoWorkspace('Acme', portal.owners, commandListings) });
    const environment = { KITH_DATA_DIR: dataDir, HUBSPOT_BASE_URL: hubspot.url, HUBSPOT_ACCESS_TOKEN: 'pat' };
    const base = loadConfig({ ...environment, KITH_HTTP_PORT: '0' });
    const { botToken, appToken, apiUrl } = slack;
    const config = { ...base, slack: { ...base.slack, botToken, appToken, apiUrl } };
    kith = await openApp({ config, logger: createLogger('silent'), now: () => Date.now() + later, asOf: 'now' });
    const at = (await kith.sync({ full: true, progress: quiet })).workspace;
    await at.updateState((state) => ({ ...demoState(state), writeBackApproved: false }));
    await kith.analyse(at, { asOf: null, only: [], progress: quiet });
    bot = await startBot(kith, at, quiet);
    browser = await launchBrowser();
    ({ page, problems } = await newPage(browser));
    page.setDefaultTimeout(30_000);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await bot?.stop();
    await kith?.close();
    await slack?.close();
    await hubspot?.close();
    rmSync(dataDir, { recursive: true, force: true });
    expect(problems).toEqual([]);
  }, 60_000);

  const compose = () => page.locator('#main-write');
  const ask = async (text: string) => {
    await compose().fill(text);
    await compose().press('Enter');
  };
  const annotated = (): number =>
    hubspot.portal
      .ids('companies')
      .filter((id) => (hubspot.portal.properties('companies', id)?.kith_loyalty_tier ?? null) !== null).length;

  test('a command is completed, answered with a chart, and explains itself', async () => {
    await page.goto(`${slack.url}#${PEOPLE.manager}/${CHANNELS.sales}`);
    await compose().pressSequentially('/churn');
    await page.getByRole('option', { name: /\/churn-risk/ }).waitFor();
    await compose().press('Tab');
    expect(await compose().inputValue()).toBe('/churn-risk ');
    await compose().press('Enter');
    const answer = page.locator('.message', { has: page.locator('.picture img') });
    const picture = answer.first().locator('.picture img');
    await picture.waitFor();
    expect(
      await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(1000);
    await answer.first().getByRole('button', { name: 'Why?' }).first().click();
    const why = page.locator('.message.alone', { hasNotText: 'Working on it' });
    await why.first().waitFor();
    expect(await why.first().textContent()).toMatch(/days/);
    expect(await page.locator('[aria-busy=true]').count()).toBe(0);
  }, 90_000);

  test('a write-back is shown before anything is written, and written once it is approved', async () => {
    // A portal's first week is a dry run.
    later = 8 * 24 * 60 * 60 * 1000;
    await page.goto(`${slack.url}#${PEOPLE.controller}/${CHANNELS.finance}`);
    // Only the address has changed: until the page is somebody else's, what is typed is the last person's.
    await page.getByRole('button', { name: /Fay Martin\. Switch user/ }).waitFor();
    await ask('/write-back preview ');
    const approve = page.getByRole('button', { name: 'Approve and write' });
    await approve.first().waitFor();
    expect(annotated()).toBe(0);
    await approve.first().click();
    const asked = page.getByRole('alertdialog', { name: 'Write to the CRM?' });
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'hidden' });
    expect(annotated()).toBe(0);
    await approve.first().click();
    await asked.getByRole('button', { name: 'Write' }).click();
    await page.locator('.message', { hasText: 'annotated in the CRM' }).waitFor();
    expect(annotated()).toBeGreaterThan(50);
  }, 90_000);

  test('somebody who reads Chinese is answered in Chinese, on a page in Chinese, on a phone too', async () => {
    await page.getByRole('button', { name: /Switch user/ }).click();
    await page.getByRole('menuitemradio', { name: /李梅/ }).click();
    await page.getByRole('button', { name: /切换用户/ }).waitFor();
    await page.getByRole('button', { name: /#general/ }).click();
    await ask('/segments ');
    const answer = page.locator('.message.alone', { hasText: '客户' });
    await answer.first().waitFor();
    expect(slack.messages(GENERAL).at(-1)?.text).toMatch(/\p{Script=Han}/u);
    await page.setViewportSize({ width: 375, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  }, 90_000);

  test('the Home opens forms: a wrong time zone is told beside its question, and Kith speaks Chinese from then on', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${slack.url}#${PEOPLE.rep}/${slack.directMessageId(PEOPLE.rep)}/home`);
    await page.getByRole('button', { name: 'Change…' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Language').selectOption({ label: 'Chinese' });
    await form.getByLabel(/Time zone/).fill('Middle/Earth');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.locator('.wrong .problem', { hasText: /\S/ }).waitFor();
    await form.getByLabel(/Time zone/).fill('Asia/Shanghai');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'hidden' });
    await page.locator('.home .block-header', { hasText: /\p{Script=Han}/u }).waitFor();
  }, 90_000);
});
