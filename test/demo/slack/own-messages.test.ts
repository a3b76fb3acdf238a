import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { StandInSlack } from '../../../demo/slack/start-stand-in-slack.ts';
import { CHEN, MAYA, SALES, startSlack } from './echo-app.ts';

let slack: StandInSlack;
let socket: WebSocket | null = null;

afterEach(async () => {
  socket?.terminate();
  socket = null;
  await slack.close();
});

const client = () => new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });

/** Every event the app is told from now on, as it comes over the wire. */
async function overhear(): Promise<Record<string, unknown>[]> {
  const { url } = await new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl }).apps.connections.open({});
  const heard: Record<string, unknown>[] = [];
  socket = new WebSocket(url!);
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    if (frame.envelope_id === undefined) return;
    heard.push(frame.payload.event);
    socket?.send(JSON.stringify({ envelope_id: frame.envelope_id }));
  });
  await slack.waitForConnection();
  return heard;
}

describe("a person's own message", () => {
  it('is told as changed in a direct conversation, with what it was before', async () => {
    slack = await startSlack();
    const heard = await overhear();
    const channelId = slack.directMessageId(MAYA.id);
    const { ts } = await slack.postAsUser({ userId: MAYA.id, channelId, text: 'who may stopp?' });
    const changed = await slack.editAsUser({ userId: MAYA.id, channelId, ts, text: 'who may stop?' });
    expect(changed).toMatchObject({ ts, text: 'who may stop?', edited: true });
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[1]).toMatchObject({
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: channelId,
      channel_type: 'im',
      message: { user: MAYA.id, ts, text: 'who may stop?', edited: { user: MAYA.id } },
      previous_message: { user: MAYA.id, ts, text: 'who may stopp?' },
    });
    expect(heard[1]!.ts).not.toBe(ts);
    await slack.editAsUser({ userId: MAYA.id, channelId, ts, text: 'who may stop?' });
    await slack.postAsUser({ userId: MAYA.id, channelId, text: 'thanks' });
    await expect.poll(() => heard.length).toBe(3);
    expect(heard[2]).toMatchObject({ text: 'thanks' });
  });

  it('is told as another mention when it is edited in a channel, and as nothing without one', async () => {
    slack = await startSlack();
    const heard = await overhear();
    const at = { userId: MAYA.id, channelId: SALES.id };
    const plainly = await slack.postAsUser({ ...at, text: 'who went quiet?' });
    await slack.editAsUser({ ...at, ts: plainly.ts, text: 'who went quiet lately?' });
    expect(heard).toEqual([]);
    await slack.editAsUser({ ...at, ts: plainly.ts, text: `<@${slack.botUserId}> who went quiet lately?` });
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]).toMatchObject({ type: 'app_mention', ts: plainly.ts, edited: { user: MAYA.id } });
  });

  it('is told as deleted, and leaves its place where others answered it', async () => {
    slack = await startSlack();
    const heard = await overhear();
    const channelId = slack.directMessageId(MAYA.id);
    const alone = await slack.postAsUser({ userId: MAYA.id, channelId, text: 'never mind' });
    await slack.deleteAsUser({ userId: MAYA.id, channelId, ts: alone.ts });
    expect(slack.messages(channelId)).toEqual([]);
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[1]).toMatchObject({
      subtype: 'message_deleted',
      deleted_ts: alone.ts,
      previous_message: { text: 'never mind', user: MAYA.id },
    });

    const asked = await slack.postAsUser({ userId: MAYA.id, channelId, text: 'who may stop?' });
    await client().chat.postMessage({ channel: channelId, thread_ts: asked.ts, text: 'Kestrel Foods' });
    await slack.deleteAsUser({ userId: MAYA.id, channelId, ts: asked.ts });
    expect(slack.messages(channelId).map(({ text, deleted }) => [text, deleted])).toEqual([
      ['This message was deleted.', true],
      ['Kestrel Foods', false],
    ]);
    await expect.poll(() => heard.length).toBe(5);
    expect(heard[4]).toMatchObject({ subtype: 'message_changed', message: { subtype: 'tombstone', ts: asked.ts } });
    await expect(slack.deleteAsUser({ userId: MAYA.id, channelId, ts: asked.ts })).rejects.toThrow('not by');
  });

  it('is nobody else’s to change or delete', async () => {
    slack = await startSlack();
    const { ts } = await slack.postAsUser({ userId: MAYA.id, channelId: SALES.id, text: 'mine' });
    const theirs = { userId: CHEN.id, channelId: SALES.id, ts };
    await expect(slack.editAsUser({ ...theirs, text: 'yours' })).rejects.toThrow(`written by ${MAYA.id}`);
    await expect(slack.deleteAsUser(theirs)).rejects.toThrow(`written by ${MAYA.id}`);
    await expect(slack.editAsUser({ ...theirs, ts: '1.0', text: 'x' })).rejects.toThrow('no message 1.0');
    expect(slack.messages(SALES.id)).toMatchObject([{ text: 'mine', edited: false }]);
  });

  it('brings its files as a file_share, which the app may look at and not delete', async () => {
    slack = await startSlack();
    const heard = await overhear();
    const channelId = slack.directMessageId(MAYA.id);
    const files = [{ name: 'orders.csv', bytes: Buffer.from('id,amount\n1,20\n') }];
    const posted = await slack.postAsUser({ userId: MAYA.id, channelId, text: 'what of these?', files });
    await expect.poll(() => heard.length).toBe(1);
    const [id] = posted.files;
    const told = { id, name: 'orders.csv', mimetype: 'text/csv', size: 15, user: MAYA.id };
    expect(heard[0]).toMatchObject({ subtype: 'file_share', text: 'what of these?', files: [told] });
    expect(await client().files.info({ file: id! })).toMatchObject({ file: told });
    await expect(client().files.delete({ file: id! })).rejects.toMatchObject({ data: { error: 'cant_delete_file' } });
  });
});

describe("the app's own message", () => {
  it('is told as deleted where it stood in a direct conversation', async () => {
    slack = await startSlack();
    const heard = await overhear();
    const posted = await client().chat.postMessage({ channel: MAYA.id, text: 'One moment' });
    await client().chat.delete({ channel: slack.directMessageId(MAYA.id), ts: posted.ts! });
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[1]).toMatchObject({ subtype: 'message_deleted', deleted_ts: posted.ts });
  });
});
