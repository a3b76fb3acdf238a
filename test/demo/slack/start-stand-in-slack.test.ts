import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { CHEN, MAYA, OUTSIDE, SALES, startEchoApp, startSlack, WORKSPACE } from './echo-app.ts';

let slack: StandInSlack;
let app: App | null = null;

afterEach(async () => {
  await app?.stop();
  app = null;
  await slack.close();
});

const client = (token = slack.botToken) =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: 'error' as never,
  });
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'no refusal',
    (error) => error.data?.error ?? error.message,
  );
const text = (words: string) => (message: { text: string }) => message.text === words;

describe('with a real Bolt app over Socket Mode', () => {
  it('carries a command to the app, its acknowledgement back, and replaces that with the answer', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    const seen: string[] = [];
    const answer = slack.waitForMessage(text('echo hello'));
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/echo', text: 'hello' });
    seen.push(...slack.messages(SALES.id).map((message) => message.text));
    expect(ack).toMatchObject({ outcome: 'acknowledged', response: { text: 'working on it' } });
    expect(ack.afterMs).toBeLessThan(1000);
    const message = await answer;
    expect(message).toMatchObject({
      channel: SALES.id,
      ephemeralFor: MAYA.id,
      cause: { user: MAYA.id, text: '/echo hello' },
    });
    expect(seen.length).toBe(1);
    expect(slack.messages(SALES.id)).toHaveLength(1);
  });

  it('tells the app of a click on a button of a message that only one user sees', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    const shown = slack.waitForMessage(text('echo hello'));
    await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/echo', text: 'hello' });
    await shown;
    await expect(slack.clickButton({ userId: CHEN.id, label: 'Why?' })).rejects.toThrow('no such button is visible');
    const because = slack.waitForMessage(text('because opaque-1'));
    expect((await slack.clickButton({ userId: MAYA.id, actionId: 'why', value: 'opaque-1' })).outcome).toBe(
      'acknowledged',
    );
    expect((await because).ephemeralFor).toBe(MAYA.id);
    expect(slack.messages(SALES.id)).toHaveLength(2);
  });

  it('shows a message posted through the Web API to everybody', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/shout', text: 'lunch' });
    expect(await slack.waitForMessage(text('everybody: lunch'))).toMatchObject({
      ephemeralFor: null,
      user: slack.botUserId,
    });
  });

  it('says so as Slackbot when a command is unknown, and never tells the app', async () => {
    slack = await startSlack();
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/nope', text: '' });
    expect(ack.outcome).toBe('unknown-command');
    expect(slack.messages()[0]).toMatchObject({ user: 'USLACKBOT', ephemeralFor: MAYA.id });
    expect(slack.messages()[0]!.text).toContain('not a valid command');
  });

  it('says so when the app is not there', async () => {
    slack = await startSlack();
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/echo', text: '' });
    expect(ack.outcome).toBe('not-connected');
    expect(slack.messages()[0]!.text).toContain('dispatch_failed');
  });

  it('delivers an envelope again when nobody acknowledged it, and tells the user of the time-out', async () => {
    slack = await startSlack({ ackWithinMs: 60 });
    app = await startEchoApp(slack);
    let deliveries = 0;
    const twice = new Promise<void>((resolve) => {
      app!.use(async ({ next }) => {
        deliveries += 1;
        if (deliveries === 2) resolve();
        await next();
      });
    });
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/silent', text: '' });
    expect(ack.outcome).toBe('timed-out');
    expect(slack.messages()[0]!.text).toContain('operation_timeout');
    await twice;
    expect(deliveries).toBe(2);
  });

  it('delivers twice, and treats an acknowledgement as late, when a test asks for it', async () => {
    slack = await startSlack({ ackWithinMs: 500 });
    app = await startEchoApp(slack);
    let both: () => void = () => {};
    const shouts: string[] = [];
    app.use(async ({ body, next }) => {
      if ('trigger_id' in body) shouts.push(body.trigger_id);
      if (shouts.length === 2) both();
      await next();
    });
    slack.setFault({ kind: 'duplicate-delivery' });
    const twice = new Promise<void>((resolve) => {
      both = resolve;
    });
    await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/shout', text: 'twice' });
    await twice;
    expect(shouts[0]).toBe(shouts[1]);
    slack.setFault({ kind: 'late-acknowledgement' });
    const late = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/shout', text: 'late' });
    expect(late.outcome).toBe('timed-out');
  });

  it('tells the app of a mention, which is answered in its thread', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    const question = await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: `<@${slack.botUserId}> hi` });
    const answer = await slack.waitForMessage((message) => message.text.startsWith('you said'));
    expect(answer.threadTs).toBe(question.ts);
  });

  it('lets a client connect again when it asks for it', async () => {
    slack = await startSlack();
    app = await startEchoApp(slack);
    slack.requestReconnect();
    // Bolt waits five seconds before it connects again; that it let go shows that it understood.
    await expect.poll(() => slack.connections()).toBe(0);
  });
});

describe('the Web API', () => {
  it('refuses a bad token, a token of the other kind, a missing scope and an unknown method by name', async () => {
    slack = await startSlack({ scopes: ['chat:write'] });
    expect(await refusal(client('xoxb-wrong').auth.test())).toContain('invalid_auth');
    expect(await refusal(client().apps.connections.open({}))).toContain('not_allowed_token_type');
    expect(await refusal(client().users.info({ user: MAYA.id }))).toContain('missing_scope');
    expect(await refusal(client().apiCall('chat.sing'))).toContain('unknown_method');
    const answer = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
    expect(await answer.json()).toMatchObject({ ok: false, error: 'not_authed' });
  });

  it('takes forms and JSON alike', async () => {
    slack = await startSlack();
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: SALES.id, text: 'json', blocks: [{ type: 'divider' }] }),
    });
    expect(await answer.json()).toMatchObject({ ok: true, channel: SALES.id });
    await client().chat.postMessage({ channel: SALES.id, text: 'form', blocks: [{ type: 'divider' }] });
    expect(slack.messages().map((message) => [message.text, message.blocks.length])).toEqual([
      ['json', 1],
      ['form', 1],
    ]);
    expect(slack.messages()[0]!.blocks[0]!.block_id).not.toBe('');
  });

  it('tells who the app is and who its users are', async () => {
    slack = await startSlack();
    expect(await client().auth.test()).toMatchObject({ user_id: slack.botUserId, is_enterprise_install: false });
    const info = await client().users.info({ user: CHEN.id, include_locale: true });
    expect(info.user).toMatchObject({
      tz: 'Asia/Shanghai',
      tz_offset: 8 * 3600,
      locale: 'zh-CN',
      profile: { email: CHEN.email },
    });
    expect((await client().users.info({ user: CHEN.id })).user?.locale).toBeUndefined();
    expect((await client().users.lookupByEmail({ email: MAYA.email })).user?.id).toBe(MAYA.id);
    expect(await refusal(client().users.info({ user: 'U0NOBODY' }))).toContain('user_not_found');
    expect((await client().conversations.info({ channel: SALES.id })).channel).toMatchObject({
      name: 'sales',
      is_member: true,
    });
    expect((await client().conversations.members({ channel: SALES.id, limit: 2 })).members).toHaveLength(2);
  });

  it('writes only where the app is a member, until it is invited', async () => {
    slack = await startSlack();
    expect(await refusal(client().chat.postMessage({ channel: OUTSIDE.id, text: 'x' }))).toContain('not_in_channel');
    expect(await refusal(client().chat.postMessage({ channel: 'C0NONE', text: 'x' }))).toContain('channel_not_found');
    await slack.runCommand({ userId: MAYA.id, channelId: OUTSIDE.id, command: '/invite', text: '@Kith' });
    expect((await client().chat.postMessage({ channel: OUTSIDE.id, text: 'x' })).ok).toBe(true);
  });

  it('writes to a user id in the direct conversation', async () => {
    slack = await startSlack();
    await client().chat.postMessage({ channel: MAYA.id, text: 'hello' });
    expect(slack.messages(slack.directMessageId(MAYA.id))).toHaveLength(1);
  });

  it('updates and deletes only its own lasting messages', async () => {
    slack = await startSlack();
    const posted = await client().chat.postMessage({ channel: SALES.id, text: 'one' });
    await client().chat.update({ channel: SALES.id, ts: posted.ts!, text: 'two' });
    expect(slack.messages()[0]).toMatchObject({ text: 'two', edited: true });
    const words = await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: 'mine' });
    expect(await refusal(client().chat.update({ channel: SALES.id, ts: words.ts, text: 'yours' }))).toContain(
      'cant_update_message',
    );
    const secret = await client().chat.postEphemeral({ channel: SALES.id, user: MAYA.id, text: 'psst' });
    expect(await refusal(client().chat.delete({ channel: SALES.id, ts: secret.message_ts! }))).toContain(
      'message_not_found',
    );
    await client().chat.delete({ channel: SALES.id, ts: posted.ts! });
    expect(slack.messages().map((message) => message.text)).toEqual(['mine', 'psst']);
  });

  it('keeps an ephemeral message to a member of the channel', async () => {
    slack = await startSlack({ workspace: { ...WORKSPACE, channels: [{ ...SALES, members: [MAYA.id] }] } });
    expect(await refusal(client().chat.postEphemeral({ channel: SALES.id, user: CHEN.id, text: 'x' }))).toContain(
      'user_not_in_channel',
    );
  });

  it('refuses a message without text, and one that is too long', async () => {
    slack = await startSlack();
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: '' }))).toContain('no_text');
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'x'.repeat(12_001) }))).toContain(
      'msg_too_long',
    );
  });

  it('answers 429 with Retry-After past about one message a second in a channel, and relents as time passes', async () => {
    let time = Date.UTC(2026, 0, 5);
    slack = await startSlack({ now: () => time });
    for (let i = 0; i < 5; i++) await client().chat.postMessage({ channel: SALES.id, text: `${i}` });
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}` },
      body: new URLSearchParams({ channel: SALES.id, text: 'too fast' }),
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await answer.json()).toEqual({ ok: false, error: 'ratelimited' });
    await client().chat.postMessage({ channel: MAYA.id, text: 'another channel has its own limit' });
    time += 1000;
    expect((await client().chat.postMessage({ channel: SALES.id, text: 'later' })).ok).toBe(true);
  });

  it('makes the trouble that a test asks for, as often as asked', async () => {
    slack = await startSlack();
    slack.setFault({ kind: 'accepted-then-500', method: 'chat.postMessage' });
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'arrived' }))).toContain('500');
    expect(slack.messages()).toHaveLength(1);
    slack.setFault({ kind: 'failed-500', method: 'chat.postMessage' });
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'lost' }))).toContain('500');
    expect(slack.messages()).toHaveLength(1);
    slack.setFault({ kind: 'rate-limited', method: 'chat.postMessage', retryAfterSeconds: 7, times: 2 });
    const limited = () =>
      client()
        .chat.postMessage({ channel: SALES.id, text: 'x' })
        .catch((error) => error.retryAfter);
    expect([await limited(), await limited()]).toEqual([7, 7]);
    slack.setFault({ kind: 'refused', method: 'chat.postMessage', error: 'is_archived' });
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'x' }))).toContain('is_archived');
    expect((await client().chat.postMessage({ channel: SALES.id, text: 'fine' })).ok).toBe(true);
    expect(slack.calls('chat.postMessage')).toBe(6);
  });
});

describe('files', () => {
  const image = (id: string) => [{ type: 'image' as const, slack_file: { id }, alt_text: 'a chart' }];
  const upload = async (bytes: Buffer) => {
    const done = await client().filesUploadV2({
      file: bytes,
      filename: 'chart.png',
      title: 'Chart',
      alt_text: 'a chart',
    });
    return (done.files as { files: { id: string }[] }[])[0]!.files[0]!.id;
  };

  it('shows a file only once files.info has told its mimetype, and never in an ephemeral message', async () => {
    slack = await startSlack();
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]);
    const id = await upload(bytes);
    expect(slack.files()[0]).toMatchObject({ bytes, title: 'Chart', ready: false });
    expect(await refusal(client().chat.postMessage({ channel: SALES.id, text: 'x', blocks: image(id) }))).toContain(
      'invalid_blocks',
    );
    expect((await client().files.info({ file: id })).file?.mimetype).toBe('');
    expect((await client().files.info({ file: id })).file?.mimetype).toBe('image/png');
    expect((await client().chat.postMessage({ channel: SALES.id, text: 'x', blocks: image(id) })).ok).toBe(true);
    const alone = client().chat.postEphemeral({ channel: SALES.id, user: MAYA.id, text: 'x', blocks: image(id) });
    expect(await refusal(alone)).toContain('invalid_blocks');
    const shown = await fetch(new URL(`/page-api/files/${id}`, slack.url));
    expect(shown.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(bytes);
  });

  it('refuses bytes of another length, and completing an upload that never came', async () => {
    slack = await startSlack();
    const ticket = await client().files.getUploadURLExternal({ filename: 'a.png', length: 3 });
    const answer = await fetch(ticket.upload_url!, { method: 'PUT', body: 'four' });
    expect(answer.status).toBe(400);
    const complete = () => client().files.completeUploadExternal({ files: [{ id: ticket.file_id! }] });
    expect(await refusal(complete())).toContain('file_not_found');
    await fetch(ticket.upload_url!, { method: 'PUT', body: 'abc' });
    expect((await complete()).ok).toBe(true);
  });
});

describe('a response_url', () => {
  const respond = (url: string, body: object) =>
    fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const responseUrl = async (): Promise<string> => {
    let url = '';
    app!.use(async ({ body, next }) => {
      if ('response_url' in body) url = String(body.response_url);
      await next();
    });
    await slack.runCommand({ userId: MAYA.id, channelId: OUTSIDE.id, command: '/silent', text: '' });
    return url;
  };

  it('takes five posts and no sixth, even where the app is no member', async () => {
    slack = await startSlack({ ackWithinMs: 200 });
    app = await startEchoApp(slack);
    const url = await responseUrl();
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await respond(url, { text: `${i}`, response_type: 'in_channel' })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(await (await respond(url, { text: 'x' })).json()).toMatchObject({ error: 'used_url' });
    expect(slack.messages(OUTSIDE.id).filter((message) => message.ephemeralFor === null)).toHaveLength(5);
  });

  it('expires after thirty minutes', async () => {
    let time = Date.UTC(2026, 0, 5);
    slack = await startSlack({ ackWithinMs: 200, now: () => time });
    app = await startEchoApp(slack);
    const url = await responseUrl();
    time += 30 * 60 * 1000;
    expect((await respond(url, { text: 'just in time' })).status).toBe(200);
    time += 1;
    expect(await (await respond(url, { text: 'too late' })).json()).toMatchObject({ ok: false, error: 'expired_url' });
  });

  it('replaces and deletes what it answered before, and refuses bad blocks', async () => {
    slack = await startSlack({ ackWithinMs: 200 });
    app = await startEchoApp(slack);
    const url = await responseUrl();
    const mine = () => slack.messages(OUTSIDE.id).filter((message) => message.user === slack.botUserId);
    await respond(url, { text: 'one' });
    await respond(url, { text: 'two', replace_original: true });
    expect(mine().map((message) => [message.text, message.ephemeralFor])).toEqual([['two', MAYA.id]]);
    expect((await respond(url, { text: 'x', blocks: [{ type: 'hologram' }] })).status).toBe(400);
    await respond(url, { delete_original: true });
    expect(mine()).toHaveLength(0);
  });
});

describe('views', () => {
  const modal = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Threshold' }, blocks: [] };

  it('publishes a Home tab, and refuses a title that is too long', async () => {
    slack = await startSlack();
    await client().views.publish({ user_id: MAYA.id, view: { type: 'home', blocks: [{ type: 'divider' }] } });
    expect(slack.home(MAYA.id)?.definition.type).toBe('home');
    const long = { ...modal, title: { type: 'plain_text' as const, text: 'x'.repeat(25) } };
    expect(await refusal(client().views.open({ trigger_id: '1', view: long }))).toContain('invalid_arguments');
  });

  it('opens one modal for a trigger, within three seconds', async () => {
    let time = Date.UTC(2026, 0, 5);
    slack = await startSlack({ now: () => time });
    app = await startEchoApp(slack);
    const triggers: string[] = [];
    app.use(async ({ body, next }) => {
      if ('trigger_id' in body) triggers.push(body.trigger_id);
      await next();
    });
    const run = () => slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/shout', text: 'x' });
    await run();
    expect((await client().views.open({ trigger_id: triggers[0]!, view: modal })).ok).toBe(true);
    expect(await refusal(client().views.open({ trigger_id: triggers[0]!, view: modal }))).toContain(
      'exchanged_trigger_id',
    );
    await run();
    time += 3001;
    expect(await refusal(client().views.open({ trigger_id: triggers[1]!, view: modal }))).toContain(
      'expired_trigger_id',
    );
    expect(await refusal(client().views.open({ trigger_id: 'made-up', view: modal }))).toContain('invalid_trigger_id');
    expect(slack.modals()).toHaveLength(1);
  });
});

describe('HTTP mode', () => {
  it('delivers commands and clicks to Bolt as signed requests', async () => {
    slack = await startSlack();
    const port = await freePort();
    app = await startEchoApp(slack, { port });
    slack.useRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    const shown = slack.waitForMessage(text('echo http'));
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/echo', text: 'http' });
    expect(ack).toMatchObject({ outcome: 'acknowledged', response: { text: 'working on it' } });
    await shown;
    const because = slack.waitForMessage(text('because opaque-1'));
    expect((await slack.clickButton({ userId: MAYA.id, label: 'Why?' })).outcome).toBe('acknowledged');
    await because;
    await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: `<@${slack.botUserId}> over HTTP` });
    await slack.waitForMessage((message) => message.text.startsWith('you said'));
  });

  it('is refused by Bolt when the signing secret differs', async () => {
    slack = await startSlack();
    const port = await freePort();
    app = await startEchoApp({ ...slack, signingSecret: 'another' }, { port });
    slack.useRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    const ack = await slack.runCommand({ userId: MAYA.id, channelId: SALES.id, command: '/echo', text: 'http' });
    expect(ack.outcome).toBe('refused');
  });
});

describe('a workspace that is talked in for long', () => {
  it('remembers the newest messages and files only, and tells whoever listens of each', async () => {
    slack = await startSlack({ keeps: 3 });
    const heard: string[] = [];
    const stop = slack.listen((event) => {
      if (event.kind === 'added') heard.push(event.message.text);
    });
    const say = (words: string) =>
      slack.postAsUser({
        userId: MAYA.id,
        channelId: SALES.id,
        text: words,
        files: [{ name: `${words}.txt`, bytes: Buffer.from(words) }],
      });
    for (const words of ['one', 'two', 'three', 'four', 'five']) await say(words);
    stop();
    await say('six');
    expect(slack.messages(SALES.id).map((message) => message.text)).toEqual(['four', 'five', 'six']);
    expect(slack.files().map(({ name }) => name)).toEqual(['four.txt', 'five.txt', 'six.txt']);
    expect(heard).toEqual(['one', 'two', 'three', 'four', 'five']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
