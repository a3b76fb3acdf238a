import { KithError } from '../src/lib/errors.ts';
import { nearest } from '../src/lib/nearest.ts';
import { type Language, say } from '../src/lib/text.ts';
import type { Question, QuestionAnswer } from '../src/ports/command.ts';
import type { Report } from '../src/report/report.ts';
import type { CommandContext, KithQuestions } from './context.ts';
import type { ReadQuestion } from './shared/named-questions.ts';
import { isPersonal, onlyReads } from './shared/only-reads.ts';
import { bareQuestion, readFollowUp, readQuestion, readSureFollowUp } from './shared/question-intents.ts';
import { readTyped } from './shared/typed-command.ts';

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
    if (onlyReads(context.commands, read)) await context.answers.keep({ ...read, threadId: question.threadId });
    const answer: QuestionAnswer = { ...report, parts: [{ kind: 'text', text: echo }, ...report.parts] };
    return isPersonal(context.commands, read) ? { ...answer, isPersonal: true } : answer;
  },
};

async function understand(context: CommandContext, { text, threadId, quoted }: Question): Promise<ReadQuestion | null> {
  const { commands } = context;
  // Whoever names a command means it, also where it changes something; what else is read only tells.
  const typed = readTyped(commands, text);
  if (typed !== null) return typed;
  const last = await context.answers.last(threadId);
  const follow = (how: typeof readFollowUp): ReadQuestion | null => {
    const asked = last === null ? null : how(text, last);
    return asked !== null && (asked.text === last?.text || takesSomebody(commands, asked)) ? asked : null;
  };
  const read =
    follow(readSureFollowUp) ??
    (await customerCalled(context, text, SEVERAL_WORDS)) ??
    readQuestion(text) ??
    follow(readFollowUp) ??
    (await customerCalled(context, text, ONE_WORD)) ??
    // Of a message that somebody points at, the question in it counts, else the customer that it names.
    (quoted === '' ? null : (readQuestion(quoted) ?? (await customerIn(context, quoted))));
  return read !== null && onlyReads(commands, read) ? read : null;
}

/** Whether a command can be asked for somebody else. */
function takesSomebody(commands: CommandContext['commands'], { command }: ReadQuestion): boolean {
  return command !== 'kith' && commands.some(({ name, usage }) => name === command && usage !== '');
}

/** Names as they are written, with nothing around them. */
const SEVERAL_WORDS = /^[\p{Lu}\p{N}]\S*(?: (?:&|[\p{Lu}\p{N}]\S*)){1,5}$/u;
const ONE_WORD = /^(?:[\p{Lu}\p{N}]\S+|\p{sc=Han}{2,12})$/u;

/** The customer whose whole name a message is; null where it is no such name, or nobody's that the asker may see. */
async function customerCalled({ reader }: CommandContext, text: string, written: RegExp): Promise<ReadQuestion | null> {
  const bare = bareQuestion(text);
  if (!written.test(bare)) return null;
  const found = await reader.find(bare, 2);
  const same = found.filter(({ name }) => name.toLowerCase() === bare.toLowerCase());
  return same.length === 1 ? { command: 'customer', text: same[0]!.name } : null;
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
