import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { startStandInHubspot } from '../../demo/hubspot/start-stand-in-hubspot.ts';
import { generatePortal } from '../../demo/portal/generate-portal.ts';
import { startStandInSlack } from '../../demo/slack/start-stand-in-slack.ts';
import { CHANNELS, demoWorkspace, PEOPLE } from '../../demo/workspace.ts';
import { OPTIONAL_SCOPES } from '../../integrations/slack/scopes.ts';
import { commandListings } from '../../src/app.ts';
import { hasBrowser, launchBrowser } from '../demo/slack/with-browser.ts';
import { CLIENT as HUBSPOT_APP } from '../integrations/hubspot/installation.ts';
import { ALL_SCOPES, OTHER, CLIENT as SLACK_APP } from '../integrations/slack/installation.ts';
import { startKith, waitForWords } from './run-kith.ts';
import { freePort } from './small-crm.ts';

const LIMITS = { perTenSeconds: 1_000_000, searchPerSecond: 1_000_000, daily: 10_000_000 };
const folder = await mkdtemp(join(tmpdir(), 'kith-sign-up-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

it.skipIf(!hasBrowser)(
  'takes a company from nothing to its first answer, on a phone, with a way on from every failure',
  {
    timeout: 240_000,
  },
  async () => {
    const port = await freePort();
    const publicUrl = `http://localhost:${port}`;
    const { portal } = generatePortal({ seed: 9, companies: 25, years: 2, asOf: Date.now() - 3_600_000 });
    const hubspot = await startStandInHubspot({
      portal,
      token: 'pat-not-used',
      limits: LIMITS,
      app: { ...HUBSPOT_APP, redirectUrls: [`${publicUrl}/hubspot/oauth/callback`] },
    });
    const slack = await startStandInSlack({
      workspace: { ...demoWorkspace('Müller & Söhne', portal.owners, commandListings), teamId: 'T0MUELLER' },
      app: {
        ...SLACK_APP,
        redirectUrls: [`${publicUrl}/slack/oauth_redirect`],
        scopes: ALL_SCOPES,
        optionalScopes: OPTIONAL_SCOPES,
        otherWorkspaces: [OTHER],
      },
      signingSecret: 'signing-secret',
      requestUrl: `${publicUrl}/slack/events`,
    });
    const tenantsDir = join(folder, 'tenants.d');
    await mkdir(tenantsDir);
    // Somebody of the same name was there before.
    await mkdir(join(folder, 'data', 'tenants', 'muller-sohne'), { recursive: true });
    const kith = startKith(['start'], {
      KITH_DATA_DIR: join(folder, 'data'),
      KITH_TENANTS_DIR: tenantsDir,
      KITH_SIGN_UP: 'on',
      KITH_HTTP_PORT: String(port),
      KITH_PUBLIC_URL: publicUrl,
      KITH_LOG_LEVEL: 'info',
      SLACK_MODE: 'http',
      SLACK_API_URL: slack.apiUrl,
      SLACK_SIGNING_SECRET: 'signing-secret',
      SLACK_CLIENT_ID: SLACK_APP.clientId,
      SLACK_CLIENT_SECRET: SLACK_APP.clientSecret,
      HUBSPOT_BASE_URL: hubspot.url,
      HUBSPOT_CLIENT_ID: HUBSPOT_APP.clientId,
      HUBSPOT_CLIENT_SECRET: HUBSPOT_APP.clientSecret,
    });
    let log = '';
    kith.stderr!.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    const ask = { userId: PEOPLE.manager, channelId: CHANNELS.sales, command: '/kith', text: 'status' };
    const browser = await launchBrowser();
    const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

    async function newPage(): Promise<Page> {
      const page = await (await browser.newContext({ ...phone, locale: 'en-GB' })).newPage();
      page.setDefaultTimeout(20_000);
      return page;
    }
    const heading = (page: Page): Promise<string | null> => page.locator('h1').textContent();
    /** Nothing is cut off, and what is to be touched is large enough. */
    async function fits(page: Page): Promise<void> {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect((await page.locator('a.go').boundingBox())!.height).toBeGreaterThanOrEqual(44);
    }
    async function addToSlack(page: Page, choice: { decision: 'Allow' | 'Cancel'; team?: string }): Promise<void> {
      await page.goto(`${publicUrl}/install?lang=en`);
      await page.click('a.go');
      if (choice.team !== undefined) await page.selectOption('select[name=team]', choice.team);
      await page.getByRole('button', { name: choice.decision, exact: true }).click();
      await page.waitForURL(`${publicUrl}/**`);
    }
    async function connectHubspot(page: Page, decision: 'Allow' | 'Deny'): Promise<void> {
      await page.click('a.go');
      await page.getByRole('button', { name: decision, exact: true }).click();
      await page.waitForURL(`${publicUrl}/**`);
    }

    try {
      await waitForWords(kith, /Kith serves 0 of 0 tenants/);
      expect((await slack.runCommand(ask)).response?.text).toContain(`sets it up at ${publicUrl}/install`);

      const page = await newPage();
      await page.goto(`${publicUrl}/install`);
      expect(await heading(page)).toBe('Add Kith to your Slack workspace');
      await fits(page);
      await page.getByRole('link', { name: '中文' }).click();
      expect(await heading(page)).toBe('将 Kith 添加到您的 Slack 工作区');
      await fits(page);

      // Refused in Slack, and begun again.
      await addToSlack(page, { decision: 'Cancel' });
      expect(await heading(page)).toContain('Kith was not added');
      expect(await page.locator('a.go').getAttribute('href')).toBe(`${publicUrl}/install?lang=en`);
      // The second step without the first one.
      await page.goto(`${publicUrl}/install/hubspot`);
      expect(await page.textContent('main')).toContain('added to Slack first');

      await addToSlack(page, { decision: 'Allow' });
      expect(await heading(page)).toContain('Kith is in Slack');
      expect(await page.textContent('main')).toContain('One step is left');
      await fits(page);
      expect(await readdir(tenantsDir)).toEqual([]);
      // Refused in HubSpot, and tried again from the page that says so.
      await connectHubspot(page, 'Deny');
      expect(await heading(page)).toContain('HubSpot is not connected yet');
      expect(await page.textContent('main')).toContain('HubSpot was told not to connect');
      // The way back of one browser is worth nothing in another.
      const stranger = await newPage();
      await stranger.goto(page.url().replace('error=access_denied', 'code=stolen'));
      expect(await stranger.textContent('main')).toContain('This browser has not added Kith to Slack');

      const served = waitForWords(kith, /"tenant":"muller-sohne-2"[^\n]*connected to Slack/);
      await connectHubspot(page, 'Allow');
      expect(await heading(page)).toContain('Kith is set up');
      await fits(page);
      await served;
      expect(await readdir(tenantsDir)).toEqual(['muller-sohne-2.env']);
      const own = join(folder, 'data', 'tenants', 'muller-sohne-2');
      expect(existsSync(join(own, 'sign-up.pending'))).toBe(false);
      // Whoever signed up is its administrator, and asks the first question once the first analysis is there.
      const state = JSON.parse(await readFile(join(own, 'state.json'), 'utf8'));
      expect(state.portals[String(portal.account.portalId)].people).toEqual({
        [PEOPLE.manager]: { role: 'admin', department: null, language: null, ownerIds: [] },
      });
      const value = { ...ask, command: '/value', text: '' };
      const isAnswered = () => slack.messages().some(({ blocks }) => JSON.stringify(blocks).includes('data_table'));
      await expect
        .poll(async () => (await slack.runCommand(value)).outcome === 'acknowledged' && isAnswered(), {
          timeout: 90_000,
          interval: 2_000,
        })
        .toBe(true);

      // Once more: the connection of the same workspace is renewed, and it is nobody else's.
      const again = await newPage();
      const renewed = waitForWords(
        kith,
        /A tenant is started again[^\n]*\n(?:.*\n)*?.*"tenant":"muller-sohne-2"[^\n]*connected to Slack/,
      );
      await addToSlack(again, { decision: 'Allow' });
      expect(await again.textContent('main')).toContain('The connection to Müller & Söhne was renewed');
      await renewed;
      // Another workspace, and the account that is connected already.
      await addToSlack(again, { decision: 'Allow', team: OTHER.id });
      await connectHubspot(again, 'Allow');
      expect(await again.textContent('main')).toContain('is connected to Kith already, for another Slack workspace');
      expect(await again.textContent('main')).not.toMatch(/muller|T0MUELLER/i);
      expect(await again.locator('a.go').getAttribute('href')).toBe('/install/hubspot');
      expect(await readdir(tenantsDir)).toEqual(['muller-sohne-2.env']);
      for (const secret of ['signing-secret', SLACK_APP.clientSecret, HUBSPOT_APP.clientSecret, slack.botToken])
        expect(log).not.toContain(secret);
    } finally {
      await browser.close();
      kith.kill('SIGTERM');
      await new Promise((done) => kith.once('close', done));
      await Promise.all([slack.close(), hubspot.close()]);
    }
  },
);
