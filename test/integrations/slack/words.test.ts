import { describe, expect, it } from 'vitest';
import { plainWords, typedWords } from '../../../integrations/slack/plain-words.ts';
import type { QuestionRequest } from '../../../src/ports/chat.ts';
import { handlers, MAYA, REPORT, running, SALES, standIn, WEI } from './with-stand-in.ts';

const ANSWER = { report: REPORT, visibility: 'only-you' } as const;

/** A stand-in with an app whose answers to questions are noted. */
async function asked(visibility: 'channel' | 'only-you' = 'only-you') {
  const slack = await standIn();
  const questions: QuestionRequest[] = [];
  await running(
    slack,
    handlers(ANSWER, {
      ask: async (request) => {
        questions.push(request);
        return { report: { ...REPORT, headline: `Read as: ${request.text || request.quoted}` }, visibility };
      },
    }),
  );
  return { slack, questions };
}

describe('plain words', () => {
  it('are asked as they were written when Kith is mentioned, and answered in the message’s thread', async () => {
    const { slack, questions } = await asked('channel');
    const posted = await slack.postAsUser({
      userId: MAYA,
      channelId: SALES,
      text: `<@${slack.botUserId}> which of my customers went quiet? Kestrel &amp; Co`,
    });
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(answer).toMatchObject({ threadTs: posted.ts, ephemeralFor: null });
    expect(answer.blocks.map((block) => block.type)).toContain('image');
    expect(questions).toMatchObject([
      {
        text: 'which of my customers went quiet? Kestrel & Co',
        threadId: posted.ts,
        quoted: '',
        userId: MAYA,
        channelId: SALES,
        channelKind: 'channel',
      },
    ]);
    await slack.postAsUser({
      userId: WEI,
      channelId: SALES,
      threadTs: posted.ts,
      text: `<@${slack.botUserId}> and in March?`,
    });
    await expect.poll(() => questions.length).toBe(2);
    expect(questions[1]).toMatchObject({ text: 'and in March?', threadId: posted.ts, userLanguage: 'zh' });
  });

  it('are not heard where nobody mentioned Kith', async () => {
    const { slack, questions } = await asked();
    await slack.postAsUser({ userId: MAYA, channelId: SALES, text: 'which of my customers went quiet?' });
    await slack.postAsUser({ userId: MAYA, channelId: SALES, text: `<@${slack.botUserId}> now` });
    await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(questions.map(({ text }) => text)).toEqual(['now']);
  });

  it('are answered in a direct message with pictures, and Kith’s own words there start nothing', async () => {
    const { slack, questions } = await asked();
    const channelId = slack.directMessageId(MAYA);
    const posted = await slack.postAsUser({ userId: MAYA, channelId, text: 'who may stop?' });
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(answer).toMatchObject({ channel: channelId, threadTs: posted.ts, ephemeralFor: null });
    expect(answer.blocks.map((block) => block.type)).toContain('image');
    await slack.postAsUser({ userId: MAYA, channelId, threadTs: posted.ts, text: 'and Wei’s?' });
    await expect.poll(() => questions.length).toBe(2);
    await expect.poll(() => slack.messages(channelId).length).toBe(4);
    expect(questions.map(({ text, threadId }) => [text, threadId])).toEqual([
      ['who may stop?', posted.ts],
      ['and Wei’s?', posted.ts],
    ]);
    expect(questions[0]).toMatchObject({ channelKind: 'direct' });
  });

  it('are asked about a message that a person points at', async () => {
    const { slack, questions } = await asked();
    const posted = await slack.postAsUser({
      userId: WEI,
      channelId: SALES,
      text: `<@${MAYA}> did <https://acme.example|Kestrel Foods> order?`,
    });
    const ack = await slack.runShortcut({
      userId: MAYA,
      callbackId: 'ask_kith',
      channelId: SALES,
      ts: posted.ts,
    });
    expect(ack.outcome).toBe('acknowledged');
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(answer.ephemeralFor).toBe(MAYA);
    expect(questions).toMatchObject([{ text: '', quoted: 'did Kestrel Foods order?', threadId: posted.ts }]);
  });

  it('are asked in a box that opens from anywhere, and answered as a direct message', async () => {
    const { slack, questions } = await asked();
    await slack.runShortcut({ userId: MAYA, callbackId: 'ask_kith_anything' });
    await expect.poll(() => slack.modals(MAYA).length).toBe(1);
    const handedIn = await slack.submitModal({
      userId: MAYA,
      entered: { 'kith:question': { entry: 'who is worth most?' } },
    });
    expect(handedIn.outcome).toBe('acknowledged');
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(answer.channel).toBe(slack.directMessageId(MAYA));
    expect(questions).toMatchObject([{ text: 'who is worth most?', channelKind: 'direct', threadId: '' }]);
  });

  it('are answered once when their message is edited, in a channel and in a direct conversation', async () => {
    const { slack, questions } = await asked('channel');
    const channel = { userId: MAYA, channelId: SALES };
    const direct = { userId: MAYA, channelId: slack.directMessageId(MAYA) };
    const mention = await slack.postAsUser({ ...channel, text: `<@${slack.botUserId}> who went quite?` });
    await slack.editAsUser({ ...channel, ts: mention.ts, text: `<@${slack.botUserId}> who went quiet?` });
    const words = await slack.postAsUser({ ...direct, text: 'who may stopp?' });
    await slack.editAsUser({ ...direct, ts: words.ts, text: 'who may stop?' });
    await slack.postAsUser({ ...direct, text: 'and in May?' });
    await expect.poll(() => questions.map(({ text }) => text)).toContain('and in May?');
    expect(questions.map(({ text }) => text).sort()).toEqual(['and in May?', 'who may stopp?', 'who went quite?']);
  });

  it('are heard when an edit mentions Kith for the first time', async () => {
    const { slack, questions } = await asked();
    const at = { userId: MAYA, channelId: SALES };
    const posted = await slack.postAsUser({ ...at, text: 'who went quiet?' });
    await slack.editAsUser({ ...at, ts: posted.ts, text: `<@${slack.botUserId}> who went quiet?` });
    await expect.poll(() => questions.map(({ text }) => text)).toEqual(['who went quiet?']);
  });

  it('may be deleted, before they are answered and after, and Kith goes on', async () => {
    const slack = await standIn();
    let answer = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const texts: string[] = [];
    await running(
      slack,
      handlers(ANSWER, {
        ask: async ({ text }) => {
          texts.push(text);
          if (text === 'slowly') await waiting;
          return { ...ANSWER, report: { ...REPORT, headline: `Read as: ${text}` } };
        },
      }),
    );
    const at = { userId: MAYA, channelId: slack.directMessageId(MAYA) };
    const slow = await slack.postAsUser({ ...at, text: 'slowly' });
    await expect.poll(() => texts).toEqual(['slowly']);
    await slack.deleteAsUser({ ...at, ts: slow.ts });
    answer();
    await slack.waitForMessage((message) => message.text.startsWith('Read as: slowly'));
    const quick = await slack.postAsUser({ ...at, text: 'quickly' });
    await slack.waitForMessage((message) => message.threadTs === quick.ts);
    await slack.deleteAsUser({ ...at, ts: quick.ts });
    await slack.postAsUser({ ...at, text: 'again' });
    await slack.waitForMessage((message) => message.text.startsWith('Read as: again'));
    expect(texts).toEqual(['slowly', 'quickly', 'again']);
  });

  it('are answered without the file that came with them, and a file alone is declined, in both languages', async () => {
    const { slack, questions } = await asked('channel');
    const files = [{ name: 'orders.csv', bytes: Buffer.from('id,amount\n') }];
    const direct = slack.directMessageId(MAYA);
    await slack.postAsUser({ userId: MAYA, channelId: direct, text: 'who may stop?', files });
    const answer = await slack.waitForMessage((message) => message.text.startsWith('Read as: who may stop?'));
    expect(JSON.stringify(answer.blocks)).toContain('Kith does not open files');
    await slack.postAsUser({ userId: WEI, channelId: SALES, text: `<@${slack.botUserId}>`, files });
    const declined = await slack.waitForMessage((message) => message.text.includes('不会打开文件'));
    expect(declined.ephemeralFor).toBe(WEI);
    expect(questions.map(({ text }) => text)).toEqual(['who may stop?']);
  });

  it('are answered once when Slack tells of them twice', async () => {
    const { slack, questions } = await asked();
    slack.setFault({ kind: 'duplicate-delivery' });
    await slack.postAsUser({ userId: MAYA, channelId: SALES, text: `<@${slack.botUserId}> once` });
    await slack.waitForMessage((message) => message.text.startsWith('Read as:'));
    expect(questions).toHaveLength(1);
  });
});

describe('plainWords', () => {
  it('takes Slack’s mark-up for what a person reads', () => {
    expect(plainWords('<@U012AB|maya> see <#C01|sales> and <https://a.example/x?y=1|the list>')).toBe(
      'see #sales and the list',
    );
    expect(plainWords('<mailto:ana@example.com|ana@example.com> &lt;b&gt; &amp;amp; <!here> now')).toBe(
      'ana@example.com <b> &amp; now',
    );
    expect(plainWords('<https://a.example> 哪些客户流失？')).toBe('https://a.example 哪些客户流失？');
  });
});

describe('typedWords', () => {
  it('keeps the people and channels that a setting may be about, and leaves Kith’s own mention out', () => {
    const typed =
      '<@U0KITH> kith people <@U012AB|maya> role manager in <#C01|sales> &amp; <https://a.example|a.example>';
    expect(typedWords(typed, 'U0KITH')).toBe('kith people <@U012AB> role manager in <#C01|sales> & a.example');
  });
});
