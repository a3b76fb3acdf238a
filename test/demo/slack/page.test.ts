import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { CHEN, MAYA, SALES, startEchoApp, startSlack } from './echo-app.ts';
import { CHROMIUM, hasBrowser, launchBrowser, newPage } from './with-browser.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

describe.skipIf(!hasBrowser)(`the page, in a browser (skipped without ${CHROMIUM})`, () => {
  let browser: Browser;
  let slack: StandInSlack;
  let app: App | null = null;
  let page: Page;
  let client: WebClient;
  let problems: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    slack = await startSlack({ ackWithinMs: 1000 });
    client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
    ({ page, problems } = await newPage(browser));
  });

  afterEach(async () => {
    await page.close();
    await app?.stop();
    app = null;
    await slack.close();
    expect(problems).toEqual([]);
  });

  afterAll(() => browser.close());

  const open = async (user = MAYA.id, channel = SALES.id) => {
    await page.goto(`${slack.url}#${user}/${channel}`);
    await page.locator('.intro').waitFor();
  };
  const compose = () => page.locator('#main-write');

  it('completes a slash command, shows the answer to its user alone, and tells of a clicked button', async () => {
    app = await startEchoApp(slack);
    await open();
    await compose().fill('/');
    expect(await page.getByRole('option').allTextContents()).toEqual([
      '/echo [words]Says it again',
      '/shout [words]Says it to everybody',
      '/silent Never acknowledges',
    ]);
    await compose().press('ArrowDown');
    await compose().press('ArrowUp');
    await compose().press('Tab');
    expect(await compose().inputValue()).toBe('/echo ');
    expect(await page.locator('#composer .usage').textContent()).toContain('/echo [words]');
    await compose().pressSequentially('hello');
    await compose().press('Enter');
    const answer = page.locator('.message', { hasText: 'echo hello' });
    await answer.waitFor();
    expect(await answer.textContent()).toContain('Only visible to you');
    expect(await answer.locator('strong', { hasText: 'hello' }).count()).toBe(1);
    await answer.getByRole('button', { name: 'Why?' }).click();
    await page.locator('.message', { hasText: 'because opaque-1' }).waitFor();
    expect(await page.locator('[aria-busy=true]').count()).toBe(0);

    await page.getByRole('button', { name: /Switch user/ }).click();
    await page.getByRole('menuitemradio', { name: /陈丽/ }).click();
    await page.getByRole('button', { name: /切换用户/ }).waitFor();
    expect(await page.locator('.message').count()).toBe(0);
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await compose().getAttribute('placeholder')).toBe('发送消息到 #sales');
  });

  it('shows that the app works until it answers', async () => {
    app = await startEchoApp(slack);
    await open();
    await compose().fill('/silent');
    await compose().press('Enter');
    await page.getByText('Kith is working on it…').waitFor();
    await page.getByText('operation_timeout').waitFor();
    expect(await page.getByText('Kith is working on it…').count()).toBe(0);
  });

  it('draws every kind of block, and never as mark-up', async () => {
    const upload = await client.filesUploadV2({ file: PNG, filename: 'chart.png' });
    const id = (upload.files as { files: { id: string }[] }[])[0]!.files[0]!.id;
    await client.files.info({ file: id });
    await client.files.info({ file: id });
    const cell = (text: string) => ({ type: 'raw_text', text });
    const axis = { categories: ['Jan', 'Feb'] };
    const data = [
      { label: 'Jan', value: 3 },
      { label: 'Feb', value: -1 },
    ];
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: '<b>Gold</b>' } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: '*bold* _it_ `co` <https://a.example|link> <@U0CHEN> &lt;img src=x onerror=alert(1)&gt;\n> quoted',
        },
      },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*At risk*\n14' }] },
      { type: 'image', slack_file: { id }, alt_text: 'Tiers as bars' },
      {
        type: 'data_table',
        caption: 'Call first',
        rows: [
          [cell('Customer'), cell('Value')],
          [cell('Blythe & Sons'), cell('£31,870')],
        ],
      },
      {
        type: 'data_visualization',
        title: 'By month',
        chart: { type: 'bar', series: [{ name: 'a', data }], axis_config: axis },
      },
      { type: 'data_visualization', title: 'By share', chart: { type: 'pie', segments: [{ label: 'All', value: 2 }] } },
      { type: 'divider' },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'Data as of 09:00' }] },
    ];
    await client.chat.postMessage({ channel: SALES.id, text: 'all', blocks: blocks as never });
    const line = { type: 'line', series: [{ name: 'a', data }], axis_config: axis };
    await client.chat.postMessage({
      channel: SALES.id,
      text: 'more',
      blocks: [{ type: 'data_visualization', title: 'Line', chart: line }] as never,
    });
    await open();
    const message = page.locator('.message').first();
    expect(await message.getByRole('heading').textContent()).toBe('<b>Gold</b>');
    expect(await message.locator('.words').first().textContent()).toBe(
      'bold it co link @陈丽 <img src=x onerror=alert(1)>quoted',
    );
    expect(await message.getByRole('link', { name: 'link' }).getAttribute('rel')).toBe('noopener noreferrer');
    expect(await message.getByRole('table', { name: 'Call first' }).getByRole('row').count()).toBe(2);
    expect(await message.getByRole('img', { name: 'By month. a: Jan 3, Feb -1' }).locator('rect').count()).toBe(2);
    expect(
      await message
        .getByRole('img', { name: /By share/ })
        .locator('path')
        .count(),
    ).toBe(1);
    expect(await page.locator('polyline').count()).toBe(1);
    await message.getByRole('button', { name: /Enlarge/ }).click();
    expect(await page.getByRole('dialog').locator('img').getAttribute('alt')).toBe('Tiers as bars');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('counts what is unread elsewhere, and follows changes as they happen', async () => {
    await open(MAYA.id, slack.directMessageId(MAYA.id));
    const posted = await client.chat.postMessage({ channel: SALES.id, text: 'one' });
    await page.getByRole('button', { name: '#sales, 1 unread message' }).click();
    await page.locator('.message', { hasText: 'one' }).waitFor();
    await client.chat.update({ channel: SALES.id, ts: posted.ts!, text: 'two' });
    await page.locator('.message', { hasText: 'two' }).waitFor();
    await client.chat.postMessage({ channel: SALES.id, text: 'in a thread', thread_ts: posted.ts! });
    await page.locator('.thread-line', { hasText: '1 reply' }).waitFor();
    await client.chat.delete({ channel: SALES.id, ts: posted.ts! });
    await page.locator('.message', { hasText: 'two' }).waitFor({ state: 'detached' });
  });

  it("tells the time in the user's zone", async () => {
    await client.chat.postMessage({ channel: SALES.id, text: 'one' });
    const at = new Date(Number(slack.messages()[0]!.ts) * 1000);
    await open(CHEN.id);
    const expected = new Intl.DateTimeFormat('zh-CN', {
      timeZone: 'Asia/Shanghai',
      hour: 'numeric',
      minute: '2-digit',
    }).format(at);
    expect(await page.locator('.message time').first().textContent()).toBe(expected);
  });

  it('turns a name after an at sign into a mention, shows the answer in its thread, and escapes what is typed', async () => {
    app = await startEchoApp(slack);
    await open();
    await compose().fill('@Kith <b>hi</b>');
    await compose().press('Enter');
    await page.locator('#thread .message', { hasText: 'you said @Kith <b>hi</b>' }).waitFor();
    expect(slack.messages()[0]!.text).toBe(`<@${slack.botUserId}> &lt;b&gt;hi&lt;/b&gt;`);
  });

  it('tells the app that its direct conversation is open, and shows the Home that it publishes', async () => {
    app = await startEchoApp(slack);
    app.event('app_home_opened', async ({ event, client: web }) => {
      const text = { type: 'plain_text' as const, text: 'My customers at risk' };
      await web.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text }] } });
    });
    await open(MAYA.id, slack.directMessageId(MAYA.id));
    await page.getByRole('button', { name: 'Home' }).click();
    await page.getByRole('heading', { name: 'My customers at risk' }).waitFor();
    await page.getByRole('button', { name: 'Messages' }).click();
    expect(await compose().isVisible()).toBe(true);
  });

  it('suggests three commands to a newcomer, which fill the composer', async () => {
    await open();
    expect(await page.locator('.chip').allTextContents()).toEqual(['/echo', '/shout', '/silent']);
    await page.locator('.chip').first().click();
    expect(await compose().inputValue()).toBe('/echo');
  });

  it('fits a phone, with the channels in a drawer', async () => {
    await page.setViewportSize({ width: 375, height: 812 });
    await client.chat.postMessage({ channel: SALES.id, text: 'a long word '.repeat(40) });
    await open(MAYA.id, slack.directMessageId(MAYA.id));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(await page.getByRole('button', { name: /#sales/ }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Open the channel list' }).click();
    await page.getByRole('button', { name: /#sales/ }).click();
    await page.getByRole('heading', { name: '#sales', exact: true }).waitFor();
    await page
      .getByRole('button', { name: /#marketing|#sales/ })
      .first()
      .waitFor({ state: 'hidden' });
  });

  it('is served with a policy that lets nothing else run', async () => {
    const answer = await fetch(slack.url);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const foreign = await fetch(new URL('/page-api/act', slack.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
      body: JSON.stringify({ act: 'message', user: MAYA.id, channel: SALES.id, text: 'x' }),
    });
    expect(foreign.status).toBe(403);
    expect((await fetch(new URL('/page/..%2f..%2fstart-stand-in-slack.ts', slack.url))).status).toBe(404);
  });
});
