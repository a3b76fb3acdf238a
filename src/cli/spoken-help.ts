import type { Help } from 'commander';
import type { Language } from '../lib/text.ts';
import { displayWidth } from '../report/display-width.ts';

/** What the parser writes of its own accord, in Chinese. */
const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};

/** Each kind of wrong use by the parser's own sentence, and the same in Chinese. */
const WRONG_USES: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*?)'/, "未知选项 '$1'"],
  [/^error: unknown command '(.*?)'/, "未知命令 '$1'"],
  [/^error: missing required argument '(.*?)'/, "缺少必需的参数 '$1'"],
  [/^error: option '(.*?)' argument missing/, "选项 '$1' 缺少参数"],
  [/^error: required option '(.*?)' not specified/, "没有给出必需的选项 '$1'"],
  [
    /^error: too many arguments for '(.*?)'\. Expected (\d+) arguments? but got (\d+)\./,
    "'$1' 的参数过多：应为 $2 个，实际为 $3 个",
  ],
  [
    /^error: option '(.*?)' argument '(.*?)' is invalid\. Allowed choices are (.*)\./,
    "选项 '$1' 的参数 '$2' 无效：只能是 $3",
  ],
  [
    /^error: command-argument value '(.*?)' is invalid for argument '(.*?)'\. Allowed choices are (.*)\./,
    "参数 '$2' 的值 '$1' 无效：只能是 $3",
  ],
];
const DID_YOU_MEAN = /\n\(Did you mean (?:one of )?(.*)\?\)/;

/** Wrong use in the reader's language, with what to do next. */
export function wrongUseIn(language: Language, text: string): string {
  const [whole = text] = text.split('\n');
  const meant = DID_YOU_MEAN.exec(text)?.[1];
  if (language === 'en') {
    const said = whole.replace(/^error: /, '').replace(/\.$/, '');
    const asked = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    return `kith: ${said}${asked}; 'kith --help' lists the commands, 'kith help <command>' tells about one\n`;
  }
  const [sentence, chinese] = WRONG_USES.find(([one]) => one.test(whole)) ?? [/^error: (.*)/, '$1'];
  const asked = meant === undefined ? '' : `（您是指 ${meant} 吗？）`;
  return `kith: ${whole.replace(sentence, chinese)}${asked}；'kith --help' 列出所有命令，'kith help <命令>' 说明其中一个\n`;
}

/** Help in the reader's language, lined up also where characters take two columns. */
export function helpIn(language: Language): Partial<Help> {
  if (language === 'en') return {};
  return {
    displayWidth,
    boxWrap,
    styleTitle: (title) => TITLES[title] ?? title,
    styleUsage: (usage) => usage.replaceAll('[options]', '[选项]').replaceAll('[command]', '[命令]'),
    styleSubcommandTerm: (term) => term.replaceAll('[options]', '[选项]').replaceAll('[command]', '[命令]'),
    styleOptionDescription: inBrackets,
    styleArgumentDescription: inBrackets,
  };
}

/** "(choices: …, default: …)" behind a description. */
function inBrackets(description: string): string {
  return description.replace(/ ?\(((?:choices|default): .*)\)$/, (_, extra: string) => {
    return `（${extra.replace('choices: ', '可选 ').replace('default: ', '默认 ')}）`;
  });
}

/** A word, or one character of a script without spaces, with the punctuation that may not begin a line. */
const CHUNKS = /\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。；：、）？]*/g;

/** Text in lines of at most so many columns. */
function boxWrap(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const wrapped = [''];
    for (const chunk of line.match(CHUNKS) ?? []) {
      const last = wrapped.at(-1)!;
      if (last === '' || displayWidth(last + chunk) <= width) wrapped[wrapped.length - 1] = last + chunk;
      else wrapped.push(chunk.trimStart());
    }
    return wrapped;
  });
  return lines.join('\n');
}
