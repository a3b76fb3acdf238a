import { Command, CommanderError } from 'commander';
import { KithError, textOf } from '../lib/errors.ts';
import { say, type Text } from '../lib/text.ts';
import { addAnalysisCommands } from './analysis-commands.ts';
import { type CommandLine, commandLine, type ProgramOptions } from './command-line.ts';
import { addCrmCommands } from './crm-commands.ts';
import { addKeepingCommands } from './keeping-commands.ts';
import { addServiceCommands } from './service-commands.ts';
import { helpIn, wrongUseIn } from './spoken-help.ts';

export type { ProgramOptions } from './command-line.ts';

const GROUPS: readonly (readonly [Text, (line: CommandLine) => void])[] = [
  [{ en: 'Kith itself:', zh: 'Kith 本身：' }, addServiceCommands],
  [{ en: 'The CRM and the chat:', zh: 'CRM 与聊天：' }, addCrmCommands],
  [{ en: 'Analyses:', zh: '分析：' }, addAnalysisCommands],
  [{ en: 'What is kept, and privacy:', zh: '数据与隐私：' }, addKeepingCommands],
];

/** Runs one command line; its exit code: 0 done, 1 failed, 2 wrong use. Whatever goes wrong is one sentence on `err`. */
export async function runProgram(words: readonly string[], options: ProgramOptions): Promise<number> {
  const program = buildProgram(options);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const what = say(options.language, textOf(error));
    options.terminal.err(`kith: ${what}\n`);
    return error instanceof KithError ? error.exitCode : 1;
  }
}

function buildProgram(options: ProgramOptions): Command {
  const { terminal, version, language } = options;
  const said = (en: string, zh: string): string => say(language, { en, zh });
  const program = new Command('kith')
    .description(said('Customer analytics for HubSpot, answered in Slack', '面向 HubSpot 的客户分析，在 Slack 中回答'))
    .version(version, '-V, --version', said('output the version number', '显示版本号'))
    .helpOption('-h, --help', said('display help for command', '显示命令的帮助'))
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description(said('display help for command', '显示命令的帮助'))
        .helpOption(false)
        .helpGroup(say(language, GROUPS[0]![0])),
    )
    .exitOverride()
    .configureHelp(helpIn(language))
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      outputError: (text, write) => write(wrongUseIn(language, text)),
    })
    .showSuggestionAfterError()
    .option('--json', said('machine-readable output on standard output', '在标准输出上给出机器可读的结果'));
  const line = commandLine(program, options);
  // In the order in which somebody meets them.
  for (const [heading, add] of GROUPS) {
    program.commandsGroup(say(language, heading));
    add(line);
  }
  return program;
}
