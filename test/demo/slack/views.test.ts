import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { button, MAYA, SALES, startEchoApp, startSlack } from './echo-app.ts';

let slack: StandInSlack;
let app: App;
let time = Date.UTC(2026, 0, 5);

beforeEach(async () => {
  time = Date.UTC(2026, 0, 5);
  slack = await startSlack({ now: () => time });
  app = await startEchoApp(slack);
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const client = () =>
  new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logLevel: 'error' as never });
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'no refusal',
    (error) => error.data?.error ?? error.message,
  );
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
const input = (blockId: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id: blockId,
  label: plain(blockId),
  element: { action_id: 'x', ...element },
  ...more,
});
const modal = (blocks: object[], more: object = {}) =>
  ({ type: 'modal', title: plain('Threshold'), submit: plain('Save'), blocks, ...more }) as never;

/** Opens a modal by a click on a message's button. */
async function openModal(view: never): Promise<void> {
  app.action('ask', async ({ ack, body, client: web }) => {
    await ack();
    await web.views.open({ trigger_id: 'trigger_id' in body ? body.trigger_id : '', view });
  });
  await client().chat.postMessage({
    channel: SALES.id,
    text: 'ask',
    blocks: [{ type: 'actions', elements: [button('Ask', 'ask', '1')] }] as never,
  });
  await slack.clickButton({ userId: MAYA.id, label: 'Ask' });
  await expect.poll(() => slack.modals(MAYA.id).length).toBe(1);
}

const title = () => (slack.modals(MAYA.id).at(-1)?.definition.title as { text: string } | undefined)?.text;

describe('a modal that is handed in', () => {
  it("carries every input's value in Slack's form, what was there at first included", async () => {
    const seen: unknown[] = [];
    app.view('form', async ({ ack, view }) => {
      seen.push(view.state.values, view.private_metadata);
      await ack();
    });
    await openModal(
      modal(
        [
          input('text', { type: 'plain_text_input', initial_value: 'before' }),
          input('number', { type: 'number_input', is_decimal_allowed: false }),
          input('choice', { type: 'static_select', options: [option('a'), option('b')], initial_option: option('a') }),
          input('channel', { type: 'conversations_select' }),
          input('person', { type: 'users_select' }),
          input('day', { type: 'datepicker' }),
          input('time', { type: 'timepicker', initial_time: '09:00' }),
          input('several', { type: 'checkboxes', options: [option('a'), option('b')] }, { optional: true }),
        ],
        { callback_id: 'form', private_metadata: 'kept' },
      ),
    );
    const { outcome, errors } = await slack.submitModal({
      userId: MAYA.id,
      entered: {
        number: { x: '12' },
        choice: { x: 'b' },
        channel: { x: SALES.id },
        person: { x: MAYA.id },
        day: { x: '2026-01-31' },
        several: { x: ['b'] },
      },
    });
    expect([outcome, errors, slack.modals()]).toEqual(['acknowledged', {}, []]);
    expect(seen).toEqual([
      {
        text: { x: { type: 'plain_text_input', value: 'before' } },
        number: { x: { type: 'number_input', value: '12' } },
        choice: { x: { type: 'static_select', selected_option: option('b') } },
        channel: { x: { type: 'conversations_select', selected_conversation: SALES.id } },
        person: { x: { type: 'users_select', selected_user: MAYA.id } },
        day: { x: { type: 'datepicker', selected_date: '2026-01-31' } },
        time: { x: { type: 'timepicker', selected_time: '09:00' } },
        several: { x: { type: 'checkboxes', selected_options: [option('b')] } },
      },
      'kept',
    ]);
  });

  it('is kept back by Slack while something required is missing or out of range, and the app hears nothing', async () => {
    let heard = 0;
    app.view('form', async ({ ack }) => {
      heard += 1;
      await ack();
    });
    await openModal(
      modal(
        [
          input('text', { type: 'plain_text_input', min_length: 3 }),
          input('number', { type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: '9' }),
          input('mail', { type: 'email_text_input' }, { optional: true }),
        ],
        { callback_id: 'form' },
      ),
    );
    const errorsFor = async (text: string, number: string, mail: string) =>
      (
        await slack.submitModal({
          userId: MAYA.id,
          entered: { text: { x: text }, number: { x: number }, mail: { x: mail } },
        })
      ).errors;
    expect(await errorsFor('', '', '')).toEqual({
      text: 'Please complete this required field.',
      number: 'Please complete this required field.',
    });
    expect(await errorsFor('ab', '10', 'nobody')).toEqual({
      text: 'Please enter at least 3 characters.',
      number: 'Please enter 9 or less.',
      mail: 'Please enter an e-mail address.',
    });
    expect(await errorsFor('abc', '1.5', '')).toEqual({ number: 'Please enter a whole number.' });
    expect(await errorsFor('abc', 'six', '')).toEqual({ number: 'Please enter a number.' });
    expect(heard).toBe(0);
    expect(await errorsFor('abc', '9', 'a@b.example')).toEqual({});
    expect(heard).toBe(1);
  });

  it("stays with the app's errors, and is not valid when an error belongs to no input", async () => {
    app.view('form', async ({ ack, view }) => {
      const value = view.state.values.text!.x!.value!;
      await ack({ response_action: 'errors', errors: value === 'odd' ? { nowhere: 'No' } : { text: 'Not this one' } });
    });
    await openModal(modal([input('text', { type: 'plain_text_input' })], { callback_id: 'form' }));
    const submit = (value: string) => slack.submitModal({ userId: MAYA.id, entered: { text: { x: value } } });
    expect(await submit('a')).toMatchObject({ outcome: 'acknowledged', errors: { text: 'Not this one' } });
    expect(await submit('odd')).toMatchObject({ outcome: 'bad-answer', errors: {} });
    expect(slack.modals()).toHaveLength(1);
  });

  it('is replaced, covered and cleared as the app answers, never by an invalid view', async () => {
    const step = (name: string, more: object = {}) => modal([], { title: plain(name), callback_id: name, ...more });
    app.view('one', async ({ ack }) => ack({ response_action: 'update', view: step('two') }));
    app.view('two', async ({ ack }) => ack({ response_action: 'push', view: step('three') }));
    app.view('three', async ({ ack }) => ack({ response_action: 'push', view: step('x'.repeat(25)) }));
    await openModal(step('one'));
    const [first] = slack.modals(MAYA.id);
    await slack.submitModal({ userId: MAYA.id });
    expect([title(), slack.modals(MAYA.id)[0]!.id]).toEqual(['two', first!.id]);
    expect(slack.modals(MAYA.id)[0]!.hash).not.toBe(first!.hash);
    await slack.submitModal({ userId: MAYA.id });
    expect([title(), slack.modals(MAYA.id).length]).toEqual(['three', 2]);
    expect((await slack.submitModal({ userId: MAYA.id })).outcome).toBe('bad-answer');
    app.view('three', async () => {});
    await slack.closeModal(MAYA.id);
    expect(title()).toBe('two');
    await slack.closeModal(MAYA.id, true);
    expect(slack.modals()).toEqual([]);
    await expect(slack.submitModal({ userId: MAYA.id })).rejects.toThrow('no modal open');
  });

  it('stays when the app does not acknowledge in time', async () => {
    await openModal(modal([]));
    await app.stop();
    await expect.poll(() => slack.connections()).toBe(0);
    expect((await slack.submitModal({ userId: MAYA.id })).outcome).toBe('not-connected');
    expect(slack.modals()).toHaveLength(1);
    app = await startEchoApp(slack);
  });

  it('tells the app that it was closed only when it asked to hear of it', async () => {
    const closed: unknown[] = [];
    app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
      closed.push((body as { is_cleared?: boolean }).is_cleared);
      await ack();
    });
    await openModal(modal([], { callback_id: 'form', notify_on_close: true }));
    await slack.closeModal(MAYA.id);
    expect([closed, slack.modals()]).toEqual([[false], []]);
  });
});

describe('views on top of each other', () => {
  it('are three at most, and only an act in a modal brings another', async () => {
    const triggers: string[] = [];
    const blocks = [{ type: 'actions', elements: [button('More', 'more', '1')] }];
    app.action('more', async ({ ack, body }) => {
      await ack();
      if ('trigger_id' in body) triggers.push(body.trigger_id);
    });
    await openModal(modal(blocks));
    const more = async () => {
      await slack.clickButton({ userId: MAYA.id, surface: 'modal', actionId: 'more' });
      return client().views.push({ trigger_id: triggers.at(-1)!, view: modal(blocks) });
    };
    expect((await more()).view).toMatchObject({
      root_view_id: slack.modals(MAYA.id)[0]!.id,
      previous_view_id: slack.modals(MAYA.id)[0]!.id,
    });
    await more();
    expect(await refusal(more())).toBe('push_limit_reached');
    await slack.clickButton({ userId: MAYA.id, surface: 'modal', actionId: 'more' });
    time += 3001;
    expect(await refusal(client().views.push({ trigger_id: triggers.at(-1)!, view: modal([]) }))).toBe(
      'expired_trigger_id',
    );
    app.action('outside', async ({ ack, body }) => {
      await ack();
      if ('trigger_id' in body) triggers.push(body.trigger_id);
    });
    const blocksOf = [{ type: 'actions', elements: [button('Outside', 'outside', '1')] }] as never;
    await client().chat.postMessage({ channel: SALES.id, text: 'x', blocks: blocksOf });
    await slack.clickButton({ userId: MAYA.id, label: 'Outside' });
    expect(await refusal(client().views.push({ trigger_id: triggers.at(-1)!, view: modal([]) }))).toBe(
      'invalid_trigger_id',
    );
  });

  it('are changed by id or by external id, and not when they changed meanwhile', async () => {
    await openModal(modal([], { external_id: 'mine' }));
    const { id, hash } = slack.modals(MAYA.id)[0]!;
    await client().views.update({ external_id: 'mine', view: modal([], { title: plain('New'), external_id: 'mine' }) });
    expect(title()).toBe('New');
    expect(await refusal(client().views.update({ view_id: id, hash, view: modal([]) }))).toBe('hash_conflict');
    expect(await refusal(client().views.update({ view_id: 'V0', view: modal([]) }))).toBe('not_found');
  });
});

describe('a choice', () => {
  it('in a message carries what was chosen, and in which thread', async () => {
    const seen: Record<string, unknown>[] = [];
    app.action('pick', async ({ ack, body }) => {
      await ack();
      seen.push(JSON.parse(JSON.stringify(body)));
    });
    const root = await client().chat.postMessage({ channel: SALES.id, text: 'root' });
    const select = { type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] };
    const day = { type: 'datepicker', action_id: 'day' };
    await client().chat.postMessage({
      channel: SALES.id,
      text: 'pick',
      thread_ts: root.ts!,
      blocks: [{ type: 'actions', block_id: 'row', elements: [select, day] }] as never,
    });
    await slack.clickButton({ userId: MAYA.id, actionId: 'pick', chosen: 'b' });
    expect(seen[0]).toMatchObject({
      actions: [{ type: 'static_select', block_id: 'row', selected_option: option('b') }],
      container: { thread_ts: root.ts! },
      message: { thread_ts: root.ts!, bot_id: 'B0KITHDEMO' },
      state: { values: { row: { pick: { selected_option: option('b') }, day: { selected_date: null } } } },
    });
  });

  it('in a Home or in an input that asked for it reaches the app with the view; in another input it does not', async () => {
    const seen: Record<string, unknown>[] = [];
    app.action(/.*/, async ({ ack, body }) => {
      await ack();
      seen.push(JSON.parse(JSON.stringify(body)));
    });
    const select = { type: 'users_select', action_id: 'who' };
    await client().views.publish({
      user_id: MAYA.id,
      view: {
        type: 'home',
        blocks: [{ type: 'section', block_id: 'row', text: plain('Who'), accessory: select }],
      } as never,
    });
    await slack.clickButton({ userId: MAYA.id, surface: 'home', actionId: 'who', chosen: MAYA.id });
    expect(seen[0]).toMatchObject({
      container: { type: 'view' },
      view: { type: 'home', state: { values: { row: { who: { selected_user: MAYA.id } } } } },
      actions: [{ type: 'users_select', selected_user: MAYA.id }],
    });
    expect(seen[0]).not.toHaveProperty('channel');
    await openModal(
      modal([
        input('loud', { type: 'plain_text_input', action_id: 'loud' }, { dispatch_action: true }),
        input('quiet', { type: 'plain_text_input', action_id: 'quiet' }),
      ]),
    );
    const choose = (actionId: string) =>
      slack.clickButton({
        userId: MAYA.id,
        surface: 'modal',
        actionId,
        chosen: 'x',
        entered: { quiet: { quiet: 'y' } },
      });
    await choose('loud');
    expect(seen.at(-1)).toMatchObject({ view: { state: { values: { quiet: { quiet: { value: 'y' } } } } } });
    await expect(choose('quiet')).rejects.toThrow('no such button');
  });
});

describe('a view that breaks a limit', () => {
  it.each([
    ['a 101st block', modal(Array.from({ length: 101 }, () => ({ type: 'divider' })))],
    ['a title of 25 characters', modal([], { title: plain('x'.repeat(25)) })],
    ['a submit of 25 characters', modal([], { submit: plain('x'.repeat(25)) })],
    ['a close of 25 characters', modal([], { close: plain('x'.repeat(25)) })],
    ['private_metadata of 3,001 characters', modal([], { private_metadata: 'x'.repeat(3001) })],
    [
      'a label of 2,001 characters',
      modal([input('a', { type: 'plain_text_input' }, { label: plain('x'.repeat(2001)) })]),
    ],
    [
      'a hint of 2,001 characters',
      modal([input('a', { type: 'plain_text_input' }, { hint: plain('x'.repeat(2001)) })]),
    ],
    ['two blocks of one id', modal([input('a', { type: 'datepicker' }), input('a', { type: 'datepicker' })])],
    ['an input without a submit', modal([input('a', { type: 'datepicker' })], { submit: undefined })],
    ['a table', modal([{ type: 'data_table', caption: 'x', rows: [[{ type: 'raw_text', text: 'a' }]] }])],
    ['a chart', modal([{ type: 'data_visualization', title: 'x', chart: { type: 'pie', segments: [] } }])],
    [
      'an initial option that is not offered',
      modal([input('a', { type: 'static_select', options: [option('a')], initial_option: option('b') })]),
    ],
    ['a day that is none', modal([input('a', { type: 'datepicker', initial_date: '1 May' })])],
    ['a time that is none', modal([input('a', { type: 'timepicker', initial_time: '25:00' })])],
    ['a number that is no text', modal([input('a', { type: 'number_input', is_decimal_allowed: true, min_value: 1 })])],
    ['an unknown field', modal([], { colour: 'red' })],
  ])('is refused: %s', async (_, view) => {
    expect(await refusal(client().views.open({ trigger_id: '1', view }))).toBe('invalid_arguments');
  });

  it('is refused: more than 250 kB, and fields of a modal in a Home', async () => {
    const blocks = Array.from({ length: 90 }, () => ({ type: 'section', text: plain('x'.repeat(2900)) }));
    expect(await refusal(client().views.open({ trigger_id: '1', view: modal(blocks) }))).toBe('view_too_large');
    const home = { type: 'home', title: plain('Home'), blocks: [] } as never;
    expect(await refusal(client().views.publish({ user_id: MAYA.id, view: home }))).toBe('invalid_arguments');
  });
});
