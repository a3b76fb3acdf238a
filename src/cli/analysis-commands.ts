import { Option } from 'commander';
import { KithError } from '../lib/errors.ts';
import type { Language } from '../lib/text.ts';
import type { CommandLine } from './command-line.ts';

/** The analyses: running them, and reading what they found. */
export function addAnalysisCommands(line: CommandLine): void {
  const { command, said, perform, performReport } = line;
  const inLanguage = (): Option =>
    new Option('--lang <language>', said({ en: 'the language of the answer', zh: '回答的语言' })).choices(['en', 'zh']);

  command('analyse', { en: 'run the analyses now', zh: '立即运行分析' })
    .option(
      '--as-of <instant>',
      said({
        en: 'as if it were this instant (ISO 8601); that of a kept run makes it again',
        zh: '如同在该时间点（ISO 8601）；若是某次保留的运行的时间点，则重新运行它',
      }),
      instant,
    )
    .option('--only <names...>', said({ en: 'only these analyses', zh: '只运行这些分析' }))
    .action((given: { asOf?: number; only?: string[] }) =>
      performReport((kith) => kith.analyse({ asOf: given.asOf ?? null, only: given.only ?? [] })),
    );
  command('runs [run]', { en: 'the runs that are kept, or one of them', zh: '保留的运行，或其中一次' }).action(
    (run: string | undefined) => performReport((kith) => kith.runs(run ?? null)),
  );
  command('report <name> [args...]', { en: 'what the slash command would answer', zh: '斜杠命令会给出的回答' })
    .option('--png <file>', said({ en: 'also write the chart', zh: '同时写出图表' }))
    .addOption(inLanguage())
    .action((name: string, args: string[], given: { png?: string; lang?: Language }) =>
      // The report is what prints as JSON, too.
      performReport(async (kith) => {
        const { report, png } = await kith.report(name.replace(/^\//, ''), args.join(' '), given.lang ?? null);
        if (given.png !== undefined) {
          const bytes = await png();
          if (bytes === null)
            throw new KithError('usage', {
              en: `The answer of '${name}' has no chart, so nothing was written to ${given.png}`,
              zh: `'${name}' 的回答没有图表，因此没有写入 ${given.png}`,
            });
          await kith.writeFile(given.png, bytes);
        }
        return { result: report, report };
      }),
    );
  command('export <dir>', { en: "every customer's scores as CSV", zh: '将每个客户的得分写成 CSV' }).action(
    (dir: string) => perform((kith) => kith.exportScores(dir)),
  );
  command('monthly <file>', {
    en: 'the monthly report for management, as a PDF',
    zh: '给管理层的月度报告（PDF）',
  })
    .addOption(inLanguage())
    .action((file: string, given: { lang?: Language }) => perform((kith) => kith.monthly(file, given.lang ?? null)));
}

function instant(text: string): number {
  const value = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (Number.isNaN(value))
    throw new KithError('usage', {
      en: `'${text}' is not an instant; write it like 2026-06-30 or 2026-06-30T12:00:00Z`,
      zh: `'${text}' 不是时间点；请写成 2026-06-30 或 2026-06-30T12:00:00Z`,
    });
  return value;
}
