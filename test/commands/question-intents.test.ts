import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFollowUp, readQuestion } from '../../commands/shared/question-intents.ts';

const QUESTIONS: readonly (readonly [question: string, read: string])[] = [
  ['Which of my customers went quiet?', 'churn-risk me'],
  ['which customers are at risk', 'churn-risk'],
  ['Who might leave us?', 'churn-risk'],
  ['which accounts stopped ordering?', 'churn-risk'],
  ['我的哪些客户有流失风险？', 'churn-risk me'],
  ['哪些客户很久没下单', 'churn-risk'],
  ['Which customers have we lost?', 'churn-risk lapsed'],
  ['who can we win back?', 'churn-risk lapsed'],
  ['可以挽回哪些客户？', 'churn-risk lapsed'],
  ['Who is likely to order next?', 'likely'],
  ['which of my accounts are about to buy?', 'likely me'],
  ['who will buy chairs?', 'likely chairs'],
  ['谁可能下单？', 'likely'],
  ['谁会购买桌子？', 'likely 桌子'],
  ['What should I offer Acme Ltd?', 'recommend Acme Ltd'],
  ['what can we recommend to O’Neil Bikes?', 'recommend O’Neil Bikes'],
  ['给黄河贸易推荐什么？', 'recommend 黄河贸易'],
  ['What is bought together?', 'basket'],
  ['what goes with the Desk?', 'basket Desk'],
  ['哪些产品一起购买？', 'basket'],
  ['How much will we sell next month?', 'forecast'],
  ['下个月的收入预测？', 'forecast'],
  ['Anything unusual this week?', 'anomalies'],
  ['本周有什么异常？', 'anomalies'],
  ['Who are our best customers?', 'value high'],
  ['最有价值的客户是谁', 'value high'],
  ['who is gold?', 'loyalty'],
  ['how are the customers grouped?', 'segments'],
  ['客户分群', 'segments'],
  ['Which tickets come first?', 'service'],
  ['哪些工单最急？', 'service'],
  ['How good are your predictions?', 'models'],
  ['预测准吗', 'models'],
  ['How many customers do we have?', 'customers'],
  ['一共有多少客户', 'customers'],
  ['are there duplicates?', 'kith health'],
  ['when was the last sync?', 'kith status'],
  ['How is Acme doing?', 'customer Acme'],
  ['tell me about Birch & Sons please', 'customer Birch & Sons'],
  ['why is Zenith GmbH at risk?', 'customer Zenith GmbH'],
  ['Acme 怎么样？', 'customer Acme'],
  ['为什么黄河贸易有风险？', 'customer 黄河贸易'],
  ['hello', 'kith help'],
  ['你好', 'kith help'],
];

const asText = (read: ReturnType<typeof readQuestion>): string | null =>
  read === null ? null : `${read.command} ${read.text}`.trim();

describe('a question in plain words', () => {
  it.each(QUESTIONS)('“%s” is read as /%s', (question, read) => {
    expect(asText(readQuestion(question))).toBe(read);
  });

  it.each(['', '???', 'the weather in Berlin', '今天天气', 'lorem ipsum dolor'])('“%s” is not understood', (text) => {
    expect(readQuestion(text)).toBeNull();
  });

  it('is read the same when Kith is greeted or mentioned first', () => {
    expect(asText(readQuestion('<@U0KITH> hey Kith, which customers went quiet?'))).toBe('churn-risk');
    expect(asText(readQuestion('请问哪些客户有流失风险？'))).toBe('churn-risk');
  });

  it('never throws and never names a mark-up, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 300 }),
          fc.mixedCase(fc.constantFrom(...QUESTIONS.map(([question]) => question))),
        ),
        (text) => {
          const read = readQuestion(text);
          if (read === null) return;
          expect(read.command).toMatch(/^[a-z-]+$/);
          expect(read.text).not.toMatch(/<[@!#]/);
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });

  it('reads long texts in no time: nothing in it goes back and forth', () => {
    const text = `${'tell me about what should we offer to '.repeat(400)}?`;
    const startedAt = performance.now();
    readQuestion(text);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('a reply in the thread of an answer', () => {
  const last = { command: 'churn-risk', text: '' };
  it.each([
    ['only mine', 'churn-risk me'],
    ['只看我的', 'churn-risk me'],
    ['and for Anna?', 'churn-risk Anna'],
    ['what about Loyal regulars?', 'churn-risk Loyal regulars'],
    ['那黄河贸易呢？', 'churn-risk 黄河贸易'],
    ['again', 'churn-risk'],
  ])('“%s” asks /%s', (text, read) => {
    expect(asText(readFollowUp(text, last))).toBe(read);
  });

  it('that is none is left alone', () => {
    expect(readFollowUp('thanks', last)).toBeNull();
    expect(readFollowUp('好的', last)).toBeNull();
  });
});
