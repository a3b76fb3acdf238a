import type { Run } from '../src/domain/results.ts';
import { say } from '../src/lib/text.ts';
import type { ReportFile } from '../src/ports/command.ts';
import { formatCount } from '../src/report/format.ts';
import type { CommandContext, KithAction } from './context.ts';
import { csvOf, reportTables } from './shared/csv.ts';
import { needAnswer } from './shared/need-answer.ts';
import { readGroup } from './shared/read-group.ts';

/** Answers that are lists of customers: the file has all of them, not the ten that were shown. */
const ANALYSIS_OF: Readonly<Record<string, string>> = {
  'churn-risk': 'churn-risk',
  likely: 'churn-risk',
  segments: 'segments',
  value: 'value',
  loyalty: 'loyalty',
  basket: 'basket',
  recommend: 'recommend',
  service: 'service',
};
const MOST_ROWS = 50_000;

/** An answer as a file for a spreadsheet, with the rights of whoever clicks; values that would run as formulas are quoted. */
export const downloadCsv: KithAction = {
  name: 'download-csv',
  async run(context, value) {
    const { language } = context;
    const { command, text } = await needAnswer(context, value);
    const list = await customersOf(context, command, text);
    const rows = list ?? reportTables(await context.run(command, text));
    const file: ReportFile = {
      name: `kith-${command}.csv`,
      mediaType: 'text/csv',
      bytes: new TextEncoder().encode(csvOf(rows)),
    };
    const count = formatCount(language, Math.max(0, rows.length - 1));
    return {
      language,
      headline: say(language, {
        en: `${file.name}: ${count} rows of \`/${command}${text === '' ? '' : ` ${text}`}\``,
        zh: `${file.name}：\`/${command}${text === '' ? '' : ` ${text}`}\` 的 ${count} 行数据`,
      }),
      parts: [],
      trust: '',
      file,
    };
  },
};

/** Everybody in the list behind an answer, with a first row of titles; null where the answer is no such list. */
async function customersOf(context: CommandContext, command: string, text: string): Promise<string[][] | null> {
  const analysis = ANALYSIS_OF[command];
  if (analysis === undefined) return null;
  const group = await readGroup(context, text);
  const result = await context.reader.result(analysis);
  if (group === null || result === null) return null;
  const { rows } = await context.reader.rows(result.run, analysis, {
    ...group.query,
    order: 'value-desc',
    limit: MOST_ROWS,
  });
  if (rows.length === 0) return null;
  return [titles(context), ...rows.map((row) => lineOf(result.run, row))];
}

function titles({ language }: CommandContext): string[] {
  return [
    { en: 'Customer', zh: '客户' },
    { en: 'Id', zh: '编号' },
    { en: 'Owner', zh: '负责人' },
    { en: 'Value', zh: '数值' },
    { en: 'Class', zh: '类别' },
    { en: 'Band', zh: '等级' },
    { en: 'Evidence level', zh: '证据级别' },
    { en: 'Data as of', zh: '数据截至' },
    { en: 'Link', zh: '链接' },
  ].map((title) => say(language, title));
}

type Row = Awaited<ReturnType<CommandContext['reader']['rows']>>['rows'][number];

function lineOf(run: Run, row: Row): string[] {
  return [
    row.name,
    row.customerId,
    row.owner?.name ?? '',
    row.value === null ? '' : String(row.value),
    row.label,
    row.band,
    String(row.evidence),
    new Date(run.asOf).toISOString(),
    row.link,
  ];
}
