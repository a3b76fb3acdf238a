import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { button, CHEN, MAYA, SALES, startEchoApp, startSlack } from './echo-app.ts';
import { CHROMIUM, hasBrowser, launchBrowser, newPage } from './with-browser.ts';

const plain = (text: string) => ({ type: 'plain_text', text });

describe.skipIf(!hasBrowser)(`confirming, changing and sharing, in a browser (skipped without ${CHROMIUM})`, () => {
  let browser: Browser;
  let slack: StandInSlack;
  let app: App;
  let page: Page;
  let client: WebClient;
  let problems: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
    ({ page, problems } = await newPage(browser));
  });

  afterEach(async () => {
    await page.close();
    await app.stop();
    await slack.close();
    expect(problems).toEqual([]);
  });

  afterAll(() => browser.close());

  const open = async (channel = SALES.id, user = MAYA.id) => {
    await page.goto(`${slack.url}#${user}/${channel}`);
    await page.locator('.intro').waitFor();
  };
  const asked = () => page.getByRole('alertdialog');
  const compose = () => page.locator('#main-write');
  const own = (text: string) => page.locator('#list .message', { hasText: text });
  const choose = async (text: string, item: string) => {
    await own(text).hover();
    await own(text).getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };

  describe('a button that asks first', () => {
    const clicks: string[] = [];
    const confirm = {
      title: plain('Remove this subscription?'),
      text: { type: 'mrkdwn', text: 'The *Sales* digest no longer comes to you.' },
      confirm: plain('Remove'),
      deny: plain('Keep it'),
      style: 'danger',
    };

    beforeEach(async () => {
      clicks.length = 0;
      app.action(/remove|how/, async ({ ack, action }) => {
        await ack();
        clicks.push('value' in action ? String(action.value) : 'chosen');
      });
      const select = {
        type: 'static_select',
        action_id: 'how',
        placeholder: plain('How often'),
        options: [{ text: plain('daily'), value: 'daily' }],
        confirm: { ...confirm, title: plain('Change it?') },
      };
      const blocks = [{ type: 'actions', elements: [{ ...button('Remove', 'remove', 's_1'), confirm }, select] }];
      await client.chat.postMessage({ channel: SALES.id, text: 'yours', blocks: blocks as never });
      await open();
    });

    it('tells the app only once it is confirmed: by a click, or by Enter', async () => {
      const remove = page.locator('.message').getByRole('button', { name: 'Remove' });
      await remove.click();
      expect(await asked().getAttribute('aria-labelledby')).toBe('confirm-title');
      expect(await asked().textContent()).toBe(
        'Remove this subscription?The Sales digest no longer comes to you.Keep itRemove',
      );
      expect(await asked().locator('strong').textContent()).toBe('Sales');
      expect(await asked().getByRole('button', { name: 'Remove' }).getAttribute('class')).toContain('danger');
      await asked().getByRole('button', { name: 'Keep it' }).click();
      await asked().waitFor({ state: 'hidden' });
      await remove.click();
      await page.keyboard.press('Escape');
      await asked().waitFor({ state: 'hidden' });
      expect(await remove.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
      expect(clicks).toEqual([]);
      await remove.press('Enter');
      await asked().waitFor();
      await page.keyboard.press('Enter');
      await expect.poll(() => clicks).toEqual(['s_1']);
      expect(await asked().count()).toBe(0);
    });

    it('keeps the focus between its two answers', async () => {
      await page.locator('.message').getByRole('button', { name: 'Remove' }).click();
      const focused = () => page.locator(':focus').textContent();
      const seen = [await focused()];
      for (const key of ['Tab', 'Tab', 'Shift+Tab']) {
        await page.keyboard.press(key);
        seen.push(await focused());
      }
      expect(seen).toEqual(['Remove', 'Keep it', 'Remove', 'Keep it']);
      await page.keyboard.press('Enter');
      await asked().waitFor({ state: 'hidden' });
      expect(clicks).toEqual([]);
    });

    it('asks of a choice as well, and takes back what is not confirmed', async () => {
      const select = page.getByRole('combobox', { name: 'How often' });
      await select.selectOption('daily');
      await asked().getByText('Change it?').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => select.inputValue()).toBe('');
      expect(clicks).toEqual([]);
      await select.selectOption('daily');
      await asked().getByRole('button', { name: 'Remove' }).click();
      await expect.poll(() => clicks).toEqual(['chosen']);
      expect(await select.inputValue()).toBe('daily');
    });
  });

  it("lets a person change the words of their own message, and of nobody else's", async () => {
    await slack.postAsUser({ userId: CHEN.id, channelId: SALES.id, text: 'theirs' });
    await open();
    await compose().fill('@陈丽 who went quite & why?');
    await compose().press('Enter');
    await own('quite').waitFor();
    await own('theirs').hover();
    expect(await own('theirs').getByRole('button', { name: 'More actions' }).count()).toBe(0);
    await choose('quite', 'Edit message');
    const editor = page.getByRole('textbox', { name: 'Edit message' });
    expect(await editor.inputValue()).toBe('@陈丽 who went quite & why?');
    await editor.fill('never');
    await editor.press('Escape');
    await own('quite').waitFor();
    await compose().press('ArrowUp');
    await editor.fill('@陈丽 who went quiet & why?');
    await editor.press('Enter');
    await own('quiet & why? (edited)').waitFor();
    expect(await own('quiet').locator('.mention').textContent()).toBe('@陈丽');
    expect(slack.messages(SALES.id).at(-1)!.text).toBe(`<@${CHEN.id}> who went quiet &amp; why?`);
    expect(await editor.count()).toBe(0);
  });

  it('lets a person delete their own message once they confirm it, and keeps the answers below it', async () => {
    await open();
    for (const text of ['first', 'second']) await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text });
    const [first] = slack.messages(SALES.id);
    await client.chat.postMessage({ channel: SALES.id, thread_ts: first!.ts, text: 'an answer' });
    await choose('second', 'Delete message…');
    await page.keyboard.press('Escape');
    expect(await own('second').count()).toBe(1);
    await choose('second', 'Delete message…');
    await asked().getByRole('button', { name: 'Delete' }).click();
    await own('second').waitFor({ state: 'detached' });
    await choose('first', 'Delete message…');
    await asked().getByRole('button', { name: 'Delete' }).click();
    await own('This message was deleted.').getByRole('button', { name: '1 reply' }).click();
    await page.locator('#thread .message', { hasText: 'an answer' }).waitFor();
    expect(slack.messages(SALES.id).map(({ text }) => text)).toEqual(['This message was deleted.', 'an answer']);
  });

  it("marks the app's own message as edited, and lets it vanish", async () => {
    await open();
    const { ts } = await client.chat.postMessage({ channel: SALES.id, text: 'One moment' });
    await own('One moment').waitFor();
    await client.chat.update({ channel: SALES.id, ts: ts!, text: 'Here it is' });
    await own('Here it is (edited)').waitFor();
    await client.chat.delete({ channel: SALES.id, ts: ts! });
    await own('Here it is').waitFor({ state: 'detached' });
  });

  it('sends files with the words, or alone, never with a command', async () => {
    await open();
    const file = (name: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from('id,amount\n1,20\n') });
    const choose = page.locator('#composer input[type=file]');
    await choose.setInputFiles([file('orders.csv'), file('old.csv')]);
    await page.getByRole('button', { name: 'Remove the file: old.csv' }).click();
    await compose().fill('/echo these');
    await page.getByText('A slash command takes no files').waitFor();
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await compose().fill('these');
    await compose().press('Enter');
    await own('these').getByRole('link', { name: 'Download: orders.csv' }).waitFor();
    expect(await page.locator('.chosen-files li').count()).toBe(0);
    await choose.setInputFiles(file('alone.csv'));
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('link', { name: 'Download: alone.csv' }).waitFor();
    expect(slack.files().map(({ name, user, bytes }) => [name, user, bytes.length])).toEqual([
      ['orders.csv', MAYA.id, 15],
      ['alone.csv', MAYA.id, 15],
    ]);
    expect(slack.messages(SALES.id).map(({ text }) => text)).toEqual(['these', '']);
  });

  it('fits a phone: the question, the editor, the files', async () => {
    await page.setViewportSize({ width: 375, height: 700 });
    await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: 'mine' });
    await open();
    const name = `${'a-long-name-'.repeat(8)}.csv`;
    await page
      .locator('#composer input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from('x') });
    await choose('mine', 'Edit message');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await page.keyboard.press('Escape');
    await choose('mine', 'Delete message…');
    expect((await asked().boundingBox())!.width).toBeLessThanOrEqual(343);
  });
});
