import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { httpConnection } from '../../integrations/slack/receivers.ts';
import { createInstalledChat } from '../../src/installed-chat.ts';
import type { Chat } from '../../src/ports/chat.ts';
import { addKith, slackInstallation } from '../integrations/slack/installation.ts';
import { chatOf, handlers, LINES, LOGGER, MAYA, REPORT, SALES } from '../integrations/slack/with-stand-in.ts';

const MESSAGE = { key: 'k', channelId: SALES, report: REPORT, threadId: null, replaces: null, file: null };
const chats: Chat[] = [];
afterEach(async () => {
  for (const chat of chats.splice(0)) await chat.stop();
});

async function installed(mode: 'socket' | 'http' = 'socket') {
  const parts = await slackInstallation();
  const { slack, access, listener, now } = parts;
  const { signingSecret } = slack;
  const { mount } = listener;
  const make = () => {
    const chat = createInstalledChat({
      access,
      open: (botToken) => chatOf(slack, { botToken, isInstalled: true, mode, signingSecret, mount }),
      idle: () => void httpConnection({ signingSecret, port: 0, mount, logger: LOGGER, now }).open(''),
      logger: LOGGER,
    });
    chats.push(chat);
    return chat;
  };
  LINES.length = 0;
  const chat = make();
  return { ...parts, chat, make, start: () => chat.start(handlers({ report: REPORT, visibility: 'channel' })) };
}

const said = (words: string) => LINES.some((line) => line.includes(words));

describe('a chat that is added by OAuth', () => {
  it('waits until it is added, says where that is done, and answers from then on without a new start', async () => {
    const { chat, slack, start, installUrl } = await installed();
    await start();
    expect([chat.isConnected(), slack.connections()]).toEqual([false, 0]);
    expect(said(`open ${installUrl}`)).toBe(true);
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent' });
    expect(await chat.retract({ channelId: SALES, messageId: '1', fileIds: [] })).toBe('uncertain');
    expect((await addKith(installUrl)).status).toBe(200);
    await expect.poll(chat.isConnected).toBe(true);
    const ack = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    expect(ack.outcome).toBe('acknowledged');
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'sent' });
  });

  it.each(['uninstalled', 'revoked'] as const)(
    'deletes the token and waits when it is taken out, and speaks again once it is added again (%s)',
    async (kind) => {
      const { chat, slack, access, start, installUrl } = await installed();
      await addKith(installUrl);
      await start();
      const first = slack.botToken;
      await slack.uninstall(kind);
      await expect.poll(async () => (await access.standing())?.botToken).toBeNull();
      await expect.poll(chat.isConnected).toBe(false);
      await expect.poll(() => said('taken out of the Slack workspace Acme')).toBe(true);
      await expect.poll(slack.connections).toBe(0);
      const calls = slack.calls('chat.postMessage');
      expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent' });
      expect(slack.calls('chat.postMessage')).toBe(calls);

      await addKith(installUrl);
      expect(slack.botToken).not.toBe(first);
      await expect.poll(chat.isConnected).toBe(true);
      expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'sent' });
      expect(slack.connections()).toBe(1);
    },
  );

  it('goes on with the new token when it is added once more', async () => {
    const { chat, slack, start, installUrl } = await installed();
    await addKith(installUrl);
    await start();
    await addKith(installUrl);
    await expect.poll(() => slack.calls('apps.connections.open')).toBe(2);
    await expect.poll(chat.isConnected).toBe(true);
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'sent' });
  });

  it('starts and waits where it was taken out while nobody was there to be told', async () => {
    const { chat, slack, access, start, installUrl } = await installed();
    await addKith(installUrl);
    await slack.uninstall();
    await start();
    expect([chat.isConnected(), (await access.standing())?.botToken]).toEqual([false, null]);
    expect(slack.calls('apps.connections.open')).toBe(0);
  });

  it('does not start on what is not about its installation, and tells it once', async () => {
    const { slack, start, installUrl } = await installed();
    await addKith(installUrl);
    slack.setFault({ kind: 'refused', method: 'auth.test', error: 'invalid_auth' });
    await expect(start()).rejects.toMatchObject({
      code: 'chat-auth',
      message: expect.stringContaining('kith connect slack'),
    });
  });

  it('is out of Slack when it is disconnected', async () => {
    const { chat, slack, access, start, installUrl } = await installed();
    await addKith(installUrl);
    await start();
    await access.disconnect();
    await expect.poll(chat.isConnected).toBe(false);
    await expect.poll(slack.connections).toBe(0);
    expect(await access.standing()).toBeNull();
  });

  it('answers Slack at its address before it is added, and by its listener after (http)', async () => {
    const { chat, slack, start, installUrl } = await installed('http');
    await start();
    const url = installUrl.replace('/install', '/events');
    const stamp = String(Math.floor(Date.now() / 1000));
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c' });
    const signature = `v0=${createHmac('sha256', slack.signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/json',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signature,
    };
    expect(await (await fetch(url, { method: 'POST', headers, body })).json()).toEqual({ challenge: 'c' });
    await addKith(installUrl);
    await expect.poll(chat.isConnected).toBe(true);
    slack.useRequestUrl(url);
    const ack = await slack.runCommand({ userId: MAYA, channelId: SALES, command: '/churn-risk', text: '' });
    expect(ack.outcome).toBe('acknowledged');
    await slack.uninstall();
    await expect.poll(chat.isConnected).toBe(false);
  });
});
