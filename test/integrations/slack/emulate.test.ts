import { WebClient } from '@slack/web-api';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkUpSlack } from '../../../integrations/slack/check-up.ts';
import { createSlackChat } from '../../../integrations/slack/create-slack-chat.ts';
import { formModal } from '../../../integrations/slack/modals.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../../integrations/slack/scopes.ts';
import type { Chat, Delivery } from '../../../src/ports/chat.ts';
import { freePort } from './free-port.ts';
import { FORM, LOGGER, PNG, REPORT } from './with-stand-in.ts';

/** A second Slack, written by others: what holds on it and on the stand-in is not a misreading of ours. */
const createEmulator = await import('emulate').then(
  (module) => module.createEmulator,
  () => null,
);
if (createEmulator === null)
  console.warn('The package emulate is not installed: its checks of the Web API are skipped');

const SEES_ALL = 'xoxb-sees-all';
const KITH = 'xoxb-kith';
const BARE = 'xoxb-bare';

describe.skipIf(createEmulator === null)('the Web API part on emulate, with strict scopes', () => {
  let emulator: Emulator | undefined;
  let api: WebClient;
  let apiUrl = '';
  let channelId = '';
  let userId = '';

  beforeAll(async () => {
    const port = await freePort();
    emulator = await createEmulator?.({ service: 'slack', port, baseUrl: `http://127.0.0.1:${port}`, seed: seed() });
    apiUrl = `http://127.0.0.1:${port}/api/`;
    api = new WebClient(SEES_ALL, { slackApiUrl: apiUrl });
    channelId = (await api.conversations.list()).channels?.find(({ name }) => name === 'sales')?.id ?? '';
    userId = (await api.users.lookupByEmail({ email: 'maya@example.com' })).user?.id ?? '';
  });
  afterAll(() => emulator?.close());

  const chatWith = (botToken: string): Chat =>
    createSlackChat({
      botToken,
      apiUrl,
      mode: 'socket',
      renderer: { png: async () => PNG },
      logger: LOGGER,
      firstTime: async () => true,
    });
  const message = (key: string) => ({
    key,
    channelId,
    report: REPORT,
    threadId: null,
    replaces: null,
    file: null,
  });

  it('posts with a picture, mentions the owner, changes the message, answers in its thread, and takes all away', async () => {
    const chat = chatWith(KITH);
    const first = await sent(chat.deliver(message('a')));
    expect(first).toMatchObject({ channelId, reduced: [], chartBytes: PNG.length });
    const [posted] = (await api.conversations.history({ channel: channelId })).messages ?? [];
    expect(posted?.blocks?.map(({ type }) => type)).toContain('image');
    expect(JSON.stringify(posted?.blocks)).toContain(`<@${userId}>`);

    const changed = { ...REPORT, headline: 'Now 37 customers at risk' };
    const second = await sent(chat.deliver({ ...message('b'), report: changed, replaces: first.messageId }));
    expect(second.messageId).toBe(first.messageId);
    const reply = await sent(chat.deliver({ ...message('c'), threadId: first.messageId }));
    const thread = (await api.conversations.replies({ channel: channelId, ts: first.messageId })).messages ?? [];
    expect(thread.map(({ ts }) => ts)).toEqual([first.messageId, reply.messageId]);
    expect(thread[0]?.text).toContain('Now 37 customers at risk');

    expect(await chat.retract(reply)).toBe('gone');
    expect(await chat.retract(reply)).toBe('gone');
    for (const file of reply.fileIds) await expect(api.files.info({ file })).rejects.toThrow();
  });

  it('carries a file to a person, below what is said about it', async () => {
    const bytes = new TextEncoder().encode('customer,risk\nKestrel Foods,91%\n');
    const file = { name: 'customers.csv', mediaType: 'text/csv' as const, bytes };
    const delivery = await sent(chatWith(KITH).deliver({ ...message('d'), channelId: userId, file }));
    expect(delivery.channelId).toMatch(/^D/);
    const { file: kept } = await api.files.info({ file: delivery.fileIds.at(-1) ?? '' });
    expect(kept).toMatchObject({ name: 'customers.csv', size: bytes.length });
  });

  it('says the same without pictures and mentions where the token has no scope for them', async () => {
    const delivery = await sent(chatWith(BARE).deliver(message('e')));
    expect(delivery).toMatchObject({ fileIds: [], reduced: [expect.stringContaining('files:write and files:read')] });
    const [posted] = (await api.conversations.history({ channel: channelId })).messages ?? [];
    expect(posted?.blocks?.map(({ type }) => String(type))).toContain('data_visualization');
  });

  it('draws a Home, and opens a form', async () => {
    await expect(chatWith(KITH).showHome(userId, REPORT)).resolves.toBeUndefined();
    const response = await fetch(`${apiUrl}views.generateTriggerId`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KITH}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: userId, user: userId }),
    });
    const { trigger_id: trigger } = (await response.json()) as { trigger_id: string };
    const view = formModal(FORM, { name: 'note', value: 'c_1', channelId });
    const body = JSON.stringify({ trigger_id: trigger, view });
    const headers = { authorization: `Bearer ${KITH}`, 'content-type': 'application/json' };
    const opened = await fetch(`${apiUrl}views.open`, { method: 'POST', headers, body });
    expect(await opened.json()).toMatchObject({ ok: true, view: { private_metadata: view.private_metadata } });
  });

  it('is looked over by the doctor', async () => {
    const found = await checkUpSlack({
      botToken: KITH,
      installUrl: null,
      appToken: null,
      apiUrl,
      channels: { sales: channelId, finance: 'C0NOBODY' },
    });
    expect(found.channels).toMatchObject([{ name: 'sales' }, { state: 'unknown-channel' }]);
  });
});

function seed() {
  const token = (value: string, scopes: readonly string[]) => ({
    token: value,
    type: 'bot',
    user: 'kith',
    scopes: [...scopes],
  });
  return {
    slack: {
      strict_scopes: true,
      team: { name: 'Acme', domain: 'acme' },
      users: [
        { name: 'maya', real_name: 'Maya Ortiz', email: 'maya@example.com' },
        { name: 'kith', real_name: 'Kith', email: 'kith@example.com' },
      ],
      channels: [{ name: 'sales' }],
      tokens: [
        token(KITH, [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES]),
        token(BARE, ['chat:write']),
        token(SEES_ALL, ['channels:read', 'channels:history', 'files:read', 'users:read', 'users:read.email']),
      ],
    },
  };
}

async function sent(delivery: Promise<Delivery>): Promise<Extract<Delivery, { outcome: 'sent' }>> {
  const told = await delivery;
  if (told.outcome !== 'sent') throw new Error(JSON.stringify(told));
  return told;
}
