import { describe, expect, it } from 'vitest';
import { chatOf, ELSEWHERE, MAYA, nowhere, REPORT, SALES, standIn } from './with-stand-in.ts';

const MESSAGE = { key: 'digest:sales:2026-11-22', channelId: SALES, report: REPORT };

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
});
