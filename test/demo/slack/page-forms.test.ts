import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { button, CHEN, MAYA, SALES, startEchoApp, startSlack, WORKSPACE } from './echo-app.ts';
import { CHROMIUM, hasBrowser, launchBrowser, newPage } from './with-browser.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value), value });
const input = (blockId: string, label: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id: blockId,
  label: plain(label),
  element: { action_id: 'x', ...element },
  ...more,
});
const FORM = [
  { type: 'section', text: plain('When should it come?') },
  input('name', 'Name', { type: 'plain_text_input' }),
  input('count', 'Customers', { type: 'number_input', is_decimal_allowed: false, max_value: '9' }),
  input('how', 'How often', { type: 'static_select', options: [option('daily'), option('weekly')] }),
  input('where', 'Channel', { type: 'conversations_select' }),
  input('day', 'First day', { type: 'datepicker', initial_date: '2026-01-31' }, { hint: plain('A working day') }),
  input('kinds', 'Kinds', { type: 'checkboxes', options: [option('risk'), option('sales')] }, { optional: true }),
];
const modal = (blocks: object[], more: object = {}) =>
  ({
    type: 'modal',
    callback_id: 'form',
    title: plain('Subscribe'),
    submit: plain('Save'),
    close: plain('Not now'),
    blocks,
    ...more,
  }) as never;

describe.skipIf(!hasBrowser)(`forms, threads and the Home, in a browser (skipped without ${CHROMIUM})`, () => {
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
    const shortcuts = [{ kind: 'message' as const, callbackId: 'ask', name: 'Ask Kith about this' }];
    slack = await startSlack({ workspace: { ...WORKSPACE, shortcuts, users: [{ ...MAYA, access: 'manager' }, CHEN] } });
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

  const open = async (user = MAYA.id, channel = SALES.id, tab = '') => {
    await page.goto(`${slack.url}#${user}/${channel}${tab}`);
    await page.locator('#header h1').waitFor();
  };
  const dialog = () => page.getByRole('dialog', { name: 'Subscribe' });

  /** Opens a modal by a click on the page. */
  const openModal = async (view: never) => {
    app.action('subscribe', async ({ ack, body, client: web }) => {
      await ack();
      await web.views.open({ trigger_id: 'trigger_id' in body ? body.trigger_id : '', view });
    });
    const blocks = [{ type: 'actions', elements: [button('Subscribe', 'subscribe', '1')] }] as never;
    await client.chat.postMessage({ channel: SALES.id, text: 'subscribe', blocks });
    await open();
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await dialog().waitFor();
  };

  it('shows what is wrong beside each question, and hands the form in once it is right', async () => {
    const seen: unknown[] = [];
    app.view('form', async ({ ack, view }) => {
      const { name, ...others } = view.state.values;
      if (name!.x!.value === 'taken') return ack({ response_action: 'errors', errors: { name: 'Somebody has this' } });
      seen.push(others);
      await ack();
    });
    await openModal(modal(FORM));
    expect(await page.evaluate('document.activeElement.id')).toBe(
      await page.getByLabel('Name', { exact: true }).getAttribute('id'),
    );
    const problem = (blockId: string) => page.locator(`[data-block="${blockId}"] .problem`);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await problem('name').getByText('Please complete this required field.').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await problem('kinds').textContent()).toBe('');

    await page.getByLabel('Name', { exact: true }).fill('taken');
    await page.getByLabel('Customers').fill('12');
    await page.getByLabel('How often').selectOption('weekly');
    await page.getByLabel('Channel', { exact: true }).selectOption({ label: '#sales' });
    await page.getByLabel('risk').check();
    await page.keyboard.press('Enter');
    await problem('count').getByText('Please enter 9 or less.').waitFor();
    await page.getByLabel('Customers').fill('9');
    await page.getByLabel('Customers').press('Enter');
    await problem('name').getByText('Somebody has this').waitFor();
    expect(await problem('count').textContent()).toBe('');

    await page.getByLabel('Name', { exact: true }).fill('free');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(seen).toEqual([
      {
        count: { x: { type: 'number_input', value: '9' } },
        how: { x: { type: 'static_select', selected_option: option('weekly') } },
        where: { x: { type: 'conversations_select', selected_conversation: SALES.id } },
        day: { x: { type: 'datepicker', selected_date: '2026-01-31' } },
        kinds: { x: { type: 'checkboxes', selected_options: [option('risk')] } },
      },
    ]);
    expect(await page.locator('[aria-busy=true]').count()).toBe(0);
  });

  it('keeps the focus inside a modal, and closes it with Escape or its button', async () => {
    await openModal(modal([input('name', 'Name', { type: 'plain_text_input' })]));
    const isInside =
      'document.querySelector("#modal").contains(document.activeElement) || document.activeElement === document.body';
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(isInside)).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    expect(slack.modals()).toEqual([]);
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await dialog().getByRole('button', { name: 'Not now' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(slack.modals()).toEqual([]);
  });

  it('goes from step to step, keeps what was entered below, and says so when the app does not answer rightly', async () => {
    const step = modal([], { title: plain('Step two'), callback_id: 'two' });
    app.view('form', async ({ ack }) => ack({ response_action: 'push', view: step }));
    app.view('two', async ({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'x' } }));
    await openModal(modal([input('name', 'Name', { type: 'plain_text_input' })]));
    await page.getByLabel('Name').fill('kept');
    await page.keyboard.press('Enter');
    const second = page.getByRole('dialog', { name: 'Step two' });
    await second.waitFor();
    await second.getByRole('button', { name: 'Save' }).click();
    await second.getByText('We had some trouble connecting').waitFor();
    await second.getByRole('button', { name: 'Not now' }).click();
    await dialog().waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('kept');
  });

  it('opens a thread beside the messages, and carries a reply into it', async () => {
    const root = await client.chat.postMessage({ channel: SALES.id, text: 'The digest' });
    await open();
    const message = page.locator('#list .message', { hasText: 'The digest' });
    await message.hover();
    await message.getByRole('button', { name: 'Reply in thread' }).click();
    await page.getByText('No replies yet').waitFor();
    await page.keyboard.type('@Ki');
    await page.keyboard.press('Tab');
    await page.keyboard.type('and now?');
    await page.keyboard.press('Enter');
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.locator('.message', { hasText: '@Kith and now?' }).first().waitFor();
    await message.getByRole('button', { name: /2 replies/ }).waitFor();
    expect(slack.messages(SALES.id)[1]).toMatchObject({
      text: `<@${slack.botUserId}> and now?`,
      threadTs: root.ts!,
      user: MAYA.id,
    });
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'hidden' });
  });

  it("offers the app's shortcut in a message's menu, by the keyboard too, and not for what is only visible to one", async () => {
    app.shortcut('ask', async ({ ack, respond, shortcut }) => {
      await ack();
      const about = 'message' in shortcut ? shortcut.message.text : '';
      await respond({ text: `about: ${about}`, response_type: 'ephemeral', replace_original: false });
    });
    await slack.postAsUser({ userId: CHEN.id, channelId: SALES.id, text: 'Acme went quiet' });
    await open();
    const message = page.locator('.message', { hasText: 'Acme went quiet' }).first();
    await message.getByRole('button', { name: 'More actions' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Ask Kith about this' }).press('Enter');
    const answer = page.locator('.message.alone', { hasText: 'about: Acme went quiet' });
    await answer.waitFor();
    expect(await answer.getByRole('button', { name: 'More actions' }).count()).toBe(0);
    expect(await page.getByText('Kith is working on it…').count()).toBe(0);
  });

  it('lets a person act on the Home: a button, a select, checkboxes', async () => {
    const seen: string[] = [];
    app.action(/.*/, async ({ ack, action }) => {
      await ack();
      seen.push(JSON.stringify(action));
    });
    const zones = { type: 'static_select', action_id: 'zone', options: [option('Lisbon'), option('Paris')] };
    const kinds = { type: 'checkboxes', action_id: 'kinds', options: [option('risk'), option('sales')] };
    const blocks = [
      { type: 'section', block_id: 'zone', text: plain('Your zone'), accessory: zones },
      { type: 'actions', block_id: 'row', elements: [button('Pause', 'pause', 'p1'), kinds] },
    ] as never;
    await client.views.publish({ user_id: MAYA.id, view: { type: 'home', blocks } });
    await open(MAYA.id, slack.directMessageId(MAYA.id), '/home');
    await page.getByLabel('Your zone').selectOption('Paris');
    await expect.poll(() => seen.length).toBe(1);
    await page.getByLabel('risk').check();
    await expect.poll(() => seen.length).toBe(2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => seen.length).toBe(3);
    expect(seen.map((text) => JSON.parse(text))).toMatchObject([
      { type: 'static_select', selected_option: { value: 'Paris' } },
      { type: 'checkboxes', selected_options: [{ value: 'risk' }] },
      { type: 'button', value: 'p1' },
    ]);
    await client.views.publish({ user_id: MAYA.id, view: { type: 'home', blocks: [] } });
    await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
  });

  it('shows files as cards to take away, and says what a person may do in Kith', async () => {
    await client.filesUploadV2({
      file: Buffer.from('a,b\n1,2\n'),
      filename: 'at-risk.csv',
      title: 'At risk',
      channel_id: SALES.id,
    });
    await open();
    const card = page.getByRole('link', { name: 'Download: At risk' });
    await card.waitFor();
    expect(await card.textContent()).toContain('at-risk.csv · 0.1 kB');
    const [download] = await Promise.all([page.waitForEvent('download'), card.click()]);
    expect(download.suggestedFilename()).toBe('at-risk.csv');
    expect(await page.getByRole('button', { name: /Switch user/ }).textContent()).toContain('Manager');
  });

  it('marks what is new since the last look, and says when the Home is empty', async () => {
    await client.chat.postMessage({ channel: SALES.id, text: 'old' });
    await open();
    await page.locator('.message', { hasText: 'old' }).waitFor();
    await page.getByRole('button', { name: /Direct message with Kith/ }).click();
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    await page.getByText('Nothing here yet').waitFor();
    await client.chat.postMessage({ channel: SALES.id, text: 'fresh' });
    await page.getByRole('button', { name: '#sales, 1 unread message' }).click();
    const after = page.getByRole('separator', { name: 'New' }).locator('xpath=following-sibling::*[1]');
    expect(await after.textContent()).toContain('fresh');
  });

  it('fits a phone: a modal, a thread, no sideways scrolling', async () => {
    await page.setViewportSize({ width: 375, height: 740 });
    await openModal(modal(FORM));
    const isNarrow = async () =>
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    await isNarrow();
    const { x, width } = (await dialog().boundingBox())!;
    expect(x >= 0 && x + width <= 375).toBe(true);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await slack.postAsUser({
      userId: CHEN.id,
      channelId: SALES.id,
      text: 'in a thread',
      threadTs: slack.messages(SALES.id)[0]!.ts,
    });
    await page.getByRole('button', { name: /1 reply/ }).click();
    await page.getByRole('complementary', { name: 'Thread' }).waitFor();
    await isNarrow();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'hidden' });
  });
});
