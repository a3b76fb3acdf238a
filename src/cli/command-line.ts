import type { Command } from 'commander';
import { KithError } from '../lib/errors.ts';
import { type Language, say, type Text } from '../lib/text.ts';
import type { Finding } from '../ports/doctor.ts';
import { plainText } from '../report/plain-text.ts';
import type { Report } from '../report/report.ts';
import { facts } from './facts.ts';
import type { Operations, TenantLine } from './operations.ts';
import type { Terminal } from './terminal.ts';

export interface ProgramOptions {
  readonly terminal: Terminal;
  readonly version: string;
  /** Opened once, by the command that needs it. */
  open(): Promise<Operations>;
  manifest(mode: 'socket' | 'http', options: { oauth: boolean }): Promise<string>;
  /** Who is served by which process; told even while nothing runs. */
  tenants(): readonly TenantLine[];
  /** Looks even where nothing can be opened. */
  doctor(): Promise<readonly Finding[]>;
  /** What help, errors and findings are said in. */
  readonly language: Language;
  /** What the store tells, for a doctor in a process of its own; absent where no store is open. */
  readonly examineStore?: () => Promise<object>;
  /** Commands that own the process; absent when the words came from another one over the local socket. */
  readonly start?: () => Promise<void>;
  readonly demo?: (options: { data?: string; port: number; once: boolean; json: boolean }) => Promise<void>;
}

/** What every command of the command line is made with. */
export interface CommandLine {
  readonly options: ProgramOptions;
  /** One more command; '--json' is understood before it and after it. */
  command(usage: string, description: Text): Command;
  /** In the reader's language. */
  said(text: Text): string;
  isJson(): boolean;
  /** Opens, does, closes, and prints what came of it. */
  perform(act: (kith: Operations) => Promise<object>): Promise<void>;
  /** The same for what prints as a Report, where it has one, and as its figures with --json. */
  performReport(act: (kith: Operations) => Promise<{ result: object; report: Report | null }>): Promise<void>;
  /** @throws KithError('usage') since the process of a running Kith is not this command's own. */
  owned(name: string): never;
}

export function commandLine(program: Command, options: ProgramOptions): CommandLine {
  const { terminal, language } = options;
  const said = (text: Text): string => say(language, text);
  const isJson = (): boolean => program.opts<{ json?: boolean }>().json === true;
  const performReport: CommandLine['performReport'] = async (act) => {
    const kith = await options.open();
    try {
      const { result, report } = await act(kith);
      if (isJson()) terminal.out(`${JSON.stringify(result)}\n`);
      else if (report === null) terminal.out(facts(result));
      else terminal.out(`${plainText(report, { width: Math.min(terminal.columns, 120) })}\n`);
    } finally {
      await kith.close();
    }
  };
  return {
    options,
    said,
    isJson,
    performReport,
    perform: (act) => performReport(async (kith) => ({ result: await act(kith), report: null })),
    command: (usage, description) =>
      program
        .command(usage)
        .description(said(description))
        .option('--json', said({ en: 'machine-readable output', zh: '机器可读的输出' }))
        .hook('preAction', (_, self) => {
          if (self.opts<{ json?: boolean }>().json === true) program.setOptionValue('json', true);
        }),
    owned(name) {
      throw new KithError('usage', {
        en: `Kith is already running on this data folder; stop it before 'kith ${name}', or set KITH_DATA_DIR`,
        zh: `Kith 已在此数据文件夹上运行；请先停止它再运行 'kith ${name}'，或设置 KITH_DATA_DIR`,
      });
    },
  };
}
