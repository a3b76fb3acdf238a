import { say, type Text } from '../src/lib/text.ts';
import type { ReportFile } from '../src/ports/command.ts';
import { formatCount } from '../src/report/format.ts';
import type { KithAction } from './context.ts';
import { csvOf, reportTables } from './shared/csv.ts';
import { needAnswer } from './shared/need-answer.ts';

/**
 * An answer as a file for a spreadsheet, with the rights of whoever clicks: of a list of customers all of them, not the ten that
 * were shown; of anything else its tables. Values that would run as formulas are quoted.
 */
export const downloadCsv: KithAction = {
  name: 'download-csv',
  async run(context, value) {
    const { language } = context;
    const { command, text } = await needAnswer(context, value);
    const list = await context.list(command, text);
    const rows = list === null ? reportTables(await context.run(command, text)) : [list.columns, ...list.rows];
    const file: ReportFile = {
      name: `kith-${command}.csv`,
      mediaType: 'text/csv',
      bytes: new TextEncoder().encode(csvOf(rows)),
    };
    const count = formatCount(language, Math.max(0, rows.length - 1));
    const cutAt = list?.cutAt ?? null;
    return {
      language,
      headline: say(language, {
        en: `${file.name}: ${count} rows of \`/${command}${text === '' ? '' : ` ${text}`}\``,
        zh: `${file.name}：\`/${command}${text === '' ? '' : ` ${text}`}\` 的 ${count} 行数据`,
      }),
      parts: cutAt === null ? [] : [{ kind: 'text', text: say(language, cutNote(cutAt)) }],
      trust: '',
      file,
    };
  },
};

function cutNote(most: number): Text {
  return {
    en: `There are more: a file holds the first ${formatCount('en', most)} customers, in the order of the answer.`,
    zh: `客户数量超过上限：文件只包含按回答顺序排列的前 ${formatCount('zh', most)} 位客户。`,
  };
}
