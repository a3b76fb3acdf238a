import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { readFollowUp, readQuestion } from '../../commands/shared/question-intents.ts';
import { readTyped } from '../../commands/shared/typed-command.ts';

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
  // Names that hold a word of another question.
  ['How is Gold Coast Foods doing?', 'customer Gold Coast Foods'],
  ['how is gold coast foods doing', 'customer gold coast foods'],
  ['tell me about Forecast Labs', 'customer Forecast Labs'],
  ['How are Cluster Systems doing?', 'customer Cluster Systems'],
  ['How is Best Buy doing?', 'customer Best Buy'],
  ['What should we offer Cluster Systems?', 'recommend Cluster Systems'],
  ['will Forecast Labs churn?', 'churn-risk Forecast Labs'],
  ['why is Loyal Partners at risk?', 'customer Loyal Partners'],
  ['细分科技怎么样？', 'customer 细分科技'],
  ['预测科技会流失吗？', 'churn-risk 预测科技'],
  ['给金牌食品推荐什么？', 'recommend 金牌食品'],
  // One customer's risk, value and next order.
  ['is Acme at risk?', 'churn-risk Acme'],
  ['Is Birch & Sons still at risk?', 'churn-risk Birch & Sons'],
  ['will Acme churn?', 'churn-risk Acme'],
  ['is Acme likely to leave us?', 'churn-risk Acme'],
  ['is Acme likely to order again?', 'customer Acme'],
  ['when will Acme order again?', 'customer Acme'],
  ['value of Acme', 'customer Acme'],
  ['what is the value of Acme?', 'customer Acme'],
  ['what is Acme worth?', 'customer Acme'],
  ['open tickets of Acme', 'service Acme'],
  ['Acme有流失风险吗', 'churn-risk Acme'],
  ['Acme会不会流失？', 'churn-risk Acme'],
  ['黄河贸易的流失风险高吗？', 'churn-risk 黄河贸易'],
  ['黄河贸易还会下单吗？', 'customer 黄河贸易'],
  ['黄河贸易的价值是多少', 'customer 黄河贸易'],
  // The same words about everybody.
  ['are my customers at risk?', 'churn-risk me'],
  ['is anybody at risk?', 'churn-risk'],
  ['will any of our customers churn?', 'churn-risk'],
  ['why are customers leaving?', 'churn-risk'],
  ['客户有流失风险吗', 'churn-risk'],
  ['谁会流失？', 'churn-risk'],
  ['How are my customers doing?', 'churn-risk me'],
  ['how are our customers doing?', 'customers'],
  ['我的客户怎么样？', 'churn-risk me'],
  ['我们的客户怎么样', 'customers'],
  ['show me the forecast', 'forecast'],
  ['预测怎么样', 'forecast'],
  ['what should we offer?', 'recommend'],
  ['which gold customers are there', 'loyalty'],
  ['hello', 'kith help'],
  ['你好', 'kith help'],
];

const asText = (read: ReturnType<typeof readQuestion>): string | null =>
  read === null ? null : `${read.command} ${read.text}`.trim();

describe('a question in plain words', () => {
  it.each(QUESTIONS)('“%s” is read as /%s', (question, read) => {
    expect(asText(readQuestion(question))).toBe(read);
  });

  it.each([
    ...['', '???', 'the weather in Berlin', '今天天气', '天气怎么样', 'lorem ipsum dolor', 'how are we doing?'],
    ...['customers who bought chairs', 'service is slow today', 'the gold standard', 'x'.repeat(600)],
  ])('“%s” is not understood', (text) => {
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
    ['and Anna?', 'churn-risk Anna'],
    ['only gold', 'churn-risk gold'],
    ['那我的客户呢？', 'churn-risk me'],
    ['again', 'churn-risk'],
  ])('“%s” asks /%s', (text, read) => {
    expect(asText(readFollowUp(text, last))).toBe(read);
  });

  it.each([
    ...['thanks', 'and thanks', 'And Thanks!', 'just kidding', 'only joking', 'and now?', 'for now that is enough'],
    ...['just a moment', 'and it works', 'for Acme we need something that nobody has thought of yet'],
    ...['好的', '那好的', '那好的呢', '那谢谢', '那算了'],
  ])('“%s” is none', (text) => {
    expect(readFollowUp(text, last)).toBeNull();
  });
});

describe('a command among plain words', () => {
  it.each([
    ['kith status', 'kith status'],
    ['<@U0KITH> kith status', 'kith status'],
    ['hey Kith, kith 状态', 'kith 状态'],
    ['Kith, status?', 'kith status'],
    ['Kith help', 'kith help'],
    ['churn-risk me', 'churn-risk me'],
    ['/churn-risk me', 'churn-risk me'],
    ['customer The Bike Shop', 'customer The Bike Shop'],
    ['customer Bank of America', 'customer Bank of America'],
    ['value high', 'value high'],
    ['loyalty Gold', 'loyalty Gold'],
    ['likely chairs', 'likely chairs'],
    ['forecast', 'forecast'],
    ['/value of Acme', 'value of Acme'],
  ])('“%s” is /%s', (text, typed) => {
    expect(asText(readTyped(commands, text))).toBe(typed);
  });

  it.each([
    ...[
      'value of Acme',
      'customers who bought chairs',
      'service is slow today',
      'customer service is bad',
      'likely to rain',
    ],
    ...[
      'kith, which customers went quiet?',
      'kith is nice',
      'Kith, people leave us',
      'forecast for next month',
      'models are wrong',
      'value 是什么',
    ],
    'recommend something for Acme',
  ])('“%s” only begins like one', (text) => {
    expect(readTyped(commands, text)).toBeNull();
  });
});
