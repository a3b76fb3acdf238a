import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { type Language, say } from '../src/lib/text.ts';
import type { Question } from '../src/ports/command.ts';
import type { Report } from '../src/report/report.ts';
import type { CommandContext, KithQuestions } from './context.ts';
import { bareQuestion, type ReadQuestion, readFollowUp, readQuestion } from './shared/question-intents.ts';

/**
 * Answers what people write without a slash: a command's name, one of a closed set of questions in English and Chinese, or a reply
 * that asks the same for somebody else. What was read is said first, so that a misreading is seen.
 */
export const plainQuestions: KithQuestions = {
  async run(context, question) {
    const read = await understand(context, question);
    if (read === null) return notUnderstood(context, question);
    const { language } = context;
    const report = await context.run(read.command, read.text);
    const asked = `/${read.command}${read.text === '' ? '' : ` ${read.text}`}`;
    const echo = say(language, { en: `Read as \`${asked}\``, zh: `理解为 \`${asked}\`` });
    await context.answers.keep({ ...read, threadId: question.threadId });
    return { ...report, parts: [{ kind: 'text', text: echo }, ...report.parts] };
  },
};

async function understand(context: CommandContext, { text, threadId, quoted }: Question): Promise<ReadQuestion | null> {
  const names = context.commands.map(({ name }) => name);
  const typed = asCommand(names, text) ?? readQuestion(text);
  if (typed !== null) return isKnown(names, typed) ? typed : null;
  const last = await context.answers.last(threadId);
  const followUp = last === null ? null : readFollowUp(text, last);
  if (followUp !== null) return followUp;
  // Of a message that somebody points at, the question in it counts, else the customer that it names.
  if (quoted !== '') return readQuestion(quoted) ?? (await customerIn(context, quoted));
  return null;
}

function isKnown(names: readonly string[], { command }: ReadQuestion): boolean {
  return names.includes(command);
}

/** `churn-risk me`, `/churn-risk me`. */
function asCommand(names: readonly string[], text: string): ReadQuestion | null {
  const [first = '', ...rest] = bareQuestion(text).split(' ');
  const name = first.replace(/^\//u, '').toLowerCase();
  return names.includes(name) ? { command: name, text: rest.join(' ') } : null;
}

/** The customer whose name a message holds; null where it holds none that the asker may see. */
async function customerIn({ reader }: CommandContext, quoted: string): Promise<ReadQuestion | null> {
  // Names begin with a capital or are written in characters that have none; each look-up costs a search.
  const names =
    quoted.match(/(?:\p{Lu}[\p{L}\p{N}&.'’-]*(?: (?:&|\p{Lu}[\p{L}\p{N}&.'’-]*))*|\p{sc=Han}{2,12})/gu) ?? [];
  const longest = [...new Set(names)].toSorted((a, b) => b.length - a.length).slice(0, MOST_LOOKED_UP);
  for (const name of longest) {
    const found = await reader.find(name, 2);
    const same = found.filter((one) => one.name.toLowerCase().startsWith(name.toLowerCase()));
    if (same.length === 1) return { command: 'customer', text: same[0]!.name };
  }
  return null;
}

const MOST_LOOKED_UP = 8;

/** What may be asked instead, as it would be typed. */
const EXAMPLES: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'Which of my customers went quiet?',
    'Who is likely to order next?',
    'What is bought together with chairs?',
    'How much will we sell next month?',
    'Anything unusual this week?',
    'How is Acme doing?',
  ],
  zh: [
    '我的哪些客户有流失风险？',
    '谁可能下单？',
    '哪些产品一起购买？',
    '下个月的收入预测？',
    '本周有什么异常？',
    'Acme 怎么样？',
  ],
};

function notUnderstood({ language, commands }: CommandContext, { text }: Question): Report {
  const bare = bareQuestion(text);
  const close = nearest(
    bare.split(' ')[0] ?? '',
    commands.map(({ name }) => name),
  );
  if (bare.length > MAX_LENGTH) {
    throw new KithError(
      'usage',
      say(language, {
        en: 'That is more than Kith reads at once: ask one short question',
        zh: '内容过长：请只问一个简短的问题',
      }),
    );
  }
  const meant = close.length === 0 ? [] : [close.map((name) => `\`/${name}\``).join(', ')];
  return {
    language,
    headline: say(language, {
      en: 'Kith does not read that question yet',
      zh: '暂时无法理解这个问题',
    }),
    parts: [
      ...meant.map(
        (names) =>
          ({
            kind: 'text',
            text: say(language, { en: `Did you mean ${names}?`, zh: `您是不是要找 ${names}？` }),
          }) as const,
      ),
      {
        kind: 'text',
        text: [
          say(language, { en: 'It answers, for example:', zh: '可以这样问：' }),
          ...EXAMPLES[language].map((example) => `• ${example}`),
          say(language, { en: '`/kith help` lists every command.', zh: '`/kith help` 列出所有命令。' }),
        ].join('\n'),
      },
    ],
    trust: '',
  };
}

const MAX_LENGTH = 500;
