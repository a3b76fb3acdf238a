import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/ports/chat.ts';
import { chatOf, ELSEWHERE, MAYA, nowhere, REPORT, SALES, SHARED, standIn } from './with-stand-in.ts';

const MESSAGE = {
  key: 'digest:sales:2026-11-22',
  channelId: SALES,
  report: REPORT,
  threadId: null,
  replaces: null,
  file: null,
};

describe('deliver', () => {
  it('posts a message with its picture and tells its id and the picture’s size', async () => {
    const slack = await standIn();
    const delivery = await chatOf(slack).deliver(MESSAGE);
    const [message] = slack.messages(SALES);
    expect(delivery).toMatchObject({
      outcome: 'sent',
      messageId: message?.ts,
      chartBytes: slack.files()[0]?.bytes.length,
      reduced: [],
    });
    expect(message?.blocks.map((block) => block.type)).toContain('image');
    expect(JSON.stringify(message?.blocks)).toContain(`<@${MAYA}>`);
  });

  it('says that nothing was sent, and when to try again, where Slack asks to slow down', async () => {
    const slack = await standIn();
    slack.setFault({ kind: 'rate-limited', method: 'chat.postMessage', retryAfterSeconds: 7 });
    expect(await chatOf(slack).deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent', retryAfterMs: 7000 });
    slack.setFault({ kind: 'rate-limited', method: 'files.getUploadURLExternal', retryAfterSeconds: 3 });
    expect(await chatOf(slack).deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent', retryAfterMs: 3000 });
    expect(slack.messages(SALES)).toEqual([]);
  });

  it('never repeats a message that Slack took and then answered with a failure', async () => {
    const slack = await standIn();
    slack.setFault({ kind: 'accepted-then-500', method: 'chat.postMessage' });
    expect(await chatOf(slack).deliver(MESSAGE)).toMatchObject({ outcome: 'uncertain' });
    expect(slack.messages(SALES)).toHaveLength(1);
    expect(slack.calls('chat.postMessage')).toBe(1);
  });

  it('tells a refusal with what to do', async () => {
    const slack = await standIn();
    const delivery = await chatOf(slack).deliver({ ...MESSAGE, channelId: ELSEWHERE });
    expect(delivery).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('/invite @Kith') });
  });

  it('posts nothing where another company reads, whatever is sent, and says what to do', async () => {
    const slack = await standIn();
    const file = { name: 'monthly.pdf', mediaType: 'application/pdf' as const, bytes: Uint8Array.of(1) };
    for (const message of [MESSAGE, { ...MESSAGE, key: 'monthly:2026-11', file }]) {
      expect(await chatOf(slack).deliver({ ...message, channelId: SHARED })).toMatchObject({
        outcome: 'refused',
        reason: expect.stringContaining('shared with another company'),
      });
    }
    expect(slack.messages(SHARED)).toEqual([]);
    expect(slack.files()).toEqual([]);
  });

  it('waits while Slack does not tell whether another company reads', async () => {
    const slack = await standIn();
    const chat = chatOf(slack);
    slack.setFault({ kind: 'refused', method: 'conversations.info', error: 'internal_error' });
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent', retryAfterMs: 60_000 });
    slack.setFault({ kind: 'rate-limited', method: 'conversations.info', retryAfterSeconds: 7 });
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent', retryAfterMs: 7000 });
    expect(slack.messages(SALES)).toEqual([]);
    expect(await chat.deliver(MESSAGE)).toMatchObject({ outcome: 'sent' });
  });

  it('says that nothing was sent where Slack cannot be reached or refuses the token', async () => {
    const slack = await standIn();
    const unreachable = await chatOf(slack, { apiUrl: await nowhere() }).deliver(MESSAGE);
    expect(unreachable).toMatchObject({ outcome: 'not-sent', reason: expect.stringContaining('ECONNREFUSED') });
    expect(await chatOf(slack, { botToken: 'xoxb-wrong' }).deliver(MESSAGE)).toMatchObject({ outcome: 'not-sent' });
  });

  it('goes down one rung when Slack refuses the blocks, and names what was reduced', async () => {
    const slack = await standIn();
    slack.setFault({ kind: 'refused', method: 'chat.postMessage', error: 'invalid_blocks' });
    const delivery = await chatOf(slack).deliver(MESSAGE);
    expect(delivery).toMatchObject({ outcome: 'sent', reduced: [expect.stringContaining('simpler form')] });
    expect(slack.messages(SALES)[0]?.blocks.map((block) => block.type)).toContain('data_visualization');
  });

  it('says it in a thread, and tells where it arrived and what was uploaded', async () => {
    const slack = await standIn();
    const first = await sent(chatOf(slack).deliver(MESSAGE));
    const second = await sent(chatOf(slack).deliver({ ...MESSAGE, key: 'b', threadId: first.messageId }));
    expect(slack.messages(SALES).map(({ threadTs }) => threadTs)).toEqual([null, first.messageId]);
    expect([first, second]).toMatchObject([{ channelId: SALES }, { channelId: SALES }]);
    expect(new Set([...first.fileIds, ...second.fileIds])).toEqual(new Set(slack.files().map(({ id }) => id)));
  });

  it('takes the place of a message, and is said anew where that one is gone', async () => {
    const slack = await standIn();
    const chat = chatOf(slack);
    const first = await sent(chat.deliver(MESSAGE));
    const report = { ...REPORT, headline: 'Now 37 customers' };
    const second = await sent(chat.deliver({ ...MESSAGE, key: 'b', report, replaces: first.messageId }));
    expect(second.messageId).toBe(first.messageId);
    expect(slack.messages(SALES)).toMatchObject([{ text: expect.stringContaining('Now 37 customers'), edited: true }]);
    await chat.retract(first);
    const root = await sent(chat.deliver({ ...MESSAGE, key: 'root' }));
    const third = await sent(
      chat.deliver({ ...MESSAGE, key: 'c', report, replaces: first.messageId, threadId: root.messageId }),
    );
    expect(slack.messages(SALES).at(-1)).toMatchObject({ ts: third.messageId, threadTs: root.messageId });
  });

  it('may change a message again after an unknown outcome, since the same change twice is one', async () => {
    const slack = await standIn();
    const chat = chatOf(slack);
    const first = await sent(chat.deliver(MESSAGE));
    slack.setFault({ kind: 'accepted-then-500', method: 'chat.update' });
    const change = { ...MESSAGE, key: 'b', replaces: first.messageId };
    expect(await chat.deliver(change)).toMatchObject({ outcome: 'not-sent' });
    expect(await chat.deliver(change)).toMatchObject({ outcome: 'sent', messageId: first.messageId });
    expect(slack.messages(SALES)).toHaveLength(1);
  });

  it('reaches a person, changes what it said to them, and carries a file', async () => {
    for (const scopes of [['im:write'], []]) {
      const slack = await standIn({ scopes: ['chat:write', 'files:write', 'files:read', ...scopes] });
      const chat = chatOf(slack);
      const file = {
        name: 'July.pdf',
        mediaType: 'application/pdf' as const,
        bytes: new TextEncoder().encode('%PDF-1.7'),
      };
      const first = await sent(chat.deliver({ ...MESSAGE, channelId: MAYA, file }));
      expect(first.channelId).toBe(slack.directMessageId(MAYA));
      const [message, shared] = slack.messages(first.channelId);
      expect(shared).toMatchObject({ threadTs: message?.ts });
      expect(slack.files().find(({ id }) => id === shared?.files[0])).toMatchObject({ mimetype: 'application/pdf' });
      expect(first.fileIds).toContain(shared?.files[0]);
      const change = { ...MESSAGE, key: 'b', channelId: first.channelId, replaces: first.messageId };
      expect(await chat.deliver(change)).toMatchObject({ outcome: 'sent', messageId: first.messageId });
      expect(await chat.retract(first)).toBe('gone');
      expect([
        slack.messages(first.channelId).filter(({ ts }) => ts === first.messageId),
        slack.files().length,
      ]).toEqual([[], 1]);
    }
  });
});

describe('retract', () => {
  it('takes a message and its files away, also when they are gone already', async () => {
    const slack = await standIn();
    const chat = chatOf(slack);
    const first = await sent(chat.deliver(MESSAGE));
    expect(await chat.retract(first)).toBe('gone');
    expect([slack.messages(SALES), slack.files()]).toEqual([[], []]);
    expect(await chat.retract(first)).toBe('gone');
  });

  it('tells what is refused from what is not known, and tries every part', async () => {
    const slack = await standIn();
    const chat = chatOf(slack);
    const first = await sent(chat.deliver(MESSAGE));
    slack.setFault({ kind: 'refused', method: 'chat.delete', error: 'cant_delete_message' });
    expect(await chat.retract(first)).toBe('refused');
    expect(slack.files()).toEqual([]);
    slack.setFault({ kind: 'failed-500', method: 'chat.delete' });
    expect(await chat.retract(first)).toBe('uncertain');
    slack.setFault({ kind: 'rate-limited', method: 'chat.delete', retryAfterSeconds: 3 });
    expect(await chat.retract(first)).toBe('uncertain');
    expect(await chat.retract(first)).toBe('gone');
  });
});

async function sent(delivery: Promise<Delivery>): Promise<Extract<Delivery, { outcome: 'sent' }>> {
  const told = await delivery;
  if (told.outcome !== 'sent') throw new Error(JSON.stringify(told));
  return told;
}
