import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { CHEN, MAYA, OUTSIDE, SALES, startEchoApp, startSlack, WORKSPACE } from './echo-app.ts';

let slack: StandInSlack;
let app: App | null = null;

afterEach(async () => {
  await app?.stop();
  app = null;
  await slack.close();
});

const client = () =>
  new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logLevel: 'error' as never });
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'no refusal',
    (error) => error.data?.error ?? error.message,
  );
/** Joining is nothing that Kith asks for. */
const JOINING = ['chat:write', 'channels:read', 'groups:read', 'channels:join'];
const SHORTCUTS = [
  { kind: 'message' as const, callbackId: 'ask', name: 'Ask about this' },
  { kind: 'global' as const, callbackId: 'anything', name: 'Ask anything' },
];

/** Everything the app is told from now on. */
function overhear(): Record<string, unknown>[] {
  const heard: Record<string, unknown>[] = [];
  app!.use(async ({ body, next }) => {
    heard.push(JSON.parse(JSON.stringify(body)));
    await next();
  });
  return heard;
}

/** The same without Bolt, which keeps an app's own messages from it. */
async function overhearRaw(): Promise<Record<string, unknown>[]> {
  const { url } = await new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl }).apps.connections.open({});
  const heard: Record<string, unknown>[] = [];
  const socket = new WebSocket(url!);
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.envelope_id === undefined) return;
    heard.push(frame.payload);
    socket.send(JSON.stringify({ envelope_id: frame.envelope_id }));
  });
  await slack.waitForConnection();
  return heard;
}

describe('shortcuts', () => {
  it('tell the app of the message, with its thread, and of nothing but the person for a global one', async () => {
    slack = await startSlack({ workspace: { ...WORKSPACE, shortcuts: SHORTCUTS } });
    app = await startEchoApp(slack);
    app.shortcut('ask', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'about this', response_type: 'ephemeral', replace_original: false });
    });
    app.shortcut('anything', async ({ ack }) => ack());
    const heard = overhear();
    const root = await slack.postAsUser({ userId: CHEN.id, channelId: SALES.id, text: 'Look at Acme' });
    const reply = await slack.postAsUser({ userId: CHEN.id, channelId: SALES.id, text: 'again', threadTs: root.ts });
    const answered = slack.waitForMessage((message) => message.text === 'about this');
    await slack.runShortcut({ userId: MAYA.id, callbackId: 'ask', channelId: SALES.id, ts: reply.ts });
    expect(heard.at(-1)).toMatchObject({
      type: 'message_action',
      message: { user: CHEN.id, text: 'again', thread_ts: root.ts },
      channel: { id: SALES.id },
      user: { id: MAYA.id },
    });
    expect(await answered).toMatchObject({ ephemeralFor: MAYA.id, threadTs: root.ts });
    await slack.runShortcut({ userId: MAYA.id, callbackId: 'anything' });
    expect(heard.at(-1)).toMatchObject({ type: 'shortcut', callback_id: 'anything' });
    expect(heard.at(-1)).not.toHaveProperty('channel');
  });

  it('are not there for what one person alone sees, nor under another name', async () => {
    slack = await startSlack({ workspace: { ...WORKSPACE, shortcuts: SHORTCUTS } });
    const secret = await client().chat.postEphemeral({ channel: SALES.id, user: MAYA.id, text: 'psst' });
    const use = (callbackId: string, ts: string) =>
      slack.runShortcut({ userId: MAYA.id, callbackId, channelId: SALES.id, ts });
    await expect(use('ask', secret.message_ts!)).rejects.toThrow('with a menu');
    await expect(use('sing', '1.0')).rejects.toThrow('no message shortcut sing');
  });
});

describe('what the app hears', () => {
  it('of a direct conversation is everything, its own words and their changes included', async () => {
    slack = await startSlack();
    const heard = await overhearRaw();
    const im = slack.directMessageId(MAYA.id);
    const own = await client().chat.postMessage({ channel: MAYA.id, text: 'hello' });
    await client().chat.update({ channel: im, ts: own.ts!, text: 'hello again' });
    await slack.postAsUser({ userId: MAYA.id, channelId: im, text: 'which customers went quiet?', threadTs: own.ts! });
    await expect.poll(() => heard.length).toBe(3);
    const events = heard.map((body) => body.event);
    expect(events[0]).toMatchObject({ type: 'message', channel_type: 'im', text: 'hello', bot_id: 'B0KITHDEMO' });
    expect(events[1]).toMatchObject({ subtype: 'message_changed', message: { text: 'hello again' } });
    expect(events[2]).toMatchObject({ user: MAYA.id, channel: im, thread_ts: own.ts! });
  });

  it('of a direct conversation is nothing without im:history', async () => {
    slack = await startSlack({ scopes: ['chat:write'] });
    app = await startEchoApp(slack);
    const heard = overhear();
    await slack.postAsUser({ userId: MAYA.id, channelId: slack.directMessageId(MAYA.id), text: 'hello' });
    expect(heard).toEqual([]);
  });

  it('of joining is who came and who asked them', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    const heard = overhear();
    await slack.runCommand({ userId: MAYA.id, channelId: OUTSIDE.id, command: '/invite', text: '@Kith' });
    expect(heard[0]?.event).toMatchObject({
      type: 'member_joined_channel',
      user: slack.botUserId,
      channel: OUTSIDE.id,
      inviter: MAYA.id,
    });
  });
});

describe('channels', () => {
  it('take nothing once they are archived', async () => {
    slack = await startSlack({ scopes: JOINING });
    const call = () => client().chat.postMessage({ channel: SALES.id, text: 'x' });
    expect((await call()).ok).toBe(true);
    slack.archive(SALES.id);
    expect(await refusal(call())).toBe('is_archived');
    expect(await refusal(client().conversations.join({ channel: SALES.id }))).toBe('is_archived');
    expect((await client().conversations.info({ channel: SALES.id })).channel?.is_archived).toBe(true);
    const write = slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: 'x' });
    await expect(write).rejects.toThrow('archived');
  });

  it('are joined by the app itself where they are public, and lost when it is taken out', async () => {
    const channels = [OUTSIDE, { ...SALES, isPrivate: true }];
    slack = await startSlack({ scopes: JOINING, workspace: { ...WORKSPACE, channels } });
    await client().conversations.join({ channel: OUTSIDE.id });
    expect((await client().chat.postMessage({ channel: OUTSIDE.id, text: 'x' })).ok).toBe(true);
    slack.expelApp(OUTSIDE.id);
    expect(await refusal(client().chat.postMessage({ channel: OUTSIDE.id, text: 'x' }))).toBe('not_in_channel');
    expect(await refusal(client().conversations.join({ channel: SALES.id }))).toBe(
      'method_not_supported_for_channel_type',
    );
  });

  it('have threads of one level, never below what one person alone sees', async () => {
    slack = await startSlack();
    const post = (thread: string) => client().chat.postMessage({ channel: SALES.id, text: 'x', thread_ts: thread });
    const root = await client().chat.postMessage({ channel: SALES.id, text: 'root' });
    const reply = await post(root.ts!);
    await post(reply.ts!);
    expect(slack.messages(SALES.id).map(({ threadTs }) => threadTs)).toEqual([null, root.ts, root.ts]);
    const secret = await client().chat.postEphemeral({ channel: SALES.id, user: MAYA.id, text: 'psst' });
    expect(await refusal(post(secret.message_ts!))).toBe('thread_not_found');
    expect(await refusal(post('1.0'))).toBe('thread_not_found');
  });
});

describe('the end of an installation', () => {
  it.each([
    ['uninstalled', 'account_inactive', ['app_uninstalled', 'tokens_revoked']],
    ['revoked', 'token_revoked', ['tokens_revoked']],
  ] as const)('is told to the app (%s), and then every call is refused', async (kind, error, events) => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    const heard = overhear();
    await slack.uninstall(kind);
    expect(heard.map((body) => (body.event as { type: string }).type).sort()).toEqual(events);
    expect(await refusal(client().auth.test())).toBe(error);
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'x' }))).toBe(error);
  });
});

describe('files', () => {
  it('stay unready for ever when a test asks for it, and go with the message that showed nothing else', async () => {
    slack = await startSlack();
    const upload = async () => {
      const done = await client().filesUploadV2({
        file: Buffer.from('a,b\n1,2\n'),
        filename: 'a.csv',
        channel_id: SALES.id,
      });
      return (done.files as { files: { id: string }[] }[])[0]!.files[0]!.id;
    };
    slack.setFault({ kind: 'file-never-ready' });
    const never = await upload();
    for (let i = 0; i < 5; i++) expect((await client().files.info({ file: never })).file?.mimetype).toBe('');
    const id = await upload();
    expect(slack.messages(SALES.id).map(({ files }) => files)).toEqual([[never], [id]]);
    const answer = await fetch(new URL(`/page-api/files/${id}`, slack.url));
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a.csv");
    await client().files.delete({ file: id });
    expect(slack.messages(SALES.id)).toHaveLength(1);
    expect(await refusal(client().files.delete({ file: id }))).toBe('file_not_found');
    expect(await refusal(client().files.info({ file: id }))).toBe('file_not_found');
  });
});
